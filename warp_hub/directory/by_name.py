"""Lists in the order of names, page by page: a page begins after the last row seen, named by its id alone.

A name has no business in an address. Which row an id stands for is looked up among those the reader may see, so an id
from elsewhere begins the list anew and tells nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, tuple_

from warp_hub.db import session

Row = TypeVar("Row")
ROWS_ON_A_PAGE = 25


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the ids after and before which the next ones begin, or None at an end."""

    rows: Sequence[Row]
    after: UUID | None = None
    before: UUID | None = None


def turn(
    statement: Select[Any],
    name: SQLColumnExpression[str],
    id: SQLColumnExpression[UUID],
    asked: Mapping[str, str],
    *,
    key: Callable[[Any], UUID],
    size: int = ROWS_ON_A_PAGE,
) -> Page[Any]:
    """Return the page of rows that an address asks for, by name; the first one for none or for nonsense."""
    is_back = "before" in asked
    place = _place(statement, name, id, asked.get("before" if is_back else "after", ""))
    here = tuple_(name, id)
    if place is None:
        found = statement.order_by(name, id)
    elif is_back:
        found = statement.where(here < place).order_by(name.desc(), id.desc())
    else:
        found = statement.where(here > place).order_by(name, id)
    rows = list(session.execute(found.limit(size + 1)).all())
    has_more, rows = len(rows) > size, rows[:size]
    if place is not None and is_back:
        rows.reverse()
        return Page(rows, key(rows[-1]) if rows else None, key(rows[0]) if rows and has_more else None)
    return Page(rows, key(rows[-1]) if rows and has_more else None, key(rows[0]) if rows and place else None)


def _place(
    statement: Select[Any], name: SQLColumnExpression[str], id: SQLColumnExpression[UUID], text: str
) -> tuple[str, UUID] | None:
    try:
        asked = UUID(text)
    except ValueError:
        return None
    found = session.execute(statement.where(id == asked).with_only_columns(name, id).limit(1)).first()
    return None if found is None else (found[0], found[1])
