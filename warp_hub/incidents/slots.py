"""When incidents may go out: at a WARP's times on working days of its nation, in its own wall time, each once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from warp_hub import clock
from warp_hub.background import moment_of
from warp_hub.memberships.settings import WarpSettings
from warp_hub.memberships.working_days import is_working_day, working_days_after

_A_DAY = timedelta(days=1)


def latest(settings: WarpSettings, now: datetime) -> datetime:
    """Return the newest time that has come."""
    return next(slot for slot in _slots_before(settings, now) if slot <= now)


def first_at_or_after(settings: WarpSettings, moment: datetime) -> datetime:
    """Return the first time that is not before a moment."""
    return next(slot for slot in _slots_from(settings, moment) if slot >= moment)


def may_go_out(settings: WarpSettings, filed: datetime) -> datetime:
    """Return the first time at which something filed at this moment may go out, held as long as it must be."""
    return first_at_or_after(settings, filed + timedelta(hours=settings.release_hold_hours))


def name_of(settings: WarpSettings, slot: datetime) -> str:
    """Return what the record calls a time: its day and its number that day, "2026-12-03/2"."""
    day = clock.local(slot, settings.zone_info).date()
    of_day = _slots_of(settings, day)
    number = of_day.index(slot) + 1 if slot in of_day else 0
    return f"{day.isoformat()}/{number}"


def _slots_from(settings: WarpSettings, moment: datetime) -> Iterator[datetime]:
    day_before = clock.local(moment, settings.zone_info).date() - _A_DAY
    for day in working_days_after(day_before, settings.nation):
        yield from _slots_of(settings, day)


def _slots_before(settings: WarpSettings, moment: datetime) -> Iterator[datetime]:
    today = clock.local(moment, settings.zone_info).date()
    for back in count():
        day = today - back * _A_DAY
        if is_working_day(day, settings.nation):
            yield from reversed(_slots_of(settings, day))


def _slots_of(settings: WarpSettings, day: date) -> list[datetime]:
    return sorted(moment_of(day, at, settings.zone_info) for at in settings.release_at)
