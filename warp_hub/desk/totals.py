"""Daily totals: what a WARP's days amounted to, kept as numbers alone, so that a quarter can be told of.

A day is counted once it is over where the WARP is, and again for a week, since attendance is ticked afterwards;
what was missed while the hub was down is caught up. Counting twice changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.background.slots import moment_of
from warp_hub.db import session
from warp_hub.desk import counting
from warp_hub.desk.counting import Count, Day
from warp_hub.desk.models import DailyTotal
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of

RECOUNTED, FURTHEST_BACK = timedelta(days=7), timedelta(days=92)
KEPT = timedelta(days=5 * 366)
SHOWN_DAYS = 30

# Numbers of people or of organisations; whole is what their rest is the rest of, where that is known.
OF_PEOPLE: Mapping[Count, Count | None] = {
    Count.ATTENDED: Count.PLACES,
    Count.PLACES: None,
    Count.DIGESTS: None,
    Count.NOTICES: None,
    Count.FULL: None,
    Count.ASSOCIATES: None,
}
MEMBERS = (Count.FULL, Count.ASSOCIATES)


@dataclass(frozen=True)
class Line:
    """One number of a WARP's last 30 days as a page may show it, and of the last 7 of them.

    None where too few people stand behind it; of people there is no number for 7 days, or the days before could
    be worked out.
    """

    name: Count
    lately: int | None
    whole: int | None


@dataclass(frozen=True)
class Told:
    """What a page tells of one WARP: what was done, how many took part, and on which days that stands."""

    warp: Warp
    since: datetime | None
    until: datetime | None
    done: list[Line]
    took_part: list[Line]


def record() -> str:
    """Count every day of every WARP that is over and not settled; return how many days, for the timetable."""
    warps = session.scalars(select(Warp).order_by(Warp.slug)).all()
    days = [day for warp in warps for day in _unsettled(warp)]
    for day in days:
        _keep(day)
    return f"{len(days)} days counted" if days else ""


def forget_old() -> int:
    """Remove the totals of years ago; return how many days."""
    gone = session.execute(delete(DailyTotal).where(DailyTotal.day < (clock.now() - KEPT).date()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def told(warps: Collection[UUID]) -> list[Told]:
    """Return what the last 30 counted days of these WARPs amounted to, with small numbers of people left out."""
    rows = session.scalars(select(Warp).where(Warp.id.in_(warps)).order_by(Warp.name)).all()
    return [_told(warp) for warp in rows]


def shown(number: int, whole: int | None, k: int) -> int | None:
    """Return a number of people if it, and the rest of the whole it is part of, is k or more; else None."""
    is_small = number < k or (whole is not None and whole - number < k)
    return None if is_small else number


def _unsettled(warp: Warp) -> Iterator[Day]:
    zone = settings_of(warp).zone_info
    yesterday = clock.today(zone) - timedelta(days=1)
    last = session.scalar(select(func.max(DailyTotal.day)).where(DailyTotal.warp_id == warp.id))
    first = max(last - RECOUNTED, yesterday - FURTHEST_BACK) if last else yesterday - RECOUNTED
    for number in range((yesterday - first).days + 1):
        day = first + timedelta(days=number)
        midnights = (moment_of(each, time(), zone) for each in (day, day + timedelta(days=1)))
        yield Day(warp.id, day, *midnights)


def _keep(day: Day) -> None:
    counts: dict[str, int] = {name.value: number for name, number in counting.count(day).items()}
    if clock.now() - day.end < timedelta(days=1):
        counts |= {name.value: number for name, number in counting.members(day).items()}
    row = insert(DailyTotal).values(warp_id=day.warp_id, day=day.day, counts=counts, recorded_at=clock.now())
    # What only the day itself could tell stays.
    kept = DailyTotal.counts.concat(row.excluded.counts)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[DailyTotal.warp_id, DailyTotal.day],
            set_={"counts": kept, "recorded_at": row.excluded.recorded_at},
        )
    )


def _told(warp: Warp) -> Told:
    asked = select(DailyTotal).where(DailyTotal.warp_id == warp.id).order_by(DailyTotal.day.desc()).limit(SHOWN_DAYS)
    days = session.scalars(asked).all()
    lately, whole = _sums(days[:7]), _sums(days)
    done = [Line(name, lately[name], whole[name]) for name in Count if name not in OF_PEOPLE]
    took_part = [Line(name, None, _shown(name, whole, settings_of(warp).k)) for name in OF_PEOPLE]
    since, until = (_noon(warp, days[place].day) if days else None for place in (-1, 0))
    return Told(warp, since, until, done, took_part)


def _noon(warp: Warp, day: date) -> datetime:
    return moment_of(day, time(12), settings_of(warp).zone_info)


def _sums(days: Iterable[DailyTotal]) -> dict[Count, int]:
    """Add days up, newest first; of how many belong, the newest day tells."""
    summed = dict.fromkeys(Count, 0)
    newest: dict[Count, int] = {}
    for row in days:
        for name, number in row.counts.items():
            if name in MEMBERS:
                newest.setdefault(Count(name), number)
            else:
                summed[Count(name)] += number
    return summed | newest


def _shown(name: Count, sums: Mapping[Count, int], k: int) -> int | None:
    whole = OF_PEOPLE[name]
    return shown(sums[name], None if whole is None else sums[whole], k)
