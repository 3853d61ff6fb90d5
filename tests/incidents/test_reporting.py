"""Reporting: six screens over one form, nothing kept before it is sent, nothing lost on the way."""

from typing import Any

import pytest

from tests import factories
from tests.incidents.conftest import COUNCIL, DOMAIN, HOST, TEXTS, Teller, Village, one
from warp_hub import db
from warp_hub.custody import holders
from warp_hub.custody.promises import TEXTS as PROMISED
from warp_hub.custody.promises import Promise
from warp_hub.incidents.reports import ReportState
from warp_hub.memberships.models import MembershipKind, Post, State
from warp_hub.memberships.viewers import Proof
from warp_hub.memberships.warps import change_settings
from warp_hub.tlp import Marking


def test_a_report_is_told_checked_and_sent_in_six_screens(village: Village, signed_in: Any) -> None:
    teller = Teller(signed_in(village.reporter))
    assert teller.heading == "Is it happening now?"
    headings = []
    for _screen in range(5):
        teller.press(**TEXTS if teller.heading == "What happened" else {})
        headings.append(teller.heading)
    assert headings == [
        "How should we protect who you are?",
        "What happened",
        "Addresses and files",
        "See what members will see",
        "Check your answers",
    ]
    assert "Other members will not be told who you are." in teller.text
    teller.press(f"Send to {village.warp.name}")
    assert teller.heading == "Your report is sent"

    report = one(village.reports())
    assert report.texts == report.sent == TEXTS
    assert report.title == "Someone rang the help desk and had a password reset"
    assert (report.promise, report.marking, report.state) == (Promise.ANONYMISED, Marking.AMBER, ReportState.WAITING)
    assert (report.organisation_id, report.organisation_name) == (None, None)


def test_whom_to_ring_comes_before_anything_else_and_is_the_warps_to_choose(village: Village, signed_in: Any) -> None:
    text = Teller(signed_in(village.reporter)).text
    assert text.index("National Cyber Security Centre") < text.index("Report Fraud") < text.index("ICO")
    contact = {"name": "Midshire police", "phone": "101"}
    change_settings(village.warp, urgent_contacts=[contact], contact_phone="01632 960 001")
    db.session.commit()
    text = Teller(signed_in(village.reporter)).text
    assert "Midshire police" in text
    assert "Your coordinator at Midshire WARP" in text
    assert "National Cyber" not in text


def test_the_promises_stand_in_their_fixed_words_and_what_is_not_offered_cannot_be_chosen(
    village: Village, signed_in: Any
) -> None:
    teller = Teller(signed_in(village.reporter)).press()
    radios = {str(radio["value"]): radio for radio in teller.page.select('input[name="promise"]')}
    assert [name for name, radio in radios.items() if radio.has_attr("disabled")] == ["sealed", "no-record"]
    assert radios["anonymised"].has_attr("checked")
    for promise in (Promise.NAMED, Promise.ANONYMISED):
        assert str(PROMISED[promise]) in teller.text
    for promise in (Promise.SEALED, Promise.NO_RECORD):
        assert str(PROMISED[promise]) not in teller.text
        assert "Choose how we should protect who you are" in teller.press(promise=promise.value).text


def test_a_warp_without_two_key_holders_offers_no_hidden_name_and_says_why(database: object, signed_in: Any) -> None:
    village = Village()
    teller = Teller(signed_in(village.reporter)).press()
    assert "Your WARP does not have them yet." in teller.text
    assert not teller.page.select('input[name="promise"][checked]')
    teller.press(promise="anonymised")
    assert teller.heading == "How should we protect who you are?"
    assert "Error:" in teller.page.title.text
    teller.press(promise="named").press(**TEXTS).press().press()
    assert "Members will see your organisation's name." in teller.text
    teller.press("Send to")
    report = one(village.reports())
    assert (report.organisation_id, report.organisation_name) == (village.council.id, COUNCIL)
    assert report.sealed is None


def test_a_promise_that_cannot_be_kept_any_more_is_not_sent(village: Village, signed_in: Any) -> None:
    teller = Teller(signed_in(village.reporter)).tell().press()
    with db.acting("web"):
        holders.retire(village.coordinator.id)
        db.session.commit()
    teller.press("Send to")
    assert teller.heading == "How should we protect who you are?"
    assert "Your WARP does not have them yet." in teller.text
    assert village.reports() == []
    assert teller.sends()["what"] == TEXTS["what"]


def test_nothing_typed_is_lost_on_the_way_back_or_by_a_fault(village: Village, signed_in: Any) -> None:
    teller = Teller(signed_in(village.reporter)).tell(
        indicators="evil[.]example\n203.0.113.9", what="A long story.\n\nTwo parts."
    )
    teller.press(marking="TLP:GREEN", pap="PAP:AMBER", chatham_house="y", restrictions="Not for suppliers")
    assert teller.heading == "Check your answers"
    teller.press("Change", go="promise").press("Back").press().press(promise="")
    assert "There is a problem" in teller.text
    sent = teller.press(promise="named").press().press(indicators="evil[.]example\nnonsense in a line").sends()
    assert "“nonsense in a line” is no address" in teller.text
    assert sent["what"].replace("\r\n", "\n") == "A long story.\n\nTwo parts."
    assert (sent["marking"], sent["pap"], sent["chatham_house"]) == ("TLP:GREEN", "PAP:AMBER", "y")
    assert sent["restrictions"] == "Not for suppliers"


def test_what_gives_the_reporter_away_is_shown_with_a_choice_and_changed_only_when_chosen(
    village: Village, signed_in: Any
) -> None:
    teller = Teller(signed_in(village.reporter)).tell(
        what=f"{COUNCIL} was called by a man.", indicators=f"evil[.]example\nlogin.{DOMAIN}\n{HOST}"
    )
    marks = [mark.get_text(" ", strip=True) for mark in teller.page.select("mark")]
    assert any(COUNCIL in mark for mark in marks)
    assert any(DOMAIN in mark for mark in marks)
    teller.press()
    assert teller.heading == "See what members will see"
    assert "There is a problem" in teller.text
    teller.press(**{"choose-all": "use"})
    assert teller.heading == "Check your answers"
    assert "[council name] was called by a man." in teller.text
    teller.press("Send to")
    report = one(village.reports())
    assert COUNCIL not in str(report.texts) + str(report.sent)
    assert report.indicators == [{"kind": "domain", "value": "evil.example"}]


def test_a_limit_in_ones_own_words_names_nobody_either(village: Village, signed_in: Any) -> None:
    teller = Teller(signed_in(village.reporter)).tell().press(restrictions=f"Not for suppliers of {COUNCIL}")
    assert teller.heading == "See what members will see"
    assert f"Do not name anybody here: “{COUNCIL}”" in teller.text
    assert teller.press(restrictions="Not for suppliers").heading == "Check your answers"


@pytest.mark.parametrize("screen", ["seen", "check", "now"])
@pytest.mark.parametrize("go", ["next", "send", "check"])
def test_whatever_a_form_says_nothing_is_shown_or_sent_that_lacks_something(
    village: Village, signed_in: Any, screen: str, go: str
) -> None:
    teller = Teller(signed_in(village.reporter))
    token = teller.sends()["csrf_token"]
    answer = teller.browser.post("/report", data={"csrf_token": token, "screen": screen, "go": go, "promise": "sealed"})
    assert answer.status_code == 200
    assert "Check your answers" not in answer.get_data(as_text=True)
    assert village.reports() == []


def test_pressed_twice_it_is_sent_once_and_two_reports_are_two(village: Village, signed_in: Any) -> None:
    browser = signed_in(village.reporter)
    teller = Teller(browser).tell().press()
    again = teller.sends("Send to")
    teller.press("Send to")
    answer = browser.post("/report", data=again, headers={"Origin": "http://localhost"})
    assert (answer.status_code, answer.location) == (303, "/report/sent")
    assert len(village.reports()) == 1
    Teller(browser).tell().press().press("Send to")
    assert len(village.reports()) == 2


@pytest.mark.parametrize("kind", [MembershipKind.FULL, MembershipKind.ASSOCIATE])
def test_full_members_and_associates_report(village: Village, signed_in: Any, kind: MembershipKind) -> None:
    teller = Teller(signed_in(factories.member(village.warp, kind))).tell().press().press("Send to")
    assert teller.heading == "Your report is sent"
    assert len(village.reports()) == 1


def test_whoever_acts_for_no_member_sees_whom_to_ring_and_sends_nothing(village: Village, signed_in: Any) -> None:
    lapsed = factories.person(factories.organisation(village.warp, state=State.LAPSED))
    browser = signed_in(lapsed)
    teller = Teller(browser)
    assert "National Cyber Security Centre" in teller.text
    assert "You cannot send a report from here" in teller.text
    token = {"csrf_token": Teller(signed_in(village.reporter)).sends()["csrf_token"]}
    answer = browser.post("/report", data={**token, "screen": "check", "go": "send", "what": "x", "promise": "named"})
    assert answer.status_code in (400, 404)
    assert village.reports() == []


def test_one_factor_is_not_enough(village: Village, signed_in: Any) -> None:
    browser = signed_in(village.reporter, Proof.MAILBOX)
    assert browser.get("/report").status_code == 302
    assert browser.post("/report", data={"screen": "check", "go": "send"}).status_code in (400, 404)


def test_one_who_is_at_several_members_chooses_for_whom(village: Village, signed_in: Any) -> None:
    second = factories.organisation(village.warp)
    db.session.add(Post(person_id=village.reporter.id, organisation_id=second.id))
    db.session.commit()
    teller = Teller(signed_in(village.reporter)).press().press(promise="named")
    assert "Choose for whom you report" in teller.text
    teller.press(promise="named", place=f"{second.id}:{village.warp.id}").press(**TEXTS).press().press().press(
        "Send to"
    )
    assert one(village.reports()).organisation_name == second.name


def test_a_report_by_telephone_is_sealed_for_whoever_rang(village: Village, signed_in: Any) -> None:
    teller = Teller(signed_in(village.coordinator), "/desk/reports/new").press()
    teller.press(rang="nobody@elsewhere.example", promise="anonymised")
    assert "Nobody at a member of your WARP has this address" in teller.text
    teller.press(rang=village.reporter.email.upper(), promise="anonymised").press(**TEXTS).press()
    assert "Check" not in teller.heading
    teller.press().press("Send to")
    assert teller.heading == "Your report is sent"
    report = one(village.reports())
    assert report.organisation_name is None


def test_a_long_text_is_warned_of(village: Village, signed_in: Any) -> None:
    teller = Teller(signed_in(village.reporter)).tell(what="Something happened again. " * 60)
    assert "more than 150 words" in teller.text


def test_who_will_see_it_is_said_with_numbers_only_from_five_on(village: Village, signed_in: Any) -> None:
    assert "Fewer than 5 organisations" in Teller(signed_in(village.reporter)).tell().text
    for _ in range(4):
        factories.member(village.warp)
    text = Teller(signed_in(village.reporter)).tell().text
    assert "6 organisations" in text or "7 organisations" in text
    assert f"{village.warp.name}, on behalf of a member" in text
