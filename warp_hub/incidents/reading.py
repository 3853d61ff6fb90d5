"""What pages show of incidents, all of it by the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from warp_hub.db import session
from warp_hub.incidents.models import SharedIncident
from warp_hub.incidents.reports import PARTS
from warp_hub.memberships.models import Warp
from warp_hub.sharing import block_lists
from warp_hub.sharing.models import Indicator, Item, ItemKind
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.tlp import Outlet, Viewer

MOST_VALUES = 2000


@dataclass(frozen=True)
class Incident:
    """Everything one incident's page shows to one viewer."""

    item: Item
    told: SharedIncident
    warp_name: str
    values: Sequence[IndicatorValue]
    to_block: block_lists.ToBlock

    @property
    def texts(self) -> dict[str, str]:
        """Return what it says, by its part."""
        return {part: getattr(self.told, part) for part in PARTS}


def select_incidents(viewer: Viewer) -> Select[Any]:
    """Return the select of the incidents this viewer may read, for a list."""
    return select_visible(Item, viewer, Outlet.PAGE).where(Item.kind == ItemKind.SHARED_INCIDENT)


def find_incident(item_id: UUID, viewer: Viewer) -> Incident | None:
    """Return one incident as this viewer may see it, or None."""
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.PAGE)
    told: SharedIncident | None = find_visible(SharedIncident, item_id, viewer, Outlet.PAGE)
    if item is None or told is None:
        return None
    name = session.scalar(select(Warp.name).where(Warp.id == told.warp_id)) or ""
    return Incident(item, told, name, _values(item_id, viewer), block_lists.of_items([item_id], viewer))


def _values(item_id: UUID, viewer: Viewer) -> list[IndicatorValue]:
    asked = select_visible(Indicator, viewer, Outlet.PAGE).where(Indicator.item_id == item_id)
    rows = session.scalars(asked.order_by(Indicator.kind, Indicator.value).limit(MOST_VALUES))
    return [IndicatorValue(IndicatorKind(row.kind), row.value) for row in rows]
