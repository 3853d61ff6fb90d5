"""Reading incidents: the same page for its author and for any other member, and nothing for anybody else."""

import re
from datetime import timedelta
from typing import Any

from tests import factories
from tests.incidents.conftest import COUNCIL, TEXTS, Village, one
from warp_hub import clock, db
from warp_hub.custody.promises import Promise
from warp_hub.incidents import release
from warp_hub.memberships.models import MembershipKind
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.visibility import search_visible
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.tlp import Marking

VALUES = (IndicatorValue(IndicatorKind.DOMAIN, "evil.example"), IndicatorValue(IndicatorKind.IPV4, "203.0.113.7"))


def released(village: Village, promise: Promise = Promise.ANONYMISED, **given: Any) -> str:
    """Let a report go out, with a second one for company; return the address of its incident."""
    filed = clock.now() - timedelta(days=9)
    report = village.approved(promise, filed, **given)
    village.approved(promise, filed, what="Something else happened. It was nothing.")
    with clock.at(clock.now() - timedelta(minutes=1)):
        assert release.release_due(clock.now()) == 2
        db.session.commit()
    return f"/incidents/{report.record_id}"


def _without_token(html: str, name: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html).replace(name, "")


def test_the_page_tells_it_in_the_warps_name(village: Village, signed_in: Any) -> None:
    page = signed_in(village.other).get_page(released(village, indicators=VALUES))
    text = page.get_text(" ", strip=True)
    assert page.h1.text == "Someone rang the help desk and had a password reset"
    for said in (
        *TEXTS.values(),
        "Source: Midshire WARP, on behalf of a member",
        "evil[.]example",
        "203[.]0[.]113[.]7",
    ):
        assert said in text
    assert f"Reported in {clock.local(clock.now() - timedelta(days=9)):%B %Y}" in text
    assert page.select_one(".warp-handling .warp-tlp").text == "TLP:AMBER"
    assert "Someone rang" not in page.title.text
    assert "For coordinators" not in text


def test_a_named_one_says_whose_it_is(village: Village, signed_in: Any) -> None:
    text = signed_in(village.other).get_page(released(village, Promise.NAMED)).text
    assert f"Source: {COUNCIL}, through Midshire WARP" in text


def test_the_limits_that_were_asked_for_stand_with_the_label(village: Village, signed_in: Any) -> None:
    path = released(village, chatham_house=True, pap="PAP:AMBER", restrictions="Not for suppliers")
    text = signed_in(village.other).get_page(path).text
    for said in ("The Chatham House Rule applies", "block nothing", "Not for suppliers"):
        assert said in text


def test_its_author_and_another_member_read_the_same_to_the_byte(village: Village, signed_in: Any) -> None:
    path = released(village)
    for address in (path, "/incidents"):
        theirs, others = (
            _without_token(signed_in(person).get(address).get_data(as_text=True), person.name)
            for person in (village.reporter, village.other)
        )
        assert theirs == others
    headers = [dict(signed_in(person).get(path).headers) for person in (village.reporter, village.other)]
    assert headers[0].keys() == headers[1].keys()
    assert headers[0]["Content-Length"] == headers[1]["Content-Length"]


def test_who_may_not_have_it_meets_what_is_not_there(village: Village, signed_in: Any, browser: Any) -> None:
    path = released(village, marking=Marking.AMBER_STRICT)
    associate = factories.member(village.warp, MembershipKind.ASSOCIATE)
    stranger = factories.member(factories.warp("Westmarch"))
    absent = signed_in(stranger).get("/incidents/00000000-0000-4000-8000-000000000000")
    for person in (associate, stranger):
        refused = signed_in(person).get(path)
        assert refused.status_code == 404
    assert signed_in(stranger).get(path).data == absent.data
    assert signed_in(village.other, Proof.MAILBOX).get(path).status_code == 404
    assert browser.get(path).status_code == 404
    assert "There are no incidents to show." in signed_in(stranger).get_page("/incidents").text
    assert signed_in(village.other).get(path).status_code == 200


def test_a_report_that_waits_is_nobodys_incident(village: Village, signed_in: Any) -> None:
    report = village.approved()
    assert signed_in(village.coordinator).get(f"/incidents/{report.record_id}").status_code == 404


def test_withdrawn_it_is_gone_for_everybody(village: Village, signed_in: Any) -> None:
    path, member = released(village), signed_in(village.other)
    coordinator = signed_in(village.coordinator)
    page = coordinator.get_page(path)
    assert page.find("a", string="Open the record of who sent this")
    assert "Say why" in coordinator.post_form(path, "Withdraw it from everybody").text
    coordinator.post_form(path, "Withdraw it from everybody", reason="It was wrong.")
    assert member.get(path).status_code == 404
    assert coordinator.get(path).status_code == 404
    assert path not in str(member.get_page("/incidents"))


def test_only_its_own_coordinators_withdraw_it(village: Village, signed_in: Any) -> None:
    path = released(village, marking=Marking.GREEN)
    elsewhere = signed_in(factories.coordinator(factories.warp("Westmarch")))
    page = elsewhere.get_page(path)
    assert "For coordinators" not in page.text
    token = one(elsewhere.get_page("/desk/reports/new").select('input[name="csrf_token"]')[:1])["value"]
    answer = elsewhere.post(f"{path}/withdraw", data={"csrf_token": token, "reason": "x"})
    assert answer.status_code == 404
    assert elsewhere.get(path).status_code == 200


def test_an_incident_is_found_by_its_words(village: Village) -> None:
    path = released(village, indicators=VALUES)
    for words in ("password reset", "evil.example"):
        found = db.session.scalars(search_visible(words, viewer_of(village.other.id, Proof.FULL))).all()
        assert [f"/incidents/{item.id}" for item in found] == [path]
