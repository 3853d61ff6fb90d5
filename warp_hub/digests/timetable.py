"""When a WARP's digest is due: local wall time in the WARP's own zone, once a local day.

A time that the spring change leaves out comes when the clock has jumped over it; one that the autumn change
brings twice counts the first time. A period is a local date, so both nights have one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from warp_hub import clock
from warp_hub.memberships.settings import Cadence, WarpSettings

ON_TIMETABLE = (Cadence.DAILY, Cadence.WEEKLY)
_A_WEEK = 7


@dataclass(frozen=True)
class Slot:
    """One period of one WARP's timetable: when it began, and when the next one does."""

    warp_id: UUID
    cadence: Cadence
    period: date
    begins: datetime
    ends: datetime


def latest_slot(warp_id: UUID, settings: WarpSettings, cadence: Cadence, now: datetime) -> Slot | None:
    """Return the slot that has begun last; earlier ones that nobody ran are not made up for."""
    days = days_of(settings, cadence)
    today = clock.local(now, settings.zone_info).date()
    past = ((today - timedelta(days=back)) for back in range(_A_WEEK + 1))
    period = next((day for day in past if day.weekday() in days and begins(day, settings) <= now), None)
    if period is None:
        return None
    ends = next_beginning(settings, cadence, begins(period, settings))
    return Slot(warp_id, cadence, period, begins(period, settings), ends)


def next_beginning(settings: WarpSettings, cadence: Cadence, after: datetime) -> datetime:
    """Return when the first slot after a moment begins; far away where the WARP has no day for it."""
    days = days_of(settings, cadence)
    today = clock.local(after, settings.zone_info).date()
    coming = (today + timedelta(days=ahead) for ahead in range(_A_WEEK + 1))
    moments = (begins(day, settings) for day in coming if day.weekday() in days)
    return next((moment for moment in moments if moment > after), after + timedelta(days=_A_WEEK))


def begins(day: date, settings: WarpSettings) -> datetime:
    """Return the moment at which a local day's digest is due."""
    return datetime.combine(day, settings.digest_at, tzinfo=settings.zone_info).astimezone(UTC)


def days_of(settings: WarpSettings, cadence: Cadence) -> Iterable[int]:
    """Return the days of the week of a cadence, Monday is 0."""
    return settings.digest_days if cadence is Cadence.DAILY else (settings.weekly_day,)
