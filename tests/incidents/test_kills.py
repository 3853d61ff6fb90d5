"""kill -9 at each step of a release: nothing is lost, nothing goes twice, and no part of it is ever seen."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from tests.faults.killing import killed_at, steps_of
from tests.incidents.conftest import Village
from tests.sizes import SIZES, TIER
from warp_hub import clock, db
from warp_hub.audit import Audit
from warp_hub.background import perform
from warp_hub.background.models import JobRun
from warp_hub.incidents.models import Batch, SharedIncident
from warp_hub.incidents.reports import Report
from warp_hub.jobs.timetable import TIMETABLE
from warp_hub.sharing.models import Indicator, Item, ItemVersion
from warp_hub.sharing.visibility import house_read
from warp_hub.stix import IndicatorKind, IndicatorValue

FILED, SLOT = datetime(2026, 12, 3, 8, tzinfo=UTC), datetime(2026, 12, 3, 15, tzinfo=UTC)
VALUES = (IndicatorValue(IndicatorKind.DOMAIN, "evil.example"),)
PERIOD = "2026-12-03T15:00Z"
STEPS_TRIED = 8


def test_a_release_killed_at_any_step_is_done_once_and_whole(village: Village) -> None:
    _approve_three(village)
    steps = steps_of(_work)
    expected = _state()
    assert expected["Item"] == expected["SharedIncident"] == expected["released"] == 3
    for step in _chosen(steps):
        _forget_everything()
        _approve_three(village)
        assert killed_at(step, _work), step
        between = _state()
        assert between["Item"] in (0, 3), step
        assert between["released"] == between["Item"], step
        _work()
        assert _state() == expected, step
        _work()
        assert _state() == expected, step


def _work() -> None:
    """Do what a worker does when the timetable says so."""
    with clock.at(SLOT):
        perform(TIMETABLE, "incidents", PERIOD)


def _approve_three(village: Village) -> None:
    db.session.add(JobRun(job="incidents", period=PERIOD, due_at=SLOT))
    for _ in range(3):
        village.approved(at=FILED, indicators=VALUES)


def _forget_everything() -> None:
    db.leave()
    for what in (Indicator, ItemVersion, SharedIncident, Item, Report, Batch, JobRun):
        db.session.execute(what.__table__.delete())
    db.session.commit()


def _state() -> dict[str, Any]:
    db.leave()
    kinds = (Item, ItemVersion, SharedIncident, Indicator, Batch)
    found: dict[str, Any] = {kind.__name__: _count(select(func.count()).select_from(kind)) for kind in kinds}
    found["released"] = _count(select(func.count()).select_from(Report).where(Report.state == "released"))
    found["published"] = _count(select(func.count()).select_from(Item).where(Item.published_at.is_not(None)))
    found["stamped"] = _count(select(func.count(ItemVersion.added_at.distinct())))
    found["told"] = _count(select(func.sum(Batch.released)))
    db.leave()
    return found


def _count(statement: Any) -> int:
    return db.session.scalar(house_read(statement, "test")) or 0


def _chosen(steps: int) -> list[int]:
    """Return every step where the tier has the time, else some of them spread over all."""
    if SIZES.kills_per_step > 1 or TIER == "proof":
        return list(range(1, steps + 1))
    return sorted({round(1 + place * (steps - 1) / (STEPS_TRIED - 1)) for place in range(STEPS_TRIED)})


def test_what_was_released_is_audited_once_however_often_it_was_begun(village: Village) -> None:
    _approve_three(village)
    assert killed_at(40, _work)
    for _ in range(2):
        _work()
    rows = [row for row in db.session.scalars(select(Audit)) if row.action == "batch.released"]
    assert [row.detail["reports"] for row in rows] == [3]
