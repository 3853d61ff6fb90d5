"""What the hub remembers of its background work: which period of which job was begun, and who is alive."""

from datetime import datetime

from sqlalchemy import column, table
from sqlalchemy.dialects.postgresql import ENUM
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, UtcDateTime

# Procrastinate's own tables, as far as we read them; its migration is ours, its SQL is not.
STATUSES = ("todo", "doing", "succeeded", "failed", "cancelled", "aborting", "aborted")
JobStatus = ENUM(*STATUSES, name="procrastinate_job_status", create_type=False)
jobs = table(
    "procrastinate_jobs",
    *map(column, ("id", "task_name", "lock", "queueing_lock", "args", "attempts", "worker_id")),
    column("status", JobStatus),
)
job_events = table("procrastinate_events", column("job_id"), column("type"), column("at", UtcDateTime))
workers = table("procrastinate_workers", column("id"), column("last_heartbeat", UtcDateTime))


class JobRun(Model):
    """One period of one job of the timetable; whoever inserts it first is the one who starts it."""

    __tablename__ = "job_run"
    __audience__ = "house"

    job: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class Heartbeat(Model):
    """When a part of the hub last gave a sign of life, and what troubles it."""

    __tablename__ = "heartbeat"
    __audience__ = "house"

    part: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    trouble: Mapped[str | None]
