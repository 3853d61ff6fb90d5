"""Release: in batches, held, in random order, as something of the WARP's own, exactly once."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from tests.incidents.conftest import COUNCIL, TEXTS, Village, canaries_in, ids, one
from warp_hub import clock, db
from warp_hub.audit import Audit
from warp_hub.custody.promises import Promise
from warp_hub.incidents import release
from warp_hub.incidents.models import Batch, SharedIncident
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.memberships.warps import change_settings
from warp_hub.sharing.models import Indicator, Item, ItemKind, ItemVersion
from warp_hub.sharing.visibility import house_read
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.tlp import Marking

FILED = datetime(2026, 12, 3, 8, tzinfo=UTC)  # a Thursday
TEN, THREE = datetime(2026, 12, 3, 10, tzinfo=UTC), datetime(2026, 12, 3, 15, tzinfo=UTC)
NEXT_TEN, NEXT_THREE = TEN + timedelta(days=1), THREE + timedelta(days=1)
VALUES = (IndicatorValue(IndicatorKind.DOMAIN, "evil.example"), IndicatorValue(IndicatorKind.FILE_NAME, "it's.docm"))


def _release(at: datetime) -> int:
    with clock.at(at):
        released = release.release_due(at)
        db.session.commit()
    return released


def _rows(what: Any) -> list[Any]:
    db.session.expire_all()
    return list(db.session.scalars(house_read(select(what), "test")))


def _items() -> list[Item]:
    return [item for item in _rows(Item) if item.kind is ItemKind.SHARED_INCIDENT]


def test_two_approved_reports_go_out_together_after_their_hold(village: Village) -> None:
    made = {village.approved(at=FILED).record_id, village.approved(at=FILED).record_id}
    assert (_release(TEN), _release(THREE - timedelta(seconds=1))) == (0, 0)
    assert _release(THREE + timedelta(seconds=20)) == 2
    assert {item.id for item in _items()} == made
    for item in _items():
        assert (item.marking, item.recipients, item.keepers) == (Marking.AMBER, [village.warp.id], [village.warp.id])
        assert (item.originator, item.originator_name) == (village.warp.id, village.warp.name)
        assert item.passed_by == [village.warp.id]
    assert {incident.named for incident in _rows(SharedIncident)} == {""}
    assert {report.state for report in village.reports()} == {ReportState.RELEASED}


def test_what_is_not_approved_stays(village: Village) -> None:
    village.file(at=FILED)
    village.approved(at=FILED)
    village.approved(at=FILED)
    assert _release(THREE) == 2
    assert sorted(report.state for report in village.reports()) == ["released", "released", "waiting"]


def test_one_that_would_go_alone_waits_for_one_time_and_then_goes(village: Village) -> None:
    village.approved(at=FILED)
    assert [_release(at) for at in (THREE, NEXT_TEN)] == [0, 1]


def test_one_that_waited_goes_with_whatever_came(village: Village) -> None:
    first = village.approved(at=FILED)
    assert _release(THREE) == 0
    second = village.approved(at=THREE)
    assert _release(NEXT_TEN) == 2
    assert {item.id for item in _items()} == ids([first, second])


def test_a_named_one_is_no_company_and_needs_none(village: Village) -> None:
    named = village.approved(Promise.NAMED, FILED)
    village.approved(at=FILED)
    assert _release(THREE) == 1
    assert one(_items()).id == named.record_id
    assert one(_items()).originator_name == COUNCIL
    assert one(_rows(SharedIncident)).named == COUNCIL


def test_even_the_slowest_settings_let_a_report_go_within_three_working_days(village: Village) -> None:
    change_settings(village.warp, release_hold_hours=24, release_alone_waits=2, release_at=["10:00"])
    db.session.commit()
    village.approved(at=FILED)
    days = [TEN + timedelta(days=ahead) for ahead in range(8)]
    released = [day for day in days if _release(day)]
    working = [day for day in days if day.weekday() < 5 and FILED < day <= released[0]]
    assert len(working) <= 4


def test_a_report_that_cannot_be_made_an_incident_stops_no_other(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    broken = village.approved(at=FILED)
    broken.indicators = [{"kind": "nonsense", "value": "secret words"}]
    others = [village.approved(at=FILED) for _ in range(2)]
    assert _release(THREE) == 2
    assert {item.id for item in _items()} == ids(others)
    assert len(_rows(ItemVersion)) == 4
    assert "could not be made an incident: ValueError" in caplog.text
    assert "secret words" not in caplog.text
    assert [report.state for report in village.reports() if report.record_id == broken.record_id] == ["approved"]


def test_a_time_is_done_once_however_often_it_is_looked_at(village: Village) -> None:
    village.approved(at=FILED)
    village.approved(at=FILED)
    assert [_release(THREE + timedelta(minutes=minute)) for minute in range(3)] == [2, 0, 0]
    village.approved(at=FILED)
    village.approved(at=FILED)
    assert _release(THREE + timedelta(minutes=9)) == 0
    assert _release(NEXT_TEN) == 2


def test_a_time_that_was_missed_is_made_up_for_once(village: Village) -> None:
    village.approved(at=FILED)
    village.approved(at=FILED)
    monday = datetime(2026, 12, 7, 3, tzinfo=UTC)
    assert (_release(monday), _release(monday)) == (2, 0)
    assert one(_rows(Batch)).slot_at == NEXT_THREE


@pytest.mark.parametrize("night", [datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2028, 3, 26, 0, tzinfo=UTC)])
def test_on_the_nights_when_the_clocks_change_each_time_comes_once(village: Village, night: datetime) -> None:
    """The nights are Sundays; the days on either side must each have both their times, in local time."""
    friday = night - timedelta(days=2)
    minutes = [friday + timedelta(hours=step) for step in range(24 * 5)]
    for minute in minutes:
        _release(minute)
    slots = [clock.local(batch.slot_at) for batch in _rows(Batch) if friday <= batch.slot_at <= minutes[-1]]
    assert sorted(f"{slot:%a %H:%M}" for slot in slots) == sorted(
        f"{day} {at}" for day in ("Fri", "Mon", "Tue") for at in ("10:00", "15:00")
    )


def test_the_order_of_filing_is_not_the_order_of_release(village: Village) -> None:
    filed = [village.approved(at=FILED).record_id for _ in range(9)]
    assert _release(THREE) == 9
    assert len({item.published_at for item in _items()}) == 9
    released = [item.id for item in sorted(_items(), key=lambda item: item.published_at or FILED)]
    assert set(released) == set(filed)
    assert released != filed  # one in 362,880


def test_a_batch_is_audited_as_a_batch_and_names_no_report(village: Village) -> None:
    made = [village.approved(at=FILED) for _ in range(3)]
    _release(THREE)
    audited = one([row for row in _rows(Audit) if row.action == "batch.released"])
    assert (audited.detail, audited.warp_id) == ({"batch": "2026-12-03/2", "reports": 3}, village.warp.id)
    assert (audited.actor, audited.item_id) == (None, None)
    told = [str(row.detail) + str(row.item_id) for row in _rows(Audit)]
    assert not [line for line in told for report in made if str(report.record_id) in line]


def test_two_workers_release_once(village: Village) -> None:
    for _ in range(4):
        village.approved(at=FILED)
    released: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(10)
        try:
            with clock.at(THREE):
                count = release.release_due(THREE)
                db.session.commit()
            released.append(count)
        finally:
            db.leave()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(released) == [0, 4]
    assert len(_items()) == 4


def test_reports_are_gone_three_days_after_their_incident_went_out(village: Village) -> None:
    village.approved(Promise.NAMED, FILED)
    sealed = village.approved(at=FILED)
    village.approved(at=FILED)
    _release(THREE)
    assert {report.expires_on for report in village.reports()} == {date(2026, 12, 6)}
    with clock.at(THREE + timedelta(days=2)):
        assert release.forget() == 0
    with clock.at(THREE + timedelta(days=3)):
        # A record that nobody has put away yet is worth more than the day.
        assert release.forget() == 1
        _put_away(but=sealed)
        assert release.forget() == 1
    assert ids(village.reports()) == {sealed.record_id}
    assert len(_items()) == 3


def _put_away(but: Report) -> None:
    for report in _rows(Report):
        if report.record_id != but.record_id:
            report.sealed = None
    db.session.commit()


def test_every_object_is_the_warps_at_the_time_of_its_batch_and_names_nobody(village: Village) -> None:
    village.approved(at=FILED, indicators=VALUES, marking=Marking.GREEN)
    village.approved(at=FILED)
    _release(THREE)
    held = [orjson.loads(version.content) for version in _rows(ItemVersion)]
    assert sorted(made["type"] for made in held) == [
        "incident",
        "incident",
        "indicator",
        "indicator",
        "report",
        "report",
    ]
    for made in held:
        assert made["created"] == made["modified"] == "2026-12-03T15:00:00.000Z"
        assert made["created_by_ref"] == f"identity--{village.warp.id}"
        assert made["id"].split("--")[1][14] == "4"
    assert {one.value for one in _rows(Indicator)} == {"evil.example", "it's.docm"}
    said = str(held)
    assert not canaries_in(said)


@pytest.mark.parametrize("marking", [Marking.GREEN, Marking.AMBER_STRICT])
def test_the_validator_of_the_standard_accepts_a_released_incident(village: Village, marking: Marking) -> None:
    from stix2validator import ValidationOptions, validate_instance

    from warp_hub.incidents.stix_objects import identity_of
    from warp_hub.stix import marking_object

    kinds = [
        (IndicatorKind.IPV4, "203.0.113.7"),
        (IndicatorKind.IPV6, "2001:db8::1"),
        (IndicatorKind.URL, "https://evil.example/a?b='c'"),
        (IndicatorKind.EMAIL, "bad@evil.example"),
        (IndicatorKind.MD5, "d41d8cd98f00b204e9800998ecf8427e"),
        (IndicatorKind.SHA1, "a" * 40),
        (IndicatorKind.SHA256, "a" * 64),
        (IndicatorKind.SHA512, "a" * 128),
        (IndicatorKind.FILE_PATH, "C:\\Users\\Public\\x.exe"),
    ]
    values = (*VALUES, *(IndicatorValue(kind, value) for kind, value in kinds))
    given: dict[str, Any] = {"chatham_house": True, "pap": "PAP:AMBER", "restrictions": "Not for suppliers"}
    village.approved(Promise.NAMED, FILED, marking=marking, indicators=values, **given)
    _release(THREE)
    held = [orjson.loads(version.content) for version in _rows(ItemVersion)]
    objects = [identity_of(village.warp.id, village.warp.name), marking_object(marking), *held]
    bundle = {"type": "bundle", "id": "bundle--2c2ad4ae-6c7f-4a2c-9b53-0b4d4df1f6a9", "objects": objects}
    found = validate_instance(bundle, ValidationOptions(version="2.1", strict=True))
    assert found.is_valid, [str(error) for error in found.errors]
    assert {made["object_marking_refs"][0] for made in held if "object_marking_refs" in made} == {
        marking_object(marking)["id"]
    }


def test_our_own_reader_reads_back_what_was_set(village: Village) -> None:
    from warp_hub.stix import indicator_values, read_markings

    given: dict[str, Any] = {"chatham_house": True, "pap": "PAP:AMBER", "restrictions": "Not for suppliers"}
    village.approved(Promise.NAMED, FILED, indicators=VALUES, **given)
    _release(THREE)
    held = {made["id"]: made for made in (orjson.loads(version.content) for version in _rows(ItemVersion))}
    report = one([made for made in held.values() if made["type"] == "report"])
    reading = read_markings(report, held)
    assert (reading.marking, reading.pap, reading.is_held) == (Marking.AMBER, "PAP:AMBER", False)
    assert "Not for suppliers" in reading.statements
    patterns = [made["pattern"] for made in held.values() if made["type"] == "indicator"]
    assert {value for pattern in patterns for value in indicator_values(pattern)} == set(VALUES)
    assert TEXTS["impact"] in report["description"]
