"""When a WARP's digest is due: local wall time in the WARP's own zone, once a local day.

A period is a local date, so each of the two nights on which clocks change has one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from warp_hub import clock
from warp_hub.background import latest_day, moment_of
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
    zone = settings.zone_info
    period = latest_day(now, settings.digest_at, zone, _days(settings, cadence))
    if period is None:
        return None
    begins = moment_of(period, settings.digest_at, zone)
    return Slot(warp_id, cadence, period, begins, next_beginning(settings, cadence, begins))


def next_beginning(settings: WarpSettings, cadence: Cadence, after: datetime) -> datetime:
    """Return when the first slot after a moment begins; in a week where the WARP has no day for it."""
    today = clock.local(after, settings.zone_info).date()
    coming = (today + timedelta(days=ahead) for ahead in range(_A_WEEK + 1))
    days = _days(settings, cadence)
    moments = (moment_of(day, settings.digest_at, settings.zone_info) for day in coming if day.weekday() in days)
    return next((moment for moment in moments if moment > after), after + timedelta(days=_A_WEEK))


def _days(settings: WarpSettings, cadence: Cadence) -> Collection[int]:
    return settings.digest_days if cadence is Cadence.DAILY else (settings.weekly_day,)
