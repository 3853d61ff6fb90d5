"""The clock: ticks at once, goes on when a tick fails, and begins anew when the machine's time was set back."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from warp_hub import background, db
from warp_hub.background import Job
from warp_hub.db.roles import RoleUrls
from warp_hub.serving import ticking

NEVER = "0"  # once a minute, which is never within a test


def test_the_first_tick_is_at_once_and_a_signal_ends_it(database: RoleUrls) -> None:
    looks: list[float] = []
    begun = time.monotonic()
    _keep_time(looks, until=1)

    assert time.monotonic() - begun < 5
    assert "timetable" in background.heartbeats()


class Unreadable(list[Job]):
    """A timetable that cannot be read the first time."""

    tried = 0

    def __iter__(self) -> Iterator[Job]:
        self.tried += 1
        if self.tried == 1:
            raise RuntimeError("a name that must not be kept")
        return super().__iter__()


def test_a_tick_that_fails_is_followed_by_the_next(database: RoleUrls, caplog: pytest.LogCaptureFixture) -> None:
    looks: list[float] = []
    _keep_time(looks, until=1, at_second="*", timetable=Unreadable())

    assert len(looks) >= 1
    assert "the timetable was not read: RuntimeError" in caplog.text
    assert "a name" not in caplog.text


def test_a_scheduler_that_waits_for_a_time_gone_by_is_begun_anew(
    database: RoleUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "STUCK_SECONDS", 0.5)
    monkeypatch.setattr(ticking, "LOOK_SECONDS", 0.1)
    looks: list[float] = []
    _keep_time(looks, until=3)

    assert len(looks) >= 3


def _keep_time(looks: list[float], *, until: int, at_second: str = NEVER, timetable: list[Job] | None = None) -> None:
    """Run the clock in this thread until its timetable was looked at so often."""

    def due(_now: datetime) -> str | None:
        looks.append(time.monotonic())
        if len(looks) == until:  # told once: a second signal would find nobody who listens, and end the tests
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGTERM]).start()
        return None

    jobs = [] if timetable is None else timetable
    jobs.append(Job("look", due, lambda: None))
    ticking.keep_time(jobs, at_second=at_second)
    db.session.rollback()
