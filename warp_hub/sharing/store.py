"""Bulk loading: COPY into an unwatched temporary table, then one INSERT … ON CONFLICT.

COPY into a table with row-level security is refused, and row by row is seven times slower.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Column, Table, TableClause, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import insert

from warp_hub.db import new_id, session


def load(mapped: type[Any], rows: Sequence[dict[str, Any]], *, ignore_conflicts: bool = True) -> int:
    """Insert rows of one mapped class at once; return how many were new.

    Each row holds values by column name; a missing `id` is made here. No row is returned or read.
    """
    if not rows:
        return 0
    table = mapped.__table__
    columns = [column for column in table.columns if column.name in rows[0] or column.name == "id"]
    staging = _copy(table, columns, rows)
    kept = select(*(staging.c[column.name] for column in columns))
    statement = insert(table).from_select([column.name for column in columns], kept)
    if ignore_conflicts:
        statement = statement.on_conflict_do_nothing()
    loaded = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(loaded.rowcount)  # type: ignore[attr-defined]


def _copy(table: Table, columns: Sequence[Column[Any]], rows: Iterable[dict[str, Any]]) -> TableClause:
    """Fill a temporary table that nobody watches, over the session's own connection."""
    session.flush()
    name, names = f"load_{table.name}", ", ".join(column.name for column in columns)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} (LIKE {table.name}) ON COMMIT DROP")
        cursor.execute(f"TRUNCATE {name}")
        with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copying:
            for row in rows:
                copying.write_row([_value(column, row) for column in columns])
    return sql_table(name, *(sql_column(column.name, column.type) for column in columns))


def _value(column: Column[Any], row: dict[str, Any]) -> Any:
    if column.name == "id" and "id" not in row:
        return new_id()
    value = row.get(column.name)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, dict) or (isinstance(value, list) and not _is_array(column)):
        return orjson.dumps(value).decode()
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a naive datetime may not be stored")
    return value


def _is_array(column: Column[Any]) -> bool:
    return type(column.type).__name__ == "ARRAY"
