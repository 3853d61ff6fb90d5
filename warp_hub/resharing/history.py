"""How the label of an item changed, and to whom it was let go: what its page says of that."""

from collections.abc import Sequence

from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.sharing.models import Item, LabelChange, ShareGrant
from warp_hub.sharing.visibility import select_kept, select_visible
from warp_hub.tlp import Outlet

MOST = 20


def label_changes(item: Item) -> Sequence[LabelChange]:
    """Return how the label of an item changed, for whoever reads it, newest first."""
    return _changes(item, Outlet.PAGE)


def label_changes_at_desk(item: Item) -> Sequence[LabelChange]:
    """Return how the label of an item changed, for whoever works on it, newest first."""
    return _changes(item, Outlet.DESK)


def grants_of(item: Item) -> Sequence[ShareGrant]:
    """Return to whom an item was let go as well, for those on whose desk that was decided, newest first."""
    granted = select_kept(ShareGrant, visitor().viewer).where(ShareGrant.item_id == item.id)
    return session.scalars(granted.order_by(ShareGrant.granted_at.desc()).limit(MOST)).all()


def _changes(item: Item, outlet: Outlet) -> Sequence[LabelChange]:
    changes = select_visible(LabelChange, visitor().viewer, outlet).where(LabelChange.item_id == item.id)
    return session.scalars(changes.order_by(LabelChange.changed_at.desc()).limit(MOST)).all()
