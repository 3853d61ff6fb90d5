"""What the walk left behind: log lines, arguments of jobs, the audit, and every table that no rule watches."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from warp_hub import db
from warp_hub.background.models import jobs
from warp_hub.db import Model, session

# Their own columns are canaries: what may be shown of a source is a row of the tables.
PLANTED = ("source", "provenance", "mailbox", "profile")


class Listener(logging.Handler):
    """Keeps every line, as a log file would have it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line with its traceback."""
        self.lines.append(self.format(record))


@contextmanager
def listening() -> Iterator[Listener]:
    """Hear whatever is logged, down to the least of our own lines."""
    listener, root, ours = Listener(), logging.getLogger(), logging.getLogger("warp_hub")
    before = ours.level
    root.addHandler(listener)
    ours.setLevel(logging.DEBUG)
    try:
        yield listener
    finally:
        ours.setLevel(before)
        root.removeHandler(listener)


def left_in_tables() -> Iterator[tuple[str, str]]:
    """Yield each unwatched table with all that it holds, as text."""
    with db.acting("work"):
        yield "the arguments of jobs", _as_text(select(jobs.c.args))
        for mapper in sorted(Model.registry.mappers, key=lambda mapper: mapper.class_.__tablename__):
            mapped: Any = mapper.class_
            if mapped.__audience__ in ("house", "public") and mapped.__tablename__ not in PLANTED:
                columns = [column for column in mapped.__table__.columns if _may_be_read(mapped, column.name)]
                yield f"the table {mapped.__tablename__}", _as_text(select(*columns))
        db.leave()


# What the worker itself may not read.
_CLOSED = {
    "credential": ("person_id",),
    "key_holder": ("id", "person_id", "public_key", "made_on", "retired_on"),
}


def _may_be_read(mapped: Any, column: str) -> bool:
    return column in _CLOSED.get(mapped.__tablename__, (column,))


def _as_text(statement: Any) -> str:
    return "\n".join(repr(tuple(row)) for row in session.execute(statement))
