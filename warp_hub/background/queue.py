"""The queue: jobs deferred inside the caller's transaction, and what became of them.

This is the one place that hands the session's own driver connection to Procrastinate, so that a job is
committed with its cause or not at all. Arguments of jobs are ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from sqlalchemy import BigInteger, Integer, String, cast, delete, func, or_, select
from sqlalchemy.orm import Session, scoped_session

from warp_hub import clock, db
from warp_hub.background.models import JobStatus, job_events, jobs, workers
from warp_hub.db import UtcDateTime, session

# Never opened: it only writes over connections that are handed to it.
app = App(connector=SyncPsycopgConnector())

# What may take long has workers of its own, so that a slow source never keeps a letter waiting.
QUICK, SLOW = "default", "slow"
STALLED_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5
_KEPT_DONE = timedelta(days=1)
_KEPT_FAILED = timedelta(days=30)


@dataclass(frozen=True)
class Failure:
    """A job that was given up: its task, the ids it was given, how often it was tried."""

    id: int
    task: str
    ids: dict[str, str]
    attempts: int
    failed_at: datetime | None


def defer(
    of: Session | scoped_session[Any],
    name: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_at: datetime | None = None,
    queue: str = QUICK,
    **ids: str,
) -> bool:
    """Put a job on the queue when, and only when, this session commits.

    Jobs with the same `lock` run one after another. With a `queueing_lock` there is at most one waiting;
    returns False when there already was. What may take minutes goes on the queue SLOW.
    """
    options = {"lock": lock, "schedule_at": schedule_at, "queue": queue}
    if queueing_lock is None:
        _put(of, name, [ids], **options)
        return True
    try:
        with of.begin_nested():
            _put(of, name, [ids], queueing_lock=queueing_lock, **options)
    except AlreadyEnqueued:
        return False
    return True


def defer_many(of: Session | scoped_session[Any], name: str, ids: Sequence[dict[str, str]]) -> None:
    """Put many jobs of one task on the queue at once, when this session commits."""
    if ids:
        _put(of, name, ids)


def is_waiting(queueing_lock: str) -> bool:
    """Say whether a job with this queueing lock waits to be run."""
    held = select(jobs.c.id).where(jobs.c.queueing_lock == queueing_lock, jobs.c.status == "todo").limit(1)
    return session.scalar(held) is not None


def failures(limit: int = 50) -> list[Failure]:
    """Return the jobs that were given up, newest first."""
    failed_at = select(func.max(job_events.c.at)).where(job_events.c.job_id == jobs.c.id).scalar_subquery()
    given_up = (
        select(jobs.c.id, jobs.c.task_name, jobs.c.args, jobs.c.attempts, cast(failed_at, UtcDateTime))
        .where(jobs.c.status == "failed")
        .order_by(jobs.c.id.desc())
        .limit(limit)
    )
    return [Failure(*row) for row in session.execute(given_up)]


def rescue(after: timedelta = STALLED_AFTER) -> int:
    """Give jobs whose worker was killed to another one; a job that keeps killing workers is given up."""
    silent = select(workers.c.id).where(workers.c.last_heartbeat < clock.now() - after)
    held = (
        select(jobs.c.id, jobs.c.attempts)
        .where(jobs.c.status == "doing", or_(jobs.c.worker_id.is_(None), jobs.c.worker_id.in_(silent)))
        .with_for_update(skip_locked=True)
    )
    stalled = session.execute(held).all()
    for job_id, attempts in stalled:
        session.execute(select(_again(job_id) if attempts < MOST_ATTEMPTS else _given_up(job_id)))
    return len(stalled)


def remove_old() -> int:
    """Remove jobs that ended a while ago, the failed ones later than the others; return how many."""
    return _remove(("succeeded", "cancelled", "aborted"), _KEPT_DONE) + _remove(("failed",), _KEPT_FAILED)


def _put(of: Session | scoped_session[Any], name: str, ids: Sequence[dict[str, str]], **options: Any) -> None:
    given: list[dict[str, Any]] = [dict(one) for one in ids]
    with db.driver(of) as driver:
        try:
            app.configure_task(name, allow_unknown=True, connection=driver, **options).batch_defer(*given)
        except ConnectorException as error:  # the driver's error in the queue's clothes
            raise (error.__cause__ or error) from None


def _again(job_id: int) -> Any:
    return func.procrastinate_retry_job_v2(
        cast(job_id, BigInteger),
        cast(None, UtcDateTime),
        cast(None, Integer),
        cast(None, String),
        cast(None, String),
    )


def _given_up(job_id: int) -> Any:
    return func.procrastinate_finish_job_v1(cast(job_id, BigInteger), cast("failed", JobStatus), False)


def _remove(statuses: Sequence[str], kept: timedelta) -> int:
    recent = select(job_events.c.job_id).where(job_events.c.job_id == jobs.c.id, job_events.c.at > clock.now() - kept)
    gone = session.execute(delete(jobs).where(jobs.c.status.in_(statuses), ~recent.exists()))
    return int(gone.rowcount)  # type: ignore[attr-defined]
