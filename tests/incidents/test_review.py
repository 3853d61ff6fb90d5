"""The coordinator's review: the words without the author, and nothing out that was not looked at."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.incidents.conftest import COUNCIL, TEXTS, Village, canaries_in, one
from tests.page_client import parse
from warp_hub import clock, db
from warp_hub.audit import Audit
from warp_hub.custody.promises import Promise
from warp_hub.incidents.forms import CHECKLIST
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.incidents.waiting import waiting_reports
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import Marking

TICKED = {"checked": list(CHECKLIST)}


def _path(report: Report) -> str:
    return f"/desk/reports/{report.record_id}"


def test_a_report_waits_in_the_list_and_on_the_desk(village: Village, signed_in: Any) -> None:
    report = village.file()
    page = signed_in(village.coordinator).get_page("/desk/reports")
    assert page.find("a", string=report.title)["href"] == _path(report)
    waiting = waiting_reports(viewer_of(village.coordinator.id, Proof.FULL))
    assert (waiting.count, one(list(waiting.first)).record_id, waiting.oldest) == (
        1,
        report.record_id,
        report.not_before,
    )
    assert waiting_reports(viewer_of(village.other.id, Proof.FULL)).count == 0


def test_the_page_shows_the_words_and_not_the_author(village: Village, signed_in: Any) -> None:
    report = village.file()
    html = signed_in(village.coordinator).get(_path(report)).get_data(as_text=True)
    assert TEXTS["noticed"] in html
    assert "You are not shown who sent it" in html
    assert not canaries_in(html)
    link = parse(html).find("a", string="Open the record of who sent this")
    assert link["href"] == f"/desk/records/{report.record_id}/open"


def test_a_named_report_shows_its_organisation_and_has_no_record_to_open(village: Village, signed_in: Any) -> None:
    html = signed_in(village.coordinator).get(_path(village.file(Promise.NAMED))).get_data(as_text=True)
    assert COUNCIL in html
    assert "Open the record" not in html


def test_words_are_changed_and_what_was_sent_stays_to_be_read(village: Village, signed_in: Any) -> None:
    report, browser = village.file(), signed_in(village.coordinator)
    page = browser.post_form(_path(report), "Save", title="Help desk fooled", what="A caller got a password.")
    assert "Saved." in page.text
    changed = one(village.reports())
    assert (changed.title, changed.texts["what"]) == ("Help desk fooled", "A caller got a password.")
    assert changed.sent == TEXTS
    assert changed.state is ReportState.WAITING
    assert TEXTS["what"] in page.text


def test_it_is_approved_only_when_every_question_was_looked_at(village: Village, signed_in: Any) -> None:
    report, browser = village.file(), signed_in(village.coordinator)
    page = browser.post_form(_path(report), "Approve", title="A better title", checked=["place", "style"])
    assert "Tick each of them" in page.text
    assert page.select_one("#title")["value"] == "A better title"
    assert one(village.reports()).state is ReportState.WAITING
    browser.post_form(_path(report), "Approve", title="A better title", **TICKED)
    approved = one(village.reports())
    assert (approved.state, approved.title) == (ReportState.APPROVED, "A better title")


def test_an_address_that_cannot_be_read_is_refused_and_what_was_typed_stays(village: Village, signed_in: Any) -> None:
    report = village.file()
    page = signed_in(village.coordinator).post_form(_path(report), "Save", indicators="evil[.]example\nno address")
    assert "“no address” is no address" in page.text
    assert "no address" in page.select_one("#indicators").text


def test_a_label_is_made_stricter_and_never_wider(village: Village, signed_in: Any) -> None:
    report, browser = village.file(), signed_in(village.coordinator)
    browser.post_form(_path(report), "Save", marking="TLP:AMBER+STRICT")
    assert one(village.reports()).marking is Marking.AMBER_STRICT
    page = browser.get_page(_path(report))
    assert [radio["value"] for radio in page.select('input[name="marking"]')] == ["TLP:AMBER+STRICT"]
    browser.post_form(_path(report), "Save", marking="TLP:GREEN")
    assert one(village.reports()).marking is Marking.AMBER_STRICT


def test_what_is_not_passed_on_keeps_its_reason_for_a_month(village: Village, signed_in: Any) -> None:
    report, browser = village.file(), signed_in(village.coordinator)
    browser.post_form(_path(report), "Do not pass it on", reason="It is a test of ours.")
    declined = one(village.reports())
    assert (declined.state, declined.reason) == (ReportState.DECLINED, "It is a test of ours.")
    assert declined.expires_on == (clock.local(clock.now()) + timedelta(days=30)).date()
    assert "It is a test of ours." in browser.get_page(_path(report)).text


def test_what_was_approved_can_be_taken_back_until_it_is_out(village: Village, signed_in: Any) -> None:
    report, browser = village.approved(), signed_in(village.coordinator)
    browser.post_form(_path(report), "Look at it again")
    assert one(village.reports()).state is ReportState.WAITING


def test_two_coordinators_who_decide_at_once_are_told_so(village: Village, signed_in: Any) -> None:
    report, browser = village.file(), signed_in(village.coordinator)
    page = browser.get_page(_path(report))
    token = page.select_one('input[name="csrf_token"]')["value"]
    waiting = one(village.reports())
    waiting.state = ReportState.DECLINED
    db.session.commit()
    answer = browser.post(
        f"{_path(report)}/decline",
        data={"csrf_token": token, "reason": "Mine"},
        headers={"Origin": "http://localhost"},
    )
    assert answer.status_code == 409


def test_what_a_coordinator_does_is_audited_without_saying_with_which_report(village: Village, signed_in: Any) -> None:
    report, browser = village.file(), signed_in(village.coordinator)
    browser.post_form(_path(report), "Approve", **TICKED)
    rows = [row for row in db.session.scalars(select(Audit)) if row.action.startswith("report.")]
    assert [(row.action, row.actor, row.item_id, row.detail) for row in rows] == [
        ("report.approved", village.coordinator.id, None, {})
    ]


def test_the_words_that_a_reporter_kept_are_shown_with_the_reason(village: Village, signed_in: Any) -> None:
    kept = [{"found": "01632 960 123", "because": "the attacker's number"}]
    report = village.file(kept=kept)
    text = signed_in(village.coordinator).get_page(_path(report)).get_text(" ", strip=True)
    assert "01632 960 123 : the attacker's number" in text
