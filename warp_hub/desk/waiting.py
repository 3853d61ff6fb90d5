"""What waits on a coordinator's desks, oldest first; each row by the rule or of their own WARPs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from warp_hub import clock
from warp_hub.advisories.models import Advisory, Quarantined, Source, SourceWarp
from warp_hub.db import session
from warp_hub.mail.models import Letter
from warp_hub.mail.outbox import select_troubled
from warp_hub.sharing.models import Decision, Item
from warp_hub.sharing.visibility import count_visible, select_kept, select_visible, select_waiting
from warp_hub.tlp import Outlet, Viewer

SHOWN = 3


@dataclass(frozen=True)
class Warnings:
    """Warnings to decide: how many (bounded), the first few, and since when the oldest waits."""

    count: int
    first: Sequence[Item]
    oldest: datetime | None


@dataclass(frozen=True)
class Waiting:
    """All that waits."""

    warnings: Warnings
    letters: Sequence[Letter]
    letter_count: int
    sources: Sequence[Source]
    to_check: int
    now: datetime


def waiting(viewer: Viewer, warps: Collection[UUID]) -> Waiting:
    """Return what waits for a coordinator of these WARPs."""
    troubled = select_troubled().where(Letter.warp_id.in_(warps))
    return Waiting(
        warnings=_warnings(viewer),
        letters=session.scalars(troubled.limit(SHOWN)).all(),
        letter_count=session.scalar(select(func.count()).select_from(troubled.order_by(None).subquery())) or 0,
        sources=_troubled_sources(warps),
        to_check=count_visible(select_kept(Quarantined, viewer)),
        now=clock.now(),
    )


def _warnings(viewer: Viewer) -> Warnings:
    # By the item as well: a TLP:RED warning that names somebody else is not even counted.
    undecided = (
        select_waiting(Decision, viewer)
        .where(Decision.choice.is_(None), Item.withdrawn_at.is_(None))
        .with_only_columns(Decision.item_id)
    )
    items = (
        select_visible(Advisory, viewer, Outlet.DESK)
        .add_columns(Item)
        .where(Item.id.in_(undecided.scalar_subquery()))
        .order_by(Advisory.received_at, Item.id)
        .limit(SHOWN)
    )
    rows = session.execute(items).all()
    oldest = rows[0][0].received_at if rows else None
    return Warnings(count_visible(undecided), [item for _, item in rows], oldest)


def _troubled_sources(warps: Collection[UUID]) -> Sequence[Source]:
    served = select(SourceWarp.source_id).where(SourceWarp.warp_id.in_(warps))
    troubled = or_(Source.failures > 0, Source.unsettled.is_(True))
    return session.scalars(select(Source).where(Source.id.in_(served), troubled).order_by(Source.name)).all()
