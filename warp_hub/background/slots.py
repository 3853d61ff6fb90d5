"""Wall-clock slots: a time of day in a zone, once a day, on both nights when the clocks change too.

A time that the clocks skip happens as much later as they skip (01:30 becomes 02:30 in London); a time that
occurs twice happens the first time. The day is the key, so nothing can run twice.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from warp_hub.clock import LONDON

EVERY_DAY = range(7)
Due = Callable[[datetime], str | None]


def moment_of(day: date, at: time, zone: ZoneInfo = LONDON) -> datetime:
    """Return the moment of a slot on a day, in UTC."""
    wall = datetime.combine(day, at.replace(fold=0, tzinfo=None), tzinfo=zone)
    return wall.astimezone(ZoneInfo("UTC"))


def latest_day(now: datetime, at: time, zone: ZoneInfo = LONDON, days: Collection[int] = EVERY_DAY) -> date | None:
    """Return the newest day on which the slot has come; Monday is 0; None where no day is chosen."""
    today = now.astimezone(zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        if day.weekday() in days and moment_of(day, at, zone) <= now:
            return day
    return None


def every_minute(now: datetime) -> str:
    """Return the minute as the period: UTC, so that no clock change repeats or skips one."""
    return now.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%MZ")


def every_hour(now: datetime) -> str:
    """Return the hour as the period, in UTC for the same reason."""
    return now.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:00Z")


def daily(at: time, zone: ZoneInfo = LONDON, days: Collection[int] = EVERY_DAY) -> Due:
    """Return when a job is due that runs at a time of day; what was missed is caught up once."""

    def due(now: datetime) -> str | None:
        day = latest_day(now, at, zone, days)
        return day.isoformat() if day else None

    return due
