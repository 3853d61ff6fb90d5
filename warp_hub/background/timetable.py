"""The timetable: each job's period is begun once, whoever ticks and however many do.

A tick inserts the rows of what is due and defers the work in one transaction. What was missed while the hub
was down is caught up once: `due` names only the newest period.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from warp_hub import clock
from warp_hub.background import queue
from warp_hub.background.errors import place_of
from warp_hub.background.models import Heartbeat, JobRun
from warp_hub.background.slots import Due
from warp_hub.db import session

TASK = "timetable"
_LOCK = 0x57415250_54494D45
_KEPT_RUNS = timedelta(days=14)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something done at its times: `run` is a service, which writes and leaves the commit to us."""

    name: str
    due: Due
    run: Callable[[], object]


@dataclass(frozen=True)
class Standing:
    """Where a job of the timetable stands, for the page that shows it."""

    name: str
    period: str | None = None
    due_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = None


def tick(timetable: Iterable[Job]) -> list[tuple[str, str]]:
    """Begin whatever is due and not begun, and give back what killed workers held; return what was begun.

    While another clock ticks there is nothing left to do for this one. The caller commits.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return []
    begun = [(job.name, period) for job in timetable if (period := _begin(job))]
    queue.rescue()
    beat("timetable")
    return begun


def beat(part: str, trouble: str | None = None) -> None:
    """Note that a part of the hub is alive, and what troubles it; no commit."""
    values = {"at": clock.now(), "trouble": trouble}
    statement = insert(Heartbeat).values(part=part, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[Heartbeat.part], set_=values))


def heartbeats() -> dict[str, tuple[datetime, str | None]]:
    """Return when each part last gave a sign of life, with its trouble."""
    rows = session.execute(select(Heartbeat.part, Heartbeat.at, Heartbeat.trouble))
    return {part: (at, trouble) for part, at, trouble in rows}


def standings(timetable: Sequence[Job] = ()) -> list[Standing]:
    """Return the newest period of every job: those of the timetable in its order, then any other on record."""
    columns = (JobRun.job, JobRun.period, JobRun.due_at, JobRun.started_at, JobRun.finished_at, JobRun.outcome)
    newest = (
        select(*columns).ext(distinct_on(JobRun.job)).order_by(JobRun.job, JobRun.due_at.desc(), JobRun.period.desc())
    )
    found = {row.job: Standing(*row) for row in session.execute(newest)}
    planned = [found.pop(job.name, Standing(job.name)) for job in timetable]
    return planned + list(found.values())


def forget_old_runs() -> int:
    """Remove rows of periods long past, always keeping each job's newest; return how many."""
    other = JobRun.__table__.alias("newer")
    newer = select(other.c.job).where(other.c.job == JobRun.job, other.c.due_at > JobRun.due_at)
    gone = session.execute(delete(JobRun).where(JobRun.due_at < clock.now() - _KEPT_RUNS, newer.exists()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _begin(job: Job) -> str | None:
    try:
        period = job.due(clock.now())
    except Exception as error:  # the other jobs still run
        _log.error("the timetable cannot tell when %s is due: %s", job.name, place_of(error))
        return None
    lock = f"job:{job.name}"
    if period is None or queue.is_waiting(lock):
        return None
    row = insert(JobRun).values(job=job.name, period=period, due_at=clock.now()).on_conflict_do_nothing()
    if not session.execute(row, execution_options={"preserve_rowcount": True}).rowcount:  # type: ignore[attr-defined]
        return None
    queue.defer(session, TASK, lock=lock, queueing_lock=lock, job=job.name, period=period)
    return period
