"""Who was handed what by a letter or a file, so that it can be recalled from exactly those who have a copy.

A page that was looked at is no delivery. Whoever is signed in adds to their own record by a function of the owner's and
reads none of it; whoever works on an item is told how many, by a function again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, cast, column, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from warp_hub import clock, db
from warp_hub.db import UtcDateTime, session
from warp_hub.sharing.models import Delivery
from warp_hub.tlp import Outlet

KEPT = timedelta(days=365)
_UUIDS = ARRAY(Uuid())


def note(item_ids: Collection[UUID], person_id: UUID, outlet: Outlet, at: datetime | None = None) -> None:
    """Note that a person was handed these items, read at this moment; what was noted before keeps its first time.

    A web request notes for the person who is asking and for nobody else.
    """
    if not item_ids:
        return
    moment = at or clock.now()
    handed = sorted(set(item_ids))
    if db.role() == "web":
        read_at = cast(moment, UtcDateTime())
        session.execute(select(func.note_deliveries(cast(handed, _UUIDS), outlet.value, read_at)))
        return
    rows = [{"item_id": one, "person_id": person_id, "outlet": outlet, "first_at": moment} for one in handed]
    session.execute(insert(Delivery).on_conflict_do_nothing(), rows)


def note_letter(person_id: UUID, printed: Collection[UUID], counted: Collection[UUID], at: datetime) -> None:
    """Note what a letter printed and what it only counted, as it was read at this moment."""
    note(printed, person_id, Outlet.MAIL, at)
    note(counted, person_id, Outlet.NOTICE, at)


def handed_to(item_id: UUID) -> dict[Outlet, int]:
    """Return to how many people an item was handed, by which way; nothing for whom the item is not to work on."""
    told: Any = select(column("outlet"), column("people")).select_from(func.handed_to(item_id))
    rows = session.execute(told)
    return {Outlet(row.outlet): row.people for row in rows}


def forget_old() -> int:
    """Remove what was handed out a year ago; return how many."""
    gone = session.execute(delete(Delivery).where(Delivery.first_at < clock.now() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
