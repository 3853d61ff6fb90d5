"""The clock: one tick a minute, whatever happens to the machine's time."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from warp_hub import background, clock, db
from warp_hub.background import Job
from warp_hub.jobs import TIMETABLE
from warp_hub.serving.signals import told_to_stop

GRACE_SECONDS = 50
STUCK_SECONDS = 150.0
LOOK_SECONDS = 5.0
_log = logging.getLogger(__name__)


class _Pulse:
    """When the last tick ended, by a clock that nobody can set."""

    def __init__(self, timetable: Sequence[Job]) -> None:
        self._timetable = timetable
        self.last = time.monotonic()

    def tick(self) -> None:
        """Begin what is due; a tick that fails is followed by the next."""
        try:
            background.tick(self._timetable)
            db.session.commit()
        except Exception as error:
            _log.error("the timetable was not read: %s", background.place_of(error))
        finally:
            db.leave()
            self.last = time.monotonic()

    def has_stopped(self) -> bool:
        """Say whether there was no tick for so long that something must be wrong."""
        return time.monotonic() - self.last > STUCK_SECONDS


def keep_time(timetable: Sequence[Job] = TIMETABLE, at_second: str = "0") -> None:
    """Tick once a minute until a signal."""
    pulse, scheduler = _Pulse(timetable), _scheduler()
    job = scheduler.add_job(pulse.tick, "cron", second=at_second, next_run_time=clock.now())
    with told_to_stop() as told:
        scheduler.start()
        try:
            while not told.wait(LOOK_SECONDS):
                if pulse.has_stopped():  # the machine's time was set back: the scheduler waits for it to come again
                    _log.warning("no tick for a while: beginning anew")
                    pulse.last = time.monotonic()
                    job.modify(next_run_time=clock.now())
        finally:
            scheduler.shutdown()


def _scheduler() -> BackgroundScheduler:
    """Return a scheduler that keeps nothing: what was begun is a row, so several clocks do no harm."""
    return BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
    )
