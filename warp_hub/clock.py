"""The only clock: every stored or compared time comes from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_offset: ContextVar[timedelta | None] = ContextVar("warp_hub_clock_offset", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    moment = datetime.now(UTC)
    offset = _offset.get()
    return moment if offset is None else moment + offset


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let time run on from this moment for whatever happens inside; nested uses are restored."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    token = _offset.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _offset.reset(token)


def today(zone: ZoneInfo = LONDON) -> date:
    """Return the day it is on the wall in a zone."""
    return local(now(), zone).date()


def local(moment: datetime, zone: ZoneInfo = LONDON) -> datetime:
    """Return the wall-clock time of a moment in a zone."""
    return moment.astimezone(zone)
