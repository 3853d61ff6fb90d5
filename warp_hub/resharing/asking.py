"""Asking to share wider: whoever receives something above TLP:GREEN asks the WARP that keeps it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Warp
from warp_hub.resharing.models import ShareRequest, Wish
from warp_hub.sharing.grants import BY_ADDRESS
from warp_hub.sharing.models import Item
from warp_hub.sharing.publishing import ADDRESSED
from warp_hub.sharing.recalling import TOLD_OF
from warp_hub.sharing.visibility import select_asked, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer


class AskedBefore(Exception):
    """This person's earlier wish for the same item still waits for an answer."""


def find_askable(item_id: UUID, viewer: Viewer) -> Item | None:
    """Return an item that this viewer receives and may ask about, or None."""
    asked = select_visible(Item, viewer, Outlet.PAGE)
    item: Item | None = session.scalars(asked.where(Item.id == item_id)).one_or_none()
    return item if item is not None and may_ask(item, viewer) else None


def may_ask(item: Item, viewer: Viewer) -> bool:
    """Say whether somebody who receives an item may ask that others have it too."""
    is_of_named = item.marking in ADDRESSED and not item.handling().under_embargo(clock.now())
    return bool(viewer.keeps) and item.kind in TOLD_OF and is_of_named and bool(item.keepers)


def wishes_for(item: Item) -> list[Wish]:
    """Return what may be asked for: TLP:RED is for people, so of it only a wider label."""
    return list(Wish) if item.marking in BY_ADDRESS else [Wish.LABEL]


def labels_below(marking: Marking) -> list[Marking]:
    """Return the labels that are wider than this one, the nearest first."""
    return [one for one in reversed(Marking) if one.rank < marking.rank]


def other_warps(item: Item) -> Sequence[Warp]:
    """Return the WARPs that an item is not addressed to, by name."""
    return session.scalars(select(Warp).where(Warp.id.not_in(item.recipients)).order_by(Warp.name)).all()


def ask(item: Item, wish: Wish, whom: str, marking: Marking | None, why: str, viewer: Viewer) -> UUID:
    """Put a wish on the desk of the WARP that keeps the item, in the asker's name; return whose desk it is.

    Raises AskedBefore where an earlier one waits.
    """
    keeper = keeper_of(item, viewer)
    wished: dict[str, Any] = {"wish": wish, "whom": whom, "marking": marking, "why": why}
    row = {"id": new_id(), "item_id": item.id, "keeper": keeper, "person_id": viewer.person, "asked_at": clock.now()}
    statement = insert(ShareRequest).values(**row, **wished, because="").on_conflict_do_nothing()
    asked = session.execute(statement, execution_options={"preserve_rowcount": True})
    if not asked.rowcount:  # type: ignore[attr-defined]
        raise AskedBefore(str(item.id))
    audit.record("asked to share wider", actor=viewer.person, item=item.id, warp=keeper)
    return keeper


def keeper_of(item: Item, viewer: Viewer) -> UUID:
    """Return the WARP that is to answer: one of the asker's own if it keeps the item, else the first that does."""
    return next((warp for warp in item.keepers if warp in viewer.amber), item.keepers[0])


def waits(item: Item, viewer: Viewer) -> bool:
    """Say whether an earlier wish of this viewer's for the same item waits for its answer."""
    latest = latest_of(item, viewer)
    return latest is not None and latest.answer is None


def latest_of(item: Item, viewer: Viewer) -> ShareRequest | None:
    """Return what this viewer asked about an item last, or None."""
    mine = select_asked(ShareRequest, viewer).where(ShareRequest.item_id == item.id)
    found: ShareRequest | None = session.scalars(mine.order_by(ShareRequest.asked_at.desc()).limit(1)).one_or_none()
    return found
