"""Paging by place, not by number: a page begins after the last row seen, so rows added meanwhile repeat nothing.

A place is the moment and the id of a row. It is no secret and gives no right: the rule filters each page anew.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, request, url_for
from sqlalchemy import Select, SQLColumnExpression, tuple_

Row = TypeVar("Row")
Selected = TypeVar("Selected", bound=Select[Any])

ROWS_ON_A_PAGE = 25
BEFORE, AFTER = "before", "after"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BYTES = 24


@dataclass(frozen=True)
class Place:
    """Between two rows of a list, newest first; `is_newer` looks up from there, otherwise down."""

    moment: datetime
    id: UUID
    is_newer: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page; `newer` and `older` are the places next to it, or None at an end."""

    rows: Sequence[Row]
    newer: str | None
    older: str | None


def write_place(moment: datetime, id: UUID) -> str:
    """Return a place as it stands in an address."""
    microseconds = (moment - _EPOCH) // _MICROSECOND
    packed = microseconds.to_bytes(8, "big", signed=True) + id.bytes
    return urlsafe_b64encode(packed).decode().rstrip("=")


def asked_place(arguments: Mapping[str, str]) -> Place | None:
    """Return the place an address asks for; None, the first page, for none or for nonsense."""
    for name in (AFTER, BEFORE):
        text = arguments.get(name)
        if text:
            return _read_place(text, is_newer=name == AFTER)
    return None


def turn_to(
    statement: Selected,
    moment: SQLColumnExpression[Any],
    id: SQLColumnExpression[UUID],
    place: Place | None,
    size: int = ROWS_ON_A_PAGE,
) -> Selected:
    """Return the select of one page, newest first, with one row more than the page holds."""
    if place is None:
        return statement.order_by(moment.desc(), id.desc()).limit(size + 1)
    here = tuple_(moment, id)
    there = (place.moment, place.id)
    if place.is_newer:
        return statement.where(here > there).order_by(moment.asc(), id.asc()).limit(size + 1)
    return statement.where(here < there).order_by(moment.desc(), id.desc()).limit(size + 1)


def cut(
    rows: Sequence[Row],
    place: Place | None,
    key: Callable[[Row], tuple[datetime, UUID]],
    size: int = ROWS_ON_A_PAGE,
) -> Page[Row]:
    """Return the page from what `turn_to` found: the extra row says whether there is more."""
    is_newer = place is not None and place.is_newer
    has_more = len(rows) > size
    shown = list(rows[:size])
    if is_newer:
        shown.reverse()
    if not shown:
        return Page((), None, None)
    has_newer = has_more if is_newer else place is not None
    has_older = True if is_newer else has_more
    return Page(
        shown,
        write_place(*key(shown[0])) if has_newer else None,
        write_place(*key(shown[-1])) if has_older else None,
    )


def install(app: Flask) -> None:
    """Give the templates `same_page`."""
    app.jinja_env.globals["same_page"] = same_page


def same_page(**changes: str | None) -> str:
    """Return the address of this page with some arguments changed, None taking one away."""
    # Not by url_for alone: it would obey an argument named _scheme.
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    kept = {name: text for name, text in request.args.items() if name not in (BEFORE, AFTER)}
    query = urlencode({name: text for name, text in {**kept, **changes}.items() if text is not None})
    return f"{path}?{query}" if query else path


def _read_place(text: str, *, is_newer: bool) -> Place | None:
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(packed) != _BYTES:
            return None
        moment = _EPOCH + int.from_bytes(packed[:8], "big", signed=True) * _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return Place(moment, UUID(bytes=packed[8:]), is_newer)
