"""When incidents may go out: at a WARP's times on working days, in its own wall time, each once on every night.

Monday to Friday are working days; bank holidays differ between nations and count as such here.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from warp_hub import clock
from warp_hub.background import latest_day, moment_of
from warp_hub.memberships.settings import WarpSettings

WORKING_DAYS = range(5)
_FAR_ENOUGH = 10


def latest(settings: WarpSettings, now: datetime) -> datetime | None:
    """Return the newest time that has come."""
    days = ((at, latest_day(now, at, settings.zone_info, WORKING_DAYS)) for at in settings.release_at)
    return max((moment_of(day, at, settings.zone_info) for at, day in days if day is not None), default=None)


def first_at_or_after(settings: WarpSettings, moment: datetime) -> datetime:
    """Return the first time that is not before a moment."""
    return next(slot for slot in _slots_from(settings, moment) if slot >= moment)


def may_go_out(settings: WarpSettings, filed: datetime) -> datetime:
    """Return the first time at which something filed at this moment may go out, held as long as it must be."""
    return first_at_or_after(settings, filed + timedelta(hours=settings.release_hold_hours))


def name_of(settings: WarpSettings, slot: datetime) -> str:
    """Return what the record calls a time: its day and its number that day, "2026-12-03/2"."""
    local = clock.local(slot, settings.zone_info)
    of_day = sorted(moment_of(local.date(), at, settings.zone_info) for at in settings.release_at)
    number = of_day.index(slot) + 1 if slot in of_day else 0
    return f"{local.date().isoformat()}/{number}"


def _slots_from(settings: WarpSettings, moment: datetime) -> Iterator[datetime]:
    first = clock.local(moment, settings.zone_info).date()
    for day in _working_days(first):
        yield from sorted(moment_of(day, at, settings.zone_info) for at in settings.release_at)


def _working_days(first: date) -> Iterator[date]:
    days = (first + timedelta(days=ahead) for ahead in range(_FAR_ENOUGH))
    return (day for day in days if day.weekday() in WORKING_DAYS)
