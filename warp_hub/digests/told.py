"""What delivered digests have told already, so that nothing is told twice and no change is lost.

An item is stamped anew for every reason that widens who receives it. When it was another WARP that passed it
on, those who were told of it before are not told again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select

from warp_hub.db import session
from warp_hub.digests.models import DigestRun

# A change that was being saved while the last digest was begun carries an earlier time than the digest.
GRACE = timedelta(minutes=10)


class News(StrEnum):
    """What an item is to somebody."""

    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True)
class Told:
    """When somebody was last told of an item: by its text, or by a mere count."""

    printed: dict[UUID, datetime] = field(default_factory=dict)
    noticed: dict[UUID, datetime] = field(default_factory=dict)

    def news(self, item_id: UUID, revised_at: datetime | None, *, is_printable: bool) -> News | None:
        """Say whether the item is new or changed to whoever was told this; None when it is neither."""
        before = self.printed.get(item_id)
        if before is None and not is_printable:
            before = self.noticed.get(item_id)
        if before is None:
            return News.NEW
        return News.CHANGED if revised_at is not None and revised_at > before - GRACE else None


NOTHING = Told()


def told_before(warp_id: UUID, people: Collection[UUID], items: Collection[UUID]) -> dict[UUID, Told]:
    """Return what one WARP's delivered digests told these people of these items."""
    if not people or not items:
        return {}
    wanted = list(items)
    runs = (
        select(DigestRun.person_id, DigestRun.started_at, DigestRun.printed, DigestRun.noticed)
        .where(DigestRun.warp_id == warp_id, DigestRun.delivered_at.is_not(None))
        .where(or_(DigestRun.printed.overlap(wanted), DigestRun.noticed.overlap(wanted)))
        .order_by(DigestRun.started_at)
    )
    if len(people) == 1:
        runs = runs.where(DigestRun.person_id.in_(people))
    found: dict[UUID, Told] = {}
    for person, at, printed, noticed in session.execute(runs):
        told = found.setdefault(person, Told())
        _note(told.printed, printed, at)
        _note(told.noticed, noticed, at)
    return found


def _note(into: dict[UUID, datetime], items: Iterable[UUID], at: datetime) -> None:
    into.update(dict.fromkeys(items, at))
