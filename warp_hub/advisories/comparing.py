"""Comparing what a source sent with what it still has: TAXII has no word for "deleted", so its own list must tell.

What is missing there is marked, and unmarked when it is back; nothing is ever deleted or withdrawn for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Row, and_, delete, func, or_, select

from feeds import looking_up
from feeds.contract import STANDARD_LIMITS, FeedError, Limits
from warp_hub import background, clock
from warp_hub.advisories import endpoints, sources
from warp_hub.advisories.intake import PullFailed, alone, clear_lines
from warp_hub.advisories.models import Gone, Provenance, Source, SourceRun
from warp_hub.advisories.passwords import PasswordUnreadable
from warp_hub.advisories.runs import transaction
from warp_hub.db import among, session
from warp_hub.sharing import store
from warp_hub.sharing.visibility import house_read

TASK = "compare a source"
EVERY = timedelta(days=30)
AT_ONCE = 2000


@dataclass(frozen=True)
class Compared:
    """What came of it: how much was looked at, and how much of it the source no longer has."""

    looked_at: int
    gone: int

    def line(self) -> str:
        """Return the one line that comparing ends with."""
        return f"compared {self.looked_at} no longer there {self.gone}"


def compare_due() -> int:
    """Put one task on the queue for each source that is well and was last compared a month ago; return how many."""
    month_ago = clock.now() - EVERY
    begun = select(SourceRun.id).where(SourceRun.source_id == Source.id, SourceRun.started_at < month_ago).exists()
    waiting = select(Source).where(
        Source.paused.is_(False),
        Source.failures == 0,
        or_(and_(Source.compared_at.is_(None), begun), Source.compared_at < month_ago),
    )
    found = [source for source in session.scalars(waiting) if looking_up.can_list(source.kind.value)]
    for source in found:
        lock = f"compare {source.id}"
        background.defer(session, TASK, queueing_lock=lock, queue=background.SLOW, source_id=str(source.id))
    return len(found)


def compare(which: UUID | str, limits: Limits = STANDARD_LIMITS) -> Compared:
    """Mark what a source no longer has; raise PullFailed, nothing being marked, where it does not say."""
    with clear_lines():
        session.rollback()
        source = sources.find(which)
        with alone(source):
            # Nobody pulls meanwhile: all that is held was on the list before it is asked for.
            return _mark(source.id, _still_there(source, limits))


def _still_there(source: Source, limits: Limits) -> set[str]:
    try:
        with endpoints.opened(endpoints.access_of(source)) as endpoint:
            there = set(looking_up.list_ids(source.kind.value, endpoint, limits))
    except (FeedError, PasswordUnreadable) as error:
        raise PullFailed(f"{source.name}: {error}") from None
    if not there:
        raise PullFailed(f"{source.name}: its list of what it has is empty, so nothing was marked.")
    return there


def _mark(source_id: UUID, there: set[str]) -> Compared:
    looked_at, after = 0, ""
    while True:
        with transaction():
            rows = _sent(source_id, after)
            _note(source_id, {row.item_id for row in rows if row.stix_id not in there})
            _forget(source_id, {row.item_id for row in rows if row.stix_id in there})
        if not rows:
            break
        looked_at, after = looked_at + len(rows), rows[-1].stix_id
    with transaction():
        source = sources.find(source_id)
        counted = select(func.count()).select_from(Gone).where(Gone.source_id == source_id)
        source.gone = session.scalar(house_read(counted, "intake")) or 0
        source.compared_at = clock.now()
        return Compared(looked_at, source.gone)


def _sent(source_id: UUID, after: str) -> Sequence[Row[str, UUID]]:
    sent = select(Provenance.stix_id, Provenance.item_id).where(Provenance.source_id == source_id)
    return session.execute(sent.where(Provenance.stix_id > after).order_by(Provenance.stix_id).limit(AT_ONCE)).all()


def _note(source_id: UUID, item_ids: set[UUID]) -> None:
    now = clock.now()
    store.load(Gone, [{"item_id": item_id, "source_id": source_id, "since": now} for item_id in item_ids])


def _forget(source_id: UUID, item_ids: set[UUID]) -> None:
    if item_ids:
        back = delete(Gone).where(Gone.source_id == source_id, among(Gone.item_id, item_ids))
        session.execute(back.execution_options(synchronize_session=False))
