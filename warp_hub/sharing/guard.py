"""The guard: a read of a watched table without the rule's mark is refused, in production too.

It hooks the engine, not the ORM: `do_orm_execute` missed 6 of 14 bypasses. It matches any mention of a
watched table. Row-level security is the second wall behind it.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState

from warp_hub import db
from warp_hub.db import Model
from warp_hub.db.session import session

WATCHED_AUDIENCES = frozenset({"item", "coordinators", "owner"})
UNMAPPED = frozenset({"item_words"})


class UnscopedRead(Exception):
    """A watched table was read without the rule; the text names the table."""


def watched_tables() -> frozenset[str]:
    """Return the tables of every class received by the rule, kept on a desk, or of one person or organisation."""
    classes = (mapper.class_ for mapper in Model.registry.mappers)
    return frozenset(c.__tablename__ for c in classes if c.__audience__ in WATCHED_AUDIENCES) | UNMAPPED


def connect(url: str, as_role: db.Role, *, pool_size: int = 10, default: bool = True) -> Engine:
    """Open the guarded engine of one role; every model must be imported before."""
    engine = db.connect(url, as_role, pool_size=pool_size, default=default)
    watch(engine, watched_tables())
    return engine


def watch(engine: Engine, tables: Iterable[str]) -> None:
    """Refuse on this engine any read of a watched table that does not carry the rule's mark."""
    names = "|".join(sorted(map(re.escape, tables), reverse=True))
    watched = re.compile(rf"\b({names})\b", re.IGNORECASE)

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_unscoped(_conn: Any, _cursor: Any, sql: str, _parameters: Any, context: Any, _many: bool) -> None:
        if context is not None and (context.isinsert or context.isupdate or context.isdelete):
            return
        found = watched.search(sql)
        if found and not (context is not None and context.execution_options.get("tlp")):
            raise UnscopedRead(f"{found[1]} was read without the rule")


@event.listens_for(session.session_factory, "do_orm_execute")
def _let_refreshes_through(state: ORMExecuteState) -> None:
    if state.is_column_load:
        state.update_execution_options(tlp="refresh")
