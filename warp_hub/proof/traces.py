"""What the walk left behind: log lines, arguments of jobs, the audit, and every table that no rule watches."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from warp_hub import db
from warp_hub.background.models import jobs
from warp_hub.db import Model, session

# Their own columns are canaries: what may be shown of a source is a row of the tables.
PLANTED = ("source", "provenance", "mailbox", "profile", "application", "agreement")
# What the worker itself may not read, since nothing but signing in needs it: the web reads it.
OF_SIGN_IN = ("credential", "key_holder", "passkey", "recovery_code")


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


def faults(lines: Iterable[str]) -> list[str]:
    """Return what was logged as an error, by its first line: a page that fails, a letter that could not be written."""
    return [line.split("\n")[0].split(" ERROR ", 1)[1] for line in lines if " ERROR " in line.split("\n")[0]]


def left_in_tables() -> Iterator[tuple[str, str]]:
    """Yield each unwatched table with all that it holds, as text."""
    yield "the arguments of jobs", _as_text(select(jobs.c.args), "work")
    for mapper in sorted(Model.registry.mappers, key=lambda mapper: mapper.class_.__tablename__):
        mapped: Any = mapper.class_
        name = mapped.__tablename__
        if mapped.__audience__ in ("house", "public") and name not in PLANTED:
            role: db.Role = "web" if name in OF_SIGN_IN else "work"
            yield f"the table {name}", _as_text(select(*mapped.__table__.columns), role)


def _as_text(statement: Any, role: db.Role) -> str:
    with db.acting(role):
        text = "\n".join(repr(tuple(row)) for row in session.execute(statement))
        db.leave()
    return text
