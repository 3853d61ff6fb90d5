"""The timetable: every period once, whoever ticks; missed ones once; a failing job hides nothing."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests.background.board import Board
from warp_hub import background, clock, db
from warp_hub.background import Job
from warp_hub.background.worker import work_until_idle
from warp_hub.clock import LONDON
from warp_hub.db.roles import RoleUrls

MONDAY = datetime(2026, 6, 1, 12, 0, 10, tzinfo=UTC)
HALF_PAST_ONE = background.daily(time(1, 30))


@pytest.mark.parametrize(
    ("night", "moment"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # 01:30 does not exist: 02:30 BST
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 01:30 occurs twice: the first
        (date(2026, 6, 1), datetime(2026, 6, 1, 0, 30, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2026, 12, 1, 1, 30, tzinfo=UTC)),
    ],
)
def test_half_past_one_runs_once_on_both_clock_change_nights(night: date, moment: datetime) -> None:
    begin = datetime.combine(night, time(0), tzinfo=UTC) - timedelta(hours=3)
    minutes = [begin + timedelta(minutes=minute) for minute in range(12 * 60)]

    changes = [(now, HALF_PAST_ONE(now)) for now in minutes]
    became_due = [now for (_, before), (now, after) in itertools.pairwise(changes) if before != after]

    assert became_due == [moment]
    assert background.moment_of(night, time(1, 30)) == moment


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.sampled_from(["Europe/London", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"]),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_the_latest_day_has_come_and_the_next_has_not(now: datetime, at: time, zone: str, days: set[int]) -> None:
    place = ZoneInfo(zone)
    found = background.latest_day(now, at, place, days)

    assert found is not None
    assert background.moment_of(found, at, place) <= now
    later = (found + timedelta(days=step) for step in range(1, 8))
    coming = next(day for day in later if day.weekday() in days)
    assert background.moment_of(coming, at, place) > now


def test_a_job_without_a_day_is_never_due() -> None:
    assert background.latest_day(MONDAY, time(1), LONDON, ()) is None
    assert background.daily(time(1), LONDON, ())(MONDAY) is None


def test_a_minute_runs_once_however_often_and_by_whomever_it_is_ticked(database: RoleUrls) -> None:
    job = _job("count", background.every_minute)
    with clock.at(MONDAY):
        assert _tick([job]) == [("count", "2026-06-01T12:00Z")]
        assert _tick([job]) == []
    _run([job], database)
    with clock.at(MONDAY + timedelta(seconds=5)):
        assert _tick([job]) == []
    with clock.at(MONDAY + timedelta(minutes=1)):
        assert _tick([job]) == [("count", "2026-06-01T12:01Z")]


def test_what_was_missed_is_caught_up_once(database: RoleUrls) -> None:
    job = _job("nightly", background.daily(time(3, 15)))
    with clock.at(MONDAY):
        assert _tick([job]) == [("nightly", "2026-06-01")]
    _run([job], database)
    with clock.at(MONDAY + timedelta(days=10)):
        assert _tick([job]) == [("nightly", "2026-06-11")]
        assert _tick([job]) == []


def test_while_a_job_waits_for_a_worker_no_more_of_it_piles_up(database: RoleUrls) -> None:
    board = Board()
    job = _job("count", background.every_minute, lambda: board.note("run"))
    for minute in range(60):
        with clock.at(MONDAY + timedelta(minutes=minute)):
            _tick([job])
    _run([job], database)

    assert board.seen == ["run"]


def test_a_clock_set_back_runs_nothing_twice_and_goes_on_afterwards(database: RoleUrls) -> None:
    board = Board()
    job = _job("count", background.every_minute, lambda: board.note("run"))
    for minutes in (0, 1, 2, -60, 0, 1, 2, 3):
        with clock.at(MONDAY + timedelta(minutes=minutes)):
            _tick([job])
        _run([job], database)

    assert len(board.seen) == 5  # 0, 1, 2, the one an hour ago, 3


def test_a_finished_period_is_not_run_again(database: RoleUrls) -> None:
    board = Board()
    job = _job("count", background.every_minute, lambda: board.note("run"))
    ((name, period),) = _tick([job])

    background.perform([job], name, period)
    background.perform([job], name, period)

    assert board.seen == ["run"]


def test_what_a_job_wrote_and_that_it_finished_are_committed_together(database: RoleUrls) -> None:
    def write_and_fail() -> None:
        background.beat("half-done")
        raise RuntimeError("a name that must not be kept")

    job = _job("careless", background.every_minute, write_and_fail)
    ((name, period),) = _tick([job])
    with pytest.raises(RuntimeError):
        background.perform([job], name, period)

    (standing,) = background.standings([job])
    assert "half-done" not in background.heartbeats()
    assert standing.started_at is not None
    assert standing.finished_at is None
    assert standing.outcome == "failed: RuntimeError"


def test_a_failed_period_is_run_again_and_the_page_shows_how_it_went(database: RoleUrls) -> None:
    board = Board(trouble=RuntimeError())
    job = _job("flaky", background.every_minute, lambda: board.note("run") or "done")
    idle = _job("idle", lambda _now: None)
    _tick([job])
    _run([job], database)
    board.trouble = None
    db.session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
    db.session.commit()
    _run([job], database)

    flaky, never = background.standings([job, idle])
    assert (flaky.name, flaky.outcome) == ("flaky", "done")
    assert flaky.finished_at is not None
    assert (never.name, never.period) == ("idle", None)


def test_one_job_that_cannot_say_when_it_is_due_does_not_stop_the_others(
    database: RoleUrls, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(now: datetime) -> str | None:
        raise KeyError("zone")

    begun = _tick([_job("broken", broken), _job("count", background.every_minute)])

    assert [name for name, _ in begun] == ["count"]
    assert "broken" in caplog.text


def test_the_timetable_and_the_worker_give_signs_of_life(database: RoleUrls) -> None:
    job = _job("count", background.every_minute)
    with clock.at(MONDAY):
        _tick([job])
        background.perform([job], "count", "2026-06-01T12:00Z")

        with db.acting("web"):
            alive = background.heartbeats()

    assert alive["timetable"][1] is None
    assert abs(alive["timetable"][0] - MONDAY) < timedelta(seconds=30)
    assert set(alive) == {"timetable", "worker"}


def test_old_periods_are_forgotten_but_never_a_jobs_newest(database: RoleUrls) -> None:
    often, rare = _job("often", background.every_minute), _job("rare", background.daily(time(3)))
    with clock.at(MONDAY):
        _tick([often, rare])
    _run([often, rare], database)
    with clock.at(MONDAY + timedelta(hours=1)):
        _tick([often])
    with clock.at(MONDAY + timedelta(days=15)):
        assert background.forget_old_runs() == 1
        standings = {standing.name: standing.period for standing in background.standings([often, rare])}

    assert standings == {"often": "2026-06-01T13:00Z", "rare": "2026-06-01"}


def _tick(timetable: list[Job]) -> list[tuple[str, str]]:
    begun = background.tick(timetable)
    db.session.commit()
    return begun


def _job(name: str, due: background.Due, run: Callable[[], object] = lambda: "done") -> Job:
    return Job(name, due, run)


def _run(timetable: list[Job], database: RoleUrls) -> None:
    def perform(job: str, period: str) -> None:
        try:
            background.perform(timetable, job, period)
        finally:
            db.leave()

    work_until_idle(database.work, {background.TASK: perform})
