"""Two warnings that tell the same, as a coordinator says it: found, joined and parted.

Joined, the one is passed on beside the other: whoever receives both reads the leader, which says who reported it
too, and whoever receives only the one meets that one. So nobody loses a warning by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from warp_hub import audit
from warp_hub.advisories import likeness, queue, same
from warp_hub.advisories.models import Likeness
from warp_hub.advisories.scopes import desk, reader
from warp_hub.db import among, session
from warp_hub.sharing.models import Choice, Item, ItemKind
from warp_hub.sharing.visibility import find_visible, search_visible, select_visible
from warp_hub.tlp import Outlet, Viewer

MOST_OFFERED = 10
_SEEN_BY = (Outlet.DESK, Outlet.PAGE)


@dataclass(frozen=True)
class Alike:
    """A warning that may tell the same, and what it has in common with the one in hand."""

    item: Item
    kind: str


def say_same(item: Item, warp: UUID, other_id: UUID, viewer: Viewer) -> Item | None:
    """Put a warning under another that tells the same; return that one, or None where there is no such other.

    Where it lies on desks on which the other does not, or is more urgent there, it is only settled for this WARP: no
    other WARP's members lose it from their lists. Raises NotOnThisDesk.
    """
    decision = queue.decision_of(item, warp, viewer)
    leader = _leader(item, other_id, viewer)
    if leader is None:
        return None
    if same.may_hide(item, leader):
        _put_under(item, leader, viewer)
    queue.settle(decision, Choice.SAME_AS, viewer)
    decision.same_as_id = leader.id
    session.flush()
    if item.same_as_id == leader.id and warp in leader.passed_by and leader.withdrawn_at is None:
        queue.let_out_beside(item, warp, viewer)
    audit.record("same as another", actor=viewer.person, item=item.id, warp=warp, detail={"other": str(leader.id)})
    return leader


def part(item: Item, warp: UUID, viewer: Viewer) -> None:
    """Say that a warning is no other's: it stands by itself from now on, and nothing links it again by itself."""
    decision = queue.decision_of(item, warp, viewer)
    item.same_as_id = None
    apart = select_visible(Likeness, viewer, Outlet.DESK).where(Likeness.item_id == item.id)
    if session.scalar(apart.where(Likeness.key == likeness.APART)) is None:
        session.add(Likeness(item_id=item.id, key=likeness.APART))
    if decision.choice is Choice.SAME_AS:
        decision.choice = Choice.PASS_ON if warp in item.passed_by else None
        decision.same_as_id = None
    audit.record("not the same as another", actor=viewer.person, item=item.id, warp=warp)


def offered(item: Item, viewer: Viewer) -> list[Alike]:
    """Return the warnings that share something with this one by which it would be known again, the surest first."""
    return alike([item], viewer).get(item.id, [])


def alike(items: Sequence[Item], viewer: Viewer) -> dict[UUID, list[Alike]]:
    """Return for each of these items on a desk what may tell the same, of all that this viewer works on or reads."""
    if not items:
        return {}
    own = select_visible(Likeness, viewer, Outlet.DESK).where(among(Likeness.item_id, [item.id for item in items]))
    keys = [(row.item_id, row.key) for row in session.scalars(own) if row.key != likeness.APART]
    holders = _holders([key for _, key in keys], viewer)
    others = _items({holder for ids in holders.values() for holder in ids}, viewer)
    found: dict[UUID, list[Alike]] = {}
    for item_id, key in sorted(keys, key=lambda one: likeness.KINDS.index(likeness.kind_of(one[1]))):
        listed = found.setdefault(item_id, [])
        known = {item_id, *(one.item.id for one in listed)}
        new = [others[holder] for holder in holders.get(key, ()) if holder in others and holder not in known]
        listed += [Alike(other, likeness.kind_of(key)) for other in new]
    return {item_id: listed[:MOST_OFFERED] for item_id, listed in found.items() if listed}


def search(item: Item, words: str, viewer: Viewer) -> list[Item]:
    """Return warnings with these words that this one might be told under, newest first."""
    found: dict[UUID, Item] = {}
    for outlet in _SEEN_BY:
        asked = search_visible(words, viewer, Outlet.SEARCH if outlet is Outlet.PAGE else outlet)
        asked = asked.where(Item.kind == ItemKind.ADVISORY, Item.id != item.id, Item.withdrawn_at.is_(None))
        rows = session.scalars(asked.order_by(Item.published_at.desc().nulls_first(), Item.id).limit(MOST_OFFERED))
        found |= {row.id: row for row in rows}
    return list(found.values())[:MOST_OFFERED]


def _leader(item: Item, other_id: UUID, viewer: Viewer) -> Item | None:
    """Return the warning that leads another one, or that one itself."""
    other = _find(other_id, viewer)
    if other is not None and other.same_as_id is not None:
        other = _find(other.same_as_id, viewer)
    if other is None or other.id == item.id or other.kind is not ItemKind.ADVISORY or other.same_as_id is not None:
        return None
    return None if other.withdrawn_at is not None else other


def _put_under(item: Item, leader: Item, viewer: Viewer) -> None:
    item.same_as_id = leader.id
    # What was told under this one is told under the same leader: a leader never follows.
    followers = desk(viewer)(Item).where(Item.same_as_id == item.id)
    for follower in session.scalars(followers).all():
        follower.same_as_id = leader.id if same.may_hide(follower, leader) else None


def _find(item_id: UUID, viewer: Viewer) -> Item | None:
    found = (find_visible(Item, item_id, viewer, outlet) for outlet in _SEEN_BY)
    return next((item for item in found if item is not None), None)


def _holders(keys: Sequence[str], viewer: Viewer) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for outlet in _SEEN_BY:
        asked = reader(viewer, outlet)(Likeness).where(among(Likeness.key, keys), Item.withdrawn_at.is_(None))
        for item_id, key in session.execute(asked.with_only_columns(Likeness.item_id, Likeness.key).limit(500)):
            found.setdefault(key, []).append(item_id)
    return found


def _items(ids: set[UUID], viewer: Viewer) -> dict[UUID, Item]:
    found: dict[UUID, Item] = {}
    for outlet in _SEEN_BY if ids else ():
        rows = session.scalars(select_visible(Item, viewer, outlet).where(among(Item.id, ids)))
        found |= {row.id: row for row in rows}
    return found
