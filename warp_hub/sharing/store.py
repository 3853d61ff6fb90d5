"""Bulk loading: COPY into an unwatched temporary table, then one INSERT … ON CONFLICT.

COPY into a table with row-level security is refused, and row by row is seven times slower. What all rows of a load
have in common is said once, in the INSERT: of a page of a feed that is most of their columns.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, JSON, Column, ColumnElement, Enum, Table, TableClause, Uuid, literal, null, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import insert

from warp_hub import db
from warp_hub.db import UtcDateTime, session

_IDS_AT_ONCE = 256
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def load(mapped: type[Any], rows: Sequence[dict[str, Any]], *, ignore_conflicts: bool = True) -> int:
    """Insert rows of one mapped class at once; return how many were new.

    Each row holds values by column name; a missing `id` is made here. No row is returned or read.
    """
    if not rows:
        return 0
    table = mapped.__table__
    columns = [column for column in table.columns if column.name in rows[0] or column.name == "id"]
    shared = _shared(columns, rows)
    staging = _copy(table, [column for column in columns if column.name not in shared], rows)
    kept = select(*(shared[name] if name in shared else staging.c[name] for name in (one.name for one in columns)))
    statement = insert(table).from_select([column.name for column in columns], kept.select_from(staging))
    if ignore_conflicts:
        statement = statement.on_conflict_do_nothing()
    loaded = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(loaded.rowcount)  # type: ignore[attr-defined]


def _shared(columns: Sequence[Column[Any]], rows: Sequence[dict[str, Any]]) -> dict[str, ColumnElement[Any]]:
    """Return the columns that have one value in all rows, with it as SQL; at least one column is left to differ."""
    first, others = rows[0], rows[1:]
    found: dict[str, ColumnElement[Any]] = {}
    for column in columns:
        name, value = column.name, first.get(column.name)
        is_made_here = value is None and name == "id"
        # JSON tells apart what Python takes for equal: 1 and true.
        if is_made_here or isinstance(column.type, JSON) or rows[-1].get(name) != value:
            continue
        if [row.get(name) for row in others].count(value) == len(others):
            found[name] = null() if value is None else _once(column, value)
    if len(found) == len(columns):
        found.popitem()
    return found


def _once(column: Column[Any], value: Any) -> ColumnElement[Any]:
    if isinstance(column.type, UtcDateTime):
        value = _aware(value)
    return literal(list(value) if isinstance(column.type, ARRAY) else value, column.type)


def _copy(table: Table, columns: Sequence[Column[Any]], rows: Iterable[dict[str, Any]]) -> TableClause:
    """Fill a temporary table that nobody watches, over the session's own connection.

    It lasts as long as the connection: made anew for each page, it costs more than what is copied.
    """
    session.flush()
    name, names = f"load_{table.name}", ", ".join(column.name for column in columns)
    with db.driver(session) as driver, driver.cursor() as cursor:
        # What was loaded before in this transaction is there still.
        made = f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ON COMMIT DELETE ROWS AS TABLE {table.name} WITH NO DATA"
        cursor.execute(f"{made}; DELETE FROM {name}", prepare=False)  # noqa: S608 - tables of ours
        with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copying:
            for values in _values(columns, rows):
                copying.write_row(values)
    return sql_table(name, *(sql_column(column.name, column.type) for column in columns))


def _values(columns: Sequence[Column[Any]], rows: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    """Yield the values of each row as the driver takes them; only what needs converting is looked at."""
    names = [column.name for column in columns]
    places_of_id = [place for place, name in enumerate(names) if name == "id"]
    ids = _new_ids()
    converters = [(place, found) for place, column in enumerate(columns) if (found := _converter(column))]
    for row in rows:
        values = [row.get(name) for name in names]
        for place in places_of_id:
            values[place] = values[place] or next(ids)
        for place, convert in converters:
            if values[place] is not None:
                values[place] = convert(values[place])
        yield values


def _new_ids() -> Iterator[str]:
    """Yield ids as `new_id` makes them, as text, many for one request of the system's randomness."""
    while True:
        block = os.urandom(16 * _IDS_AT_ONCE).hex()
        for start in range(0, len(block), 32):
            digits = block[start : start + 32]
            yield f"{digits[:12]}4{digits[13:16]}{_VARIANT[digits[16]]}{digits[17:]}"


def _converter(column: Column[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, Enum):
        return lambda value: getattr(value, "value", value)
    if isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Uuid):
        return lambda addresses: _written(tuple(addresses))
    if isinstance(column.type, JSON):
        return lambda value: orjson.dumps(value).decode()
    return _aware if isinstance(column.type, UtcDateTime) else None


@lru_cache(maxsize=1000)
def _written(addresses: tuple[UUID, ...]) -> str:
    """Return an array as PostgreSQL reads it: thousands of rows of a page go to the same few addresses."""
    return "{" + ",".join(map(str, addresses)) + "}"


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime may not be stored")
    return moment
