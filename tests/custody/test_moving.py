"""Records are put away whole, once, in no order, and thrown away when their time is over."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from tests.custody.conftest import Community, lookup, move, put_on_desk
from tests.database import connect
from tests.faults.killing import killed_at
from warp_hub import background, clock, db
from warp_hub.background.models import JobRun
from warp_hub.custody import moving
from warp_hub.jobs.timetable import TIMETABLE
from warp_hub.memberships import warps
from warp_hub.memberships.settings import WarpSettings


def on_desk(community: Community) -> int:
    with connect(community.urls.owner) as owner:
        return int(owner.execute("SELECT count(*) FROM report WHERE sealed IS NOT NULL").fetchone()[0])  # type: ignore[index,call-overload]


def work() -> None:
    with moving.as_custodian():
        moving.move()
        db.session.commit()


def test_what_lies_sealed_on_the_desk_is_put_away_once(community: Community) -> None:
    records = {community.file() for _ in range(5)}
    put_on_desk(community.warp.id, uuid4(), None)

    assert (move(), move()) == (5, 0)
    assert on_desk(community) == 0
    assert community.lookups() == {lookup(record) for record in records}


def test_neither_place_nor_transaction_tells_the_order(community: Community) -> None:
    """Twelve reports, put away in three goes: on disk they lie by a value that no dump explains, all of one moment."""
    filed = []
    for _ in range(3):
        filed += [community.file() for _ in range(4)]
        move()

    lie = [place for place, _ in community.rows()]
    assert lie == sorted(lie)
    assert set(lie) == {lookup(record) for record in filed}
    with connect(community.urls.owner) as owner:
        stamps = owner.execute("SELECT count(DISTINCT xmin::text) FROM custody.attribution").fetchone()
        assert stamps == (1,)


def test_the_shuffle_is_the_system_s_own(community: Community) -> None:
    """Whoever knows the state of Python's random numbers learns nothing."""
    orders = set()
    for _ in range(2):
        random.seed(1)
        rows = list(range(64))
        moving.secrets.SystemRandom().shuffle(rows)
        orders.add(tuple(rows))
    assert len(orders) == 2


def test_killed_at_any_step_it_is_all_or_nothing(community: Community) -> None:
    records = [community.file() for _ in range(3)]
    for step in range(1, 100):
        was_killed = killed_at(step, work, "custody")
        done, waiting = len(community.rows()), on_desk(community)
        assert (done, waiting) in ((0, 3), (3, 0))
        if not was_killed:
            break
    assert step > 10
    move()

    assert community.lookups() == {lookup(record) for record in records}


def test_a_copy_that_came_back_is_not_put_away_twice(community: Community) -> None:
    record = community.file()
    with connect(community.urls.owner) as owner:
        before = bytes(owner.execute("SELECT sealed FROM report").fetchone()[0])  # type: ignore[index,arg-type]
        move()
        owner.execute("UPDATE report SET sealed = %s", [before])
    move()

    assert community.rows() == [(lookup(record), before)]
    assert on_desk(community) == 0


def test_what_is_no_sealed_record_keeps_nothing_else_waiting(community: Community) -> None:
    put_on_desk(community.warp.id, uuid4(), b"short")
    record = community.file()

    assert move() == 1
    assert community.lookups() == {lookup(record)}


def test_only_this_installation_finds_a_record(community: Community) -> None:
    record = community.file()
    move()

    assert record.bytes not in b"".join(place for place, _ in community.rows())
    assert lookup(record) != lookup(uuid4())


@pytest.mark.parametrize(
    ("today", "days"), [(date(2026, 11, 22), 90), (date(2026, 11, 23), 30), (date(2026, 2, 1), 365)]
)
def test_a_record_expires_on_the_monday_before_its_days_are_over(today: date, days: int) -> None:
    found = moving.expiry(today, days)

    assert found.weekday() == 0
    assert days - 6 <= (found - today).days <= days


@pytest.mark.parametrize(("days", "fits"), [(29, False), (30, True), (90, True), (365, True), (366, False)])
def test_how_long_records_are_kept_has_a_floor_and_a_ceiling(days: int, fits: bool) -> None:
    assert WarpSettings().record_days == 90
    if fits:
        assert WarpSettings(record_days=days).record_days == days
    else:
        with pytest.raises(ValidationError):
            WarpSettings(record_days=days)


def test_records_go_when_the_time_of_their_warp_is_over(community: Community) -> None:
    warps.change_settings(community.warp, record_days=30)
    db.session.commit()
    community.file()
    move()

    def left(after: int) -> int:
        with clock.at(clock.now() + timedelta(days=after)), moving.as_custodian():
            moving.purge()
            db.session.commit()
        return len(community.rows())

    assert left(23) == 1
    assert left(30) == 0


def test_the_timetable_does_it_every_hour_and_says_nothing_of_how_many(community: Community) -> None:
    community.file()
    job = next(job for job in TIMETABLE if job.name == "records")
    period = job.due(clock.now())
    assert period is not None
    db.session.add(JobRun(job=job.name, period=period, due_at=clock.now()))
    db.session.commit()

    background.perform(TIMETABLE, job.name, period)

    assert len(community.rows()) == 1
    assert db.session.scalars(select(JobRun.outcome)).all() == [""]


def test_rows_hold_what_the_design_allows_and_nothing_else(community: Community) -> None:
    community.file()
    move()
    with connect(community.urls.owner) as owner:
        (row,) = owner.execute("SELECT * FROM custody.attribution").fetchall()
        columns = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'custody' ORDER BY 1"
        ).fetchall()

    assert columns == [("epoch",), ("expires_on",), ("lookup",), ("sealed",)]
    assert _is_of_this_month(row)


def _is_of_this_month(row: Any) -> bool:
    return row[2] == f"{clock.local(clock.now()):%Y-%m}" and isinstance(row[3], date) and not isinstance(row[3], UUID)
