"""One warning from several sources: a list shows it once to whoever receives the one that leads.

`Item.same_as_id` names the leader. Nothing is merged and nothing is lost: whoever does not receive the leader,
or does not any more, meets the other as if there were no leader. Who may become a leader is decided in
`advisories.same`; what everybody else needs is here.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from warp_hub.db import among, session
from warp_hub.sharing.models import Item, Severity
from warp_hub.sharing.visibility import select_visible, visible_to
from warp_hub.tlp import Outlet, Viewer

LEADER = aliased(Item)


def shown_once(
    viewer: Viewer,
    outlet: Outlet,
    *,
    carried_by: UUID | None = None,
    severity: Severity | None = None,
    narrowed: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """Say which items no leader stands for, among those that this viewer receives through this outlet.

    Add it to a scoped select of Item. `carried_by` asks that this WARP passed the leader on as well: its digest
    leaves out only what it has told under the other. `severity`, and `narrowed` in words of LEADER, are what the list
    is narrowed to: a leader that is not in it stands for nothing.
    """
    of_warp = [LEADER.passed_by.contains([carried_by])] if carried_by else []
    in_list = [LEADER.severity == severity] if severity else []
    # A scalar subselect and no EXISTS: it is asked only of the few that have a leader, and never becomes a join.
    received = select(LEADER.id).where(LEADER.id == Item.same_as_id, visible_to(viewer, outlet, LEADER))
    received = received.where(*of_warp, *in_list, *([] if narrowed is None else [narrowed]))
    return or_(Item.same_as_id.is_(None), received.correlate(Item).scalar_subquery().is_(None))


def others_of(item: Item, viewer: Viewer, outlet: Outlet) -> list[Item]:
    """Return the items that tell the same as this leader, of those that this viewer may have, oldest first."""
    asked = select_visible(Item, viewer, outlet).where(Item.same_as_id == item.id)
    return list(session.scalars(asked.order_by(Item.published_at, Item.id).limit(20)))


def count_others(ids: Collection[UUID], viewer: Viewer, outlet: Outlet) -> dict[UUID, int]:
    """Return how many more sources tell of each of these items, counting only what this viewer may have."""
    if not ids:
        return {}
    asked: Any = select_visible(Item, viewer, outlet).where(among(Item.same_as_id, ids))
    sources = func.count(Item.originator.distinct())
    return {
        row[0]: row[1]
        for row in session.execute(asked.with_only_columns(Item.same_as_id, sources).group_by(Item.same_as_id))
    }
