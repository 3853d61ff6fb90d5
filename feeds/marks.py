"""Marks on a TAXII server's own timeline: kept word for word, compared and shifted only as copies."""

import email.utils
import json
from datetime import UTC, datetime, timedelta

from feeds.shape import is_timestamp, sortable

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"
_SAME_CLOCK = timedelta(hours=24)


def is_mark(value: object) -> bool:
    """Say whether a header or a stored cursor is a moment TAXII allows."""
    return is_timestamp(value)


def is_later(mark: str, other: str | None) -> bool:
    """Say whether a mark lies behind another; everything lies behind none."""
    return other is None or sortable(mark) > sortable(other)


def shifted(mark: str, back: timedelta) -> str | None:
    """Return a moment before the mark with its microseconds written out, or None before the beginning of time."""
    try:
        return _written(_moment(mark) - back)
    except OverflowError:
        return None


def just_before(mark: str) -> str:
    """Return the last moment before a mark, so that what was added at the mark itself is asked for again."""
    return shifted(mark, timedelta(microseconds=1)) or mark


def believable(mark: str, server_date: str | None, now: datetime, tolerance: timedelta) -> str:
    """Return the mark, or the present by the server's own clock where the mark lies behind that.

    Our clock counts only where the server shows none or one that is a day out.
    """
    present = now
    try:
        theirs = email.utils.parsedate_to_datetime(server_date or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        theirs = None
    if theirs and theirs.tzinfo and abs(theirs - now) < _SAME_CLOCK:
        present = theirs
    elif theirs is None:
        tolerance = _SAME_CLOCK
    return mark if _moment(mark) <= present + tolerance else _written(present)


def read_cursor(cursor: str | None) -> dict[str, str]:
    """Return the mark of each collection; nothing where the cursor cannot be read, since reading again is safe."""
    try:
        marks = json.loads(cursor or "{}")["taxii21"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {path: mark for path, mark in marks.items() if is_mark(mark)} if isinstance(marks, dict) else {}


def write_cursor(marks: dict[str, str]) -> str:
    return json.dumps({"taxii21": marks}, sort_keys=True)


def _moment(mark: str) -> datetime:
    whole, _, fraction = mark.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6].ljust(6, '0')}").replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    # strftime does not pad the year.
    return f"{moment.year:04}-{moment.strftime(_FORM).partition('-')[2]}"
