"""Replies to any item: read by its rule, under its label."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from warp_hub import clock
from warp_hub.db import session
from warp_hub.discussions import following
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.models import Question, Reply
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import Outlet, Viewer, keeps

PLACES = {
    ItemKind.QUESTION: "/discussions",
    ItemKind.ADVISORY: "/advisories",
    ItemKind.SHARED_INCIDENT: "/incidents",
}
MOST_SHOWN = 500


@dataclass(frozen=True)
class Thread:
    """What stands below an item for one viewer, and what they may do there."""

    item: Item
    replies: Sequence[Reply]
    mine: frozenset[UUID]
    follows: bool
    may_follow: bool
    may_reply: bool
    needs_second_step: bool
    may_ask: bool
    may_moderate: bool


def replies_to(item_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> list[Reply]:
    """Return the replies to an item in their order, none where the item is not for this viewer."""
    received = select_visible(Reply, viewer, outlet).where(Reply.item_id == item_id)
    return list(session.scalars(received.order_by(Reply.place).limit(MOST_SHOWN)))


def thread_of(item: Item, viewer: Viewer) -> Thread | None:
    """Return what stands below an item that this viewer has on a page; None for whoever is no member."""
    if not viewer.is_member or item.kind not in PLACES:
        return None
    found = replies_to(item.id, viewer)
    is_open = _is_open(item, viewer)
    return Thread(
        item=item,
        replies=found,
        mine=frozenset(reply.id for reply in found if reply.author in viewer.keeps and reply.gone is None),
        follows=viewer.person is not None and following.follows(viewer.person, item.id),
        may_follow=viewer.person is not None,
        may_reply=is_open and bool(viewer.keeps),
        needs_second_step=is_open and not viewer.keeps,
        may_ask=item.kind is not ItemKind.QUESTION and bool(viewer.keeps and addresses_for(viewer, item)),
        may_moderate=keeps(viewer, item.handling()),
    )


def find_open(item_id: UUID, viewer: Viewer) -> Item | None:
    """Return an item that this viewer may reply to now: received, not early, not closed; None otherwise."""
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.PAGE)
    is_theirs = item is not None and item.kind in PLACES and viewer.is_member and bool(viewer.keeps)
    return item if is_theirs and item is not None and _is_open(item, viewer) else None


def find_said(reply_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Reply | None:
    """Return one reply whose words are still there, or None when it is absent or not for this viewer."""
    said: Reply | None = find_visible(Reply, reply_id, viewer, outlet)
    return said if said is not None and said.gone is None else None


def place_of(item: Item) -> str:
    """Return the address of the page where an item and its replies stand."""
    return f"{PLACES[item.kind]}/{item.id}"


def _is_open(item: Item, viewer: Viewer) -> bool:
    # Early notice is for the named alone: nobody could say what a reply to it may be shared with afterwards.
    if item.published_at is None or item.withdrawn_at is not None or item.handling().under_embargo(clock.now()):
        return False
    if item.kind is not ItemKind.QUESTION:
        return True
    question: Question | None = find_visible(Question, item.id, viewer, Outlet.PAGE)
    return question is not None and question.closed_on is None
