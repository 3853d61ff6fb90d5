"""Beginning digests: a slot is claimed once, whoever is first, and everybody due gets a letter or a reason for none."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub.db import session
from warp_hub.digests import runs, subscriptions
from warp_hub.digests.models import DigestSlot
from warp_hub.digests.slots import ON_TIMETABLE, Slot, latest_slot
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Started:
    """What beginning one slot did."""

    slot: Slot
    posted: int
    skipped: int


def start_due(now: datetime, warp_id: UUID | None = None) -> list[Started]:
    """Begin each digest that is due, of all WARPs or of one, in the caller's transaction.

    One WARP's trouble is logged and left for the next minute; it does not stop the others.
    """
    found: list[Started] = []
    for slot in due(now, warp_id):
        try:
            with session.begin_nested():
                started = start(slot, now)
        except Exception:
            log.exception("the digest of WARP %s for %s was not begun", slot.warp_id, slot.period)
            continue
        if started is not None:
            found.append(started)
    return found


def due(now: datetime, warp_id: UUID | None = None) -> list[Slot]:
    """Return the slots that have begun and that nobody has claimed, oldest first."""
    warps = select(Warp).order_by(Warp.slug)
    if warp_id is not None:
        warps = warps.where(Warp.id == warp_id)
    slots = [slot for warp in session.scalars(warps) for slot in _slots(warp, now)]
    claimed = select(DigestSlot.warp_id, DigestSlot.cadence, DigestSlot.period)
    taken = {
        tuple(row) for row in session.execute(claimed.where(DigestSlot.period.in_({slot.period for slot in slots})))
    }
    unclaimed = (slot for slot in slots if (slot.warp_id, slot.cadence, slot.period) not in taken)
    return sorted(unclaimed, key=lambda slot: slot.begins)


def start(slot: Slot, now: datetime) -> Started | None:
    """Begin one slot for everybody due, in the caller's transaction; None when another clock was first."""
    claim = insert(DigestSlot).values(
        warp_id=slot.warp_id, cadence=slot.cadence, period=slot.period, started_at=now, posted=0, skipped=0
    )
    # Another clock's claim makes us wait until it has committed, and then there is nothing left to claim.
    told = session.execute(claim.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if not told.rowcount:  # type: ignore[attr-defined]
        return None
    people = subscriptions.due_people(slot.warp_id, slot.cadence)
    posted, skipped = runs.begin(slot.warp_id, slot.period, people, expires_at=slot.ends, now=now)
    session.execute(
        update(DigestSlot)
        .where(DigestSlot.warp_id == slot.warp_id, DigestSlot.cadence == slot.cadence)
        .where(DigestSlot.period == slot.period)
        .values(posted=posted, skipped=skipped)
    )
    return Started(slot, posted, skipped)


def _slots(warp: Warp, now: datetime) -> Iterable[Slot]:
    try:
        settings = settings_of(warp)
    except ValidationError:
        log.exception("the settings of WARP %s cannot be read: it has no digest", warp.slug)
        return []
    found = (latest_slot(warp.id, settings, cadence, now) for cadence in ON_TIMETABLE)
    return [slot for slot in found if slot is not None]
