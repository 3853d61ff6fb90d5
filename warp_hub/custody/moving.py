"""Putting sealed records away: out of the desk's table, into the custody schema, and out of there when they expire.

It runs as the custody role, which reaches three columns of the desk's table and may put in and throw away
records, not read them.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, LargeBinary, Text, Uuid, column, delete, func, select, table, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock, config, db
from warp_hub.custody.lookups import lookup_of
from warp_hub.custody.sealing import LENGTH
from warp_hub.db import roles, session
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import WarpSettings

# No mapped class: no process but this one names these columns.
_REPORT = table("report", column("record_id", Uuid()), column("warp_id", Uuid()), column("sealed", LargeBinary()))
_ATTRIBUTION = table(
    "attribution",
    column("lookup", LargeBinary()),
    column("sealed", LargeBinary()),
    column("epoch", Text()),
    column("expires_on", Date()),
    schema="custody",
)


@contextmanager
def as_custodian() -> Iterator[None]:
    """Act as the custody role, over a connection of this process's own; the caller commits inside."""
    try:
        db.engine("custody")
    except KeyError:
        db.connect(roles.urls(config.current()).of("custody"), "custody", pool_size=1, default=False)
    with db.acting("custody"):
        try:
            yield
        finally:
            db.leave()


def move() -> int:
    """Put away whatever lies sealed on the desk, in no order, and take it from there; return how much it was.

    All or nothing when it commits: what is cut off is as it was, and what was moved is not moved again.
    """
    waiting = select(_REPORT).where(func.octet_length(_REPORT.c.sealed) == LENGTH).with_for_update()
    found = list(session.execute(waiting))
    if not found:
        return 0
    secrets.SystemRandom().shuffle(found)
    kept, usual = _days_of_warps(), WarpSettings().record_days
    rows = [_row(record_id, sealed, kept.get(warp_id, usual)) for record_id, warp_id, sealed in found]
    session.execute(insert(_ATTRIBUTION).on_conflict_do_nothing(), rows)
    session.execute(update(_REPORT).where(_REPORT.c.record_id.in_([row[0] for row in found])).values(sealed=None))
    session.execute(select(func.custody.settle()))
    return len(found)


def purge() -> int:
    """Throw away the records whose time is over; return how many."""
    gone = session.execute(delete(_ATTRIBUTION).where(_ATTRIBUTION.c.expires_on <= clock.today()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def expiry(today: date, days: int) -> date:
    """Return when a record expires: the Monday before its days are over, so that the day it came does not show."""
    last = today + timedelta(days=days)
    return last - timedelta(days=last.weekday())


def _row(record_id: UUID, sealed: bytes, days: int) -> dict[str, object]:
    today = clock.today()
    return {
        "lookup": lookup_of(record_id),
        "sealed": sealed,
        "epoch": f"{today:%Y-%m}",
        "expires_on": expiry(today, days),
    }


def _days_of_warps() -> dict[UUID, int]:
    held = session.execute(select(Warp.id, Warp.settings))
    return {warp_id: WarpSettings.model_validate(settings).record_days for warp_id, settings in held}
