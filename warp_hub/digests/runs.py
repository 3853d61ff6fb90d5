"""Beginning digests: a slot is claimed once, and each person due gets a run with a letter or a reason for none.

Two clocks may try at the same moment: the claim and the runs are rows that exist once, whoever was first.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import mail
from warp_hub.db import new_id, session
from warp_hub.digests import subscriptions
from warp_hub.digests.models import DigestRun, DigestSlot, Watermark
from warp_hub.digests.selection import Selection, something_for
from warp_hub.digests.timetable import ON_TIMETABLE, Slot, latest_slot
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of

log = logging.getLogger(__name__)

NOTHING_NEW = "nothing new"
KIND = "digest"


@dataclass(frozen=True)
class Started:
    """What beginning one slot did."""

    slot: Slot
    posted: int
    skipped: int


def start_due(now: datetime) -> Iterator[Started]:
    """Begin each digest that is due; the caller commits after each one it is handed.

    One WARP's trouble is logged and left for the next minute; it does not stop the others.
    """
    for slot in due(now):
        try:
            started = start(slot, now)
        except Exception:
            session.rollback()
            log.exception("the digest of WARP %s for %s was not begun", slot.warp_id, slot.period)
            continue
        if started is not None:
            yield started


def due(now: datetime) -> list[Slot]:
    """Return the slots that have begun and that nobody has claimed, oldest first."""
    slots = [slot for warp in session.scalars(select(Warp).order_by(Warp.slug)) for slot in _slots(warp, now)]
    claimed = select(DigestSlot.warp_id, DigestSlot.cadence, DigestSlot.period)
    taken = set(session.execute(claimed.where(DigestSlot.period.in_({slot.period for slot in slots}))).tuples())
    open_slots = (slot for slot in slots if (slot.warp_id, slot.cadence, slot.period) not in taken)
    return sorted(open_slots, key=lambda slot: slot.begins)


def start(slot: Slot, now: datetime) -> Started | None:
    """Begin one slot for everybody due, in the caller's transaction; None when another clock was first."""
    claim = insert(DigestSlot).values(
        warp_id=slot.warp_id, cadence=slot.cadence, period=slot.period, started_at=now, posted=0, skipped=0
    )
    if not session.execute(claim.on_conflict_do_nothing()).rowcount:  # type: ignore[attr-defined]
        return None
    people = subscriptions.due_people(slot.warp_id, slot.cadence)
    posted, skipped = post_digests(slot.warp_id, slot.period, people, expires_at=slot.ends, now=now)
    session.execute(
        update(DigestSlot)
        .where(DigestSlot.warp_id == slot.warp_id, DigestSlot.cadence == slot.cadence)
        .where(DigestSlot.period == slot.period)
        .values(posted=posted, skipped=skipped)
    )
    return Started(slot, posted, skipped)


def post_digests(
    warp_id: UUID, period: date, people: Mapping[UUID, str | None], *, expires_at: datetime, now: datetime
) -> tuple[int, int]:
    """Give each person a run for the period and a letter where there is news; return letters and skipped.

    `people` maps each to the reason why no mail goes to them, or None. Who has a run for the period already
    is left alone.
    """
    reachable = [person for person, refusal in people.items() if refusal is None]
    selection = something_for(warp_id, reachable, now)
    rows = [_run(warp_id, period, person, refusal, selection, now) for person, refusal in people.items()]
    if rows:
        session.execute(insert(DigestRun).on_conflict_do_nothing(), rows)
    ours = set(session.scalars(select(DigestRun.id).where(DigestRun.warp_id == warp_id, DigestRun.period == period)))
    kept = [row for row in rows if row["id"] in ours]
    letters = _post_letters(warp_id, [row for row in kept if row["skipped"] is None], expires_at)
    return letters, len(kept) - letters


def delivered(run_id: UUID, printed: Collection[UUID], noticed: Collection[UUID], now: datetime) -> None:
    """Note that a digest has gone: the person is covered until its horizon, and never less than before."""
    run = session.scalars(select(DigestRun).where(DigestRun.id == run_id)).one_or_none()
    if run is None or run.horizon is None:
        return
    run.delivered_at, run.printed, run.noticed = now, sorted(printed), sorted(noticed)
    mark = insert(Watermark).values(person_id=run.person_id, warp_id=run.warp_id, covered_until=run.horizon)
    further = func.greatest(Watermark.covered_until, mark.excluded.covered_until)
    moved = mark.on_conflict_do_update(
        index_elements=[Watermark.person_id, Watermark.warp_id], set_={"covered_until": further}
    )
    session.execute(moved)


def forget(before: date) -> int:
    """Remove the runs and slots of periods before a date; watermarks stay."""
    session.execute(delete(DigestSlot).where(DigestSlot.period < before))
    return int(session.execute(delete(DigestRun).where(DigestRun.period < before)).rowcount)  # type: ignore[attr-defined]


def _slots(warp: Warp, now: datetime) -> Iterable[Slot]:
    try:
        settings = settings_of(warp)
    except ValidationError:
        log.exception("the settings of WARP %s cannot be read: it has no digest", warp.slug)
        return []
    found = (latest_slot(warp.id, settings, cadence, now) for cadence in ON_TIMETABLE)
    return [slot for slot in found if slot is not None]


def _run(
    warp_id: UUID, period: date, person: UUID, refusal: str | None, selection: Selection, now: datetime
) -> dict[str, object]:
    skipped = refusal or (None if person in selection.people else NOTHING_NEW)
    return {
        "id": new_id(),
        "person_id": person,
        "warp_id": warp_id,
        "period": period,
        "started_at": now,
        "horizon": None if skipped else selection.horizon,
        "skipped": skipped,
        "printed": [],
        "noticed": [],
    }


def _post_letters(warp_id: UUID, runs: Collection[dict[str, object]], expires_at: datetime) -> int:
    return len(runs)
