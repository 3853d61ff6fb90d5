"""Deciding over several warnings at once: which were chosen, and what each of them would be put under."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from warp_hub.advisories import merging, queue
from warp_hub.db import among, session
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Outlet, Viewer

MOST = 100

Decide = Callable[[Item, UUID, Viewer], None]


@dataclass(frozen=True)
class Chosen:
    """One warning that was chosen, for one WARP, and the one that it would be put under, if one was found."""

    item: Item
    warp: UUID
    other: Item | None

    @property
    def value(self) -> str:
        """Return what stands for it in a form."""
        return f"{self.item.id}:{self.warp}"


def chosen(asked: Iterable[str], viewer: Viewer, *, with_others: bool = False) -> list[Chosen]:
    """Return the warnings on this viewer's desks that a form names, in its order.

    Raises NotOnThisDesk if one of them is not there: what is hidden and what is nothing are answered alike.
    """
    pairs = [_pair(text) for text in list(asked)[:MOST]]
    found = select_visible(Item, viewer, Outlet.DESK).where(among(Item.id, [item_id for item_id, _ in pairs]))
    items = {item.id: item for item in session.scalars(found)} if pairs else {}
    if any(item_id not in items or warp not in {*items[item_id].keepers} & viewer.keeps for item_id, warp in pairs):
        raise queue.NotOnThisDesk
    alike = merging.alike(list(items.values()), viewer) if with_others else {}
    others = {item_id: listed[0].item for item_id, listed in alike.items()}
    return [Chosen(items[item_id], warp, others.get(item_id)) for item_id, warp in pairs]


def decide_all(decide: Decide, rows: Sequence[Chosen], viewer: Viewer) -> tuple[int, int]:
    """Decide over each of them; return how many were and how many could not be."""
    done = 0
    for row in rows:
        try:
            decide(row.item, row.warp, viewer)
        except (queue.NotOnThisDesk, queue.HeldItem, queue.NoRecipients):
            continue
        done += 1
    return done, len(rows) - done


def join_all(rows: Sequence[Chosen], viewer: Viewer) -> tuple[int, int]:
    """Put each of them under the one that was found for it; return how many were and how many could not be."""
    joined = [row for row in rows if row.other and merging.say_same(row.item, row.warp, row.other.id, viewer)]
    return len(joined), len(rows) - len(joined)


def _pair(text: str) -> tuple[UUID, UUID]:
    item_id, _colon, warp_id = text.partition(":")
    try:
        return UUID(item_id), UUID(warp_id)
    except ValueError:
        raise queue.NotOnThisDesk from None
