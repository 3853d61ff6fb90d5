"""Purging what is kept no longer than it needs to be, each night, and saying beforehand what would go.

A dry run does what the night would do and gives it up again, having noted which rows it met: so it cannot say
anything else.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState

from warp_hub.db import session
from warp_hub.jobs.kept import RETENTION
from warp_hub.sharing.visibility import house_read

MOST_LISTED = 100


def purge() -> str:
    """Remove what is kept no longer than it needs to be, and say how much of what; the caller commits."""
    removed = {kept.what: kept.purge() for kept in RETENTION if kept.purge is not None}
    return ", ".join(f"{count} {what}" for what, count in removed.items() if count) or "nothing"


def purge_now() -> Iterator[str]:
    """Do at the operator's word what is done each night, and say so."""
    yield f"removed: {purge()}"
    session.commit()


def dry_run() -> Iterator[str]:
    """Yield what the next purge would remove, counts and ids and no text; nothing is changed."""
    for kept in RETENTION:
        if kept.purge is None:
            continue
        with _noting() as met:
            count = kept.purge()
            session.flush()
        session.rollback()
        yield f"{count} {kept.what}"
        if kept.lists_ids:
            yield from (f"  {table}: {_listed(ids)}" for table, ids in met.items() if ids)
    yield "nothing was removed"


@contextmanager
def _noting() -> Iterator[dict[str, list[str]]]:
    """Note the keys of the rows that statements inside remove or change, by table."""
    met: dict[str, list[str]] = {}

    def note(state: ORMExecuteState) -> None:
        if not (state.is_delete or state.is_update):
            return
        statement: Any = state.statement
        keys = list(statement.table.primary_key) or [statement.table.c.id]  # the queue's own table has no key for us
        criteria = statement._where_criteria
        rows = session.connection().execute(house_read(select(*keys).where(*criteria), "retention"))
        met.setdefault(statement.table.name, []).extend("/".join(map(str, row)) for row in rows)

    event.listen(session.session_factory, "do_orm_execute", note)
    try:
        yield met
    finally:
        event.remove(session.session_factory, "do_orm_execute", note)


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - MOST_LISTED} more" if len(ids) > MOST_LISTED else ""
    return ", ".join(ids[:MOST_LISTED]) + more
