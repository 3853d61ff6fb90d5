"""What the page of a source says beside its health: whom it serves, who may change it, what it no longer has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from feeds import looking_up
from warp_hub.advisories.models import Gone, Source, SourceWarp
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Outlet, Viewer

MOST_GONE = 20


@dataclass(frozen=True)
class About:
    """Whom a source serves, its keeper first, and what may be done with it."""

    warps: Sequence[Warp]
    may_change: bool
    can_fetch: bool


@dataclass(frozen=True)
class Departed:
    """That a source no longer has a warning it sent."""

    name: str
    since: datetime


def about(source: Source, coordinates: Collection[UUID]) -> About:
    """Return what the page of a source says about it to whoever runs these WARPs."""
    warps = served(source)
    may_change = bool(warps) and warps[0].id in coordinates
    return About(warps, may_change, looking_up.can_fetch(source.kind.value))


def served(source: Source) -> Sequence[Warp]:
    """Return the WARPs that a source serves; the first keeps it, and who runs that one may change it."""
    served_by = select(Warp).join(SourceWarp, SourceWarp.warp_id == Warp.id).where(SourceWarp.source_id == source.id)
    return session.scalars(served_by.order_by(SourceWarp.place)).all()


def gone_warnings(source: Source, viewer: Viewer) -> Sequence[tuple[Item, datetime]]:
    """Return the warnings on this viewer's desk that a source no longer has, the last to go first."""
    if not source.gone:
        return []
    noted = select_visible(Gone, viewer, Outlet.DESK).join(Item, Item.id == Gone.item_id).add_columns(Item)
    of_source = noted.where(Gone.source_id == source.id, Item.kind == ItemKind.ADVISORY)
    rows: Sequence[Any] = session.execute(of_source.order_by(Gone.since.desc(), Gone.id).limit(MOST_GONE)).all()
    return [(item, gone.since) for gone, item in rows]


def departed(item_id: UUID, viewer: Viewer) -> Sequence[Departed]:
    """Return the sources that no longer have this warning, for its page on the desk."""
    noted = select_visible(Gone, viewer, Outlet.DESK).where(Gone.item_id == item_id)
    named = noted.join(Source, Source.id == Gone.source_id).add_columns(Source.name).order_by(Gone.since)
    return [Departed(name, gone.since) for gone, name in session.execute(named)]
