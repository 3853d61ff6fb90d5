"""Work that happens later: the queue, the timetable, signs of life."""

from warp_hub.background.errors import place_of
from warp_hub.background.models import Heartbeat, JobRun
from warp_hub.background.queue import SLOW, Failure, app, defer, defer_many, failures, remove_old, rescue
from warp_hub.background.slots import EVERY_DAY, Due, daily, every_hour, every_minute, latest_day, moment_of
from warp_hub.background.tasks import perform
from warp_hub.background.timetable import TASK, Job, Standing, beat, forget_old_runs, heartbeats, standings, tick

__all__ = [
    "EVERY_DAY",
    "SLOW",
    "TASK",
    "Due",
    "Failure",
    "Heartbeat",
    "Job",
    "JobRun",
    "Standing",
    "app",
    "beat",
    "daily",
    "defer",
    "defer_many",
    "every_hour",
    "every_minute",
    "failures",
    "forget_old_runs",
    "heartbeats",
    "latest_day",
    "moment_of",
    "perform",
    "place_of",
    "remove_old",
    "rescue",
    "standings",
    "tick",
]
