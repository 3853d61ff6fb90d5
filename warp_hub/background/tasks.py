"""The task that runs one period of one job of the timetable."""

from collections.abc import Iterable

from sqlalchemy import update

from warp_hub import clock
from warp_hub.background.models import JobRun
from warp_hub.background.timetable import Job, beat
from warp_hub.db import session


def perform(timetable: Iterable[Job], name: str, period: str) -> None:
    """Run one period of one job and note how it went; one that was finished before is left alone.

    What the job wrote and the note that it finished are committed together.
    """
    job = next(job for job in timetable if job.name == name)
    this = (JobRun.job == name, JobRun.period == period)
    unfinished = update(JobRun).where(*this, JobRun.finished_at.is_(None))
    started = session.execute(unfinished.values(started_at=clock.now(), outcome=None))
    session.commit()
    if not started.rowcount:  # type: ignore[attr-defined]
        return
    try:
        outcome = job.run()
        done = "" if outcome is None else str(outcome)
        session.execute(update(JobRun).where(*this).values(finished_at=clock.now(), outcome=done))
        beat("worker")
        session.commit()
    except Exception as error:
        session.rollback()
        session.execute(update(JobRun).where(*this).values(outcome=f"failed: {type(error).__name__}"))
        session.commit()
        raise
