"""Working days: Monday to Friday without the bank holidays of a nation, by which a "next working day" is told."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from warp_hub import clock
from warp_hub.background import moment_of

_WEEKEND = 5


class Nation(StrEnum):
    """Whose bank holidays count; they differ between the four."""

    ENGLAND = "England"
    WALES = "Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


_SUBDIVISIONS = {
    Nation.ENGLAND: "ENG",
    Nation.WALES: "WLS",
    Nation.SCOTLAND: "SCT",
    Nation.NORTHERN_IRELAND: "NIR",
}


def is_working_day(day: date, nation: Nation) -> bool:
    """Say whether people are at work that day in a nation of the United Kingdom."""
    return day.weekday() < _WEEKEND and day not in _bank_holidays(nation, day.year)


def working_days_after(day: date, nation: Nation) -> Iterator[date]:
    """Yield the working days after a day, without end."""
    while True:
        day += timedelta(days=1)
        if is_working_day(day, nation):
            yield day


def after_working_days(moment: datetime, count: int, at: time, nation: Nation, zone: ZoneInfo) -> datetime:
    """Return a wall time on the `count`th working day after the day of a moment; 1 is the next working day."""
    days = working_days_after(clock.local(moment, zone).date(), nation)
    for _ in range(count - 1):
        next(days)
    return moment_of(next(days), at, zone)


@lru_cache(maxsize=32)
def _bank_holidays(nation: Nation, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - heavy, and asked for once a year and nation

    return frozenset(holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[nation], years=year))
