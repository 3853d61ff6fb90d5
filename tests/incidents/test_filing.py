"""Filing writes one row and nothing else: nothing in the database says who sent what when."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests import factories
from tests.database import connect
from tests.incidents.conftest import Teller, Village
from warp_hub import clock, db
from warp_hub.custody import sealing
from warp_hub.custody.promises import Promise
from warp_hub.db.roles import RoleUrls
from warp_hub.incidents import filing, places
from warp_hub.incidents.filing import Answers, NotOffered
from warp_hub.tlp import Marking

COUNTS = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'custody') ORDER BY 1
"""


def _everything(urls: RoleUrls) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    with connect(urls.owner) as owner:
        names = [str(row[0]) for row in owner.execute(COUNTS).fetchall()]
        rows = {name: owner.execute(f"SELECT t::text FROM {name} AS t").fetchall() for name in names}  # type: ignore[call-overload]
    return {name: sorted(str(row[0]) for row in found) for name, found in rows.items()}


def test_filing_writes_exactly_one_row_and_leaves_the_session_as_it_was(
    village: Village, signed_in: Any, database: RoleUrls, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    teller = Teller(signed_in(village.reporter))
    before = _everything(database)
    with clock.at(clock.now() + timedelta(minutes=5)):  # last_seen is kept to the minute
        teller.browser.get_page("/report")
        teller.tell().press().press("Send to")
        assert teller.heading == "Your report is sent"
    after = _everything(database)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"public.report"}
    assert len(after["public.report"]) == 1
    told = [record.getMessage() for record in caplog.records]
    assert not [line for line in told if str(village.reporter.id) in line or village.reporter.email in line]


def test_any_other_page_still_notes_that_the_session_is_in_use(
    village: Village, signed_in: Any, database: RoleUrls
) -> None:
    browser = signed_in(village.reporter)
    before = _everything(database)
    with clock.at(clock.now() + timedelta(minutes=5)):
        browser.get_page("/incidents")
    assert _everything(database)["public.session"] != before["public.session"]


def test_a_report_by_telephone_leaves_no_more_behind(village: Village, signed_in: Any, database: RoleUrls) -> None:
    teller = Teller(signed_in(village.coordinator), "/desk/reports/new")
    before = _everything(database)
    with clock.at(clock.now() + timedelta(minutes=5)):
        teller.press().press(rang=village.reporter.email).press(what="A call came.").press().press().press("Send to")
    after = _everything(database)
    assert {name for name in after if after[name] != before[name]} == {"public.report"}


def test_what_is_sealed_is_as_long_for_everybody_and_names_whoever_reported(village: Village) -> None:
    from warp_hub.custody import holders

    report = village.file()
    sealed = _sealed(report.record_id)
    assert len(sealed) == sealing.LENGTH
    with db.acting("web"):
        key = holders.unlock(village.coordinator.id, "seven otters paint the harbour")
        db.session.commit()
    sender = sealing.unseal(sealed, report.record_id, key).sender
    assert (sender.person_id, sender.organisation_id) == (village.reporter.id, village.council.id)
    assert (sender.filed_hour.minute, sender.filed_hour.second) == (0, 0)


def _sealed(record_id: UUID) -> bytes:
    query = text("SELECT sealed FROM report WHERE record_id = :id")
    engine = db.engine("work")
    with engine.connect() as connection:
        return bytes(connection.execution_options(tlp="test").execute(query, {"id": record_id}).scalar_one())


def test_neither_the_reporter_nor_a_coordinator_elsewhere_reads_the_desk(village: Village, signed_in: Any) -> None:
    report = village.file()
    elsewhere = factories.coordinator(factories.warp("Westmarch"))
    for person, status in ((village.reporter, 404), (elsewhere, 404), (village.coordinator, 200)):
        assert signed_in(person).get(f"/desk/reports/{report.record_id}").status_code == status
    assert signed_in(village.reporter).get("/desk/reports").status_code == 404


def test_the_web_role_may_not_read_what_is_sealed(village: Village) -> None:
    village.file()
    with db.acting("web"), db.engine("web").connect() as connection:
        connection.execute(text("SELECT set_config('app.keeps', :id, true)"), {"id": f"{{{village.warp.id}}}"})
        asked = connection.execution_options(tlp="test")
        assert asked.execute(text("SELECT count(record_id) FROM report")).scalar_one() == 1
        with pytest.raises(Exception, match="permission denied"):
            asked.execute(text("SELECT sealed FROM report"))


def test_a_member_may_put_a_report_on_no_other_warps_desk(village: Village) -> None:
    from warp_hub.memberships.viewers import Proof, viewer_of

    (place,) = places.places_of(village.reporter.id)
    stranger = factories.member(factories.warp("Westmarch"))
    with db.acting("web"):
        db.enter(viewer_of(stranger.id, Proof.FULL).settings())
        with pytest.raises(Exception, match="row-level security"):
            filing.file_report(Answers(Promise.NAMED, {"what": "x"}), place, filing.new_sending())
        db.leave()


@pytest.mark.parametrize("promise", [Promise.SEALED, Promise.NO_RECORD])
def test_no_promise_is_taken_that_is_not_offered(village: Village, promise: Promise) -> None:
    (place,) = places.places_of(village.reporter.id)
    with pytest.raises(NotOffered):
        filing.file_report(Answers(promise, {"what": "x"}), place, filing.new_sending())
    red = Answers(Promise.NAMED, {"what": "x"}, marking=Marking.RED)
    with pytest.raises(NotOffered):
        filing.file_report(red, place, filing.new_sending())


def test_the_time_kept_with_a_report_is_a_time_of_release_and_not_of_filing(village: Village) -> None:
    thursday = datetime(2026, 12, 3, 9, 41, 27, tzinfo=UTC)
    report = village.file(at=thursday)
    assert report.not_before == datetime(2026, 12, 3, 15, tzinfo=UTC)
    assert report.month == "2026-12"
    assert village.file(at=datetime(2026, 12, 4, 12, tzinfo=UTC)).not_before == datetime(2026, 12, 7, 10, tzinfo=UTC)
    assert report.expires_on is None
