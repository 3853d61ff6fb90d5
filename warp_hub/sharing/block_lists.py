"""Values that a member may put on a block list: what the rule lets leave in a file, as a firewall takes it.

Left out is whatever its source lets nobody act on (PAP:AMBER and PAP:RED, an unreadable PAP too), by itself or
because what names it says so, and every other copy of that value; what its source says is not valid any more; and
whatever would block nothing or too much: an address of a private network, a whole network, a name without a dot.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from warp_hub.db import among, app_now, session
from warp_hub.sharing.models import Indicator, Item, ItemVersion, Reference
from warp_hub.sharing.visibility import select_visible
from warp_hub.stix import IndicatorKind, Pap
from warp_hub.stix.blockable import fit
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

MOST, MOST_OF_ITEMS = 50_000, 2_000
MAY_BE_ACTED_ON = (Pap.CLEAR.value, Pap.GREEN.value)

# What a list is called in addresses, and the kinds of value that are on it.
LISTS: dict[str, frozenset[str]] = {
    "ip": frozenset({IndicatorKind.IPV4, IndicatorKind.IPV6}),
    "domain": frozenset({IndicatorKind.DOMAIN}),
    "url": frozenset({IndicatorKind.URL}),
    "email": frozenset({IndicatorKind.EMAIL}),
    "sha256": frozenset({IndicatorKind.SHA256}),
    "sha1": frozenset({IndicatorKind.SHA1}),
    "md5": frozenset({IndicatorKind.MD5}),
}
# A list of one sort of address alone, and the names that STIX has for them.
ALSO_CALLED: dict[str, frozenset[str]] = {
    "ipv4": frozenset({IndicatorKind.IPV4}),
    "ipv4-addr": frozenset({IndicatorKind.IPV4}),
    "ipv6": frozenset({IndicatorKind.IPV6}),
    "ipv6-addr": frozenset({IndicatorKind.IPV6}),
    "domain-name": LISTS["domain"],
    "email-addr": LISTS["email"],
}
KINDS = frozenset[str]().union(*LISTS.values())


@dataclass(frozen=True)
class BlockList:
    """Values fit for a list, each once and in order, the strictest label among them, and whether more were left out.

    `items` are those that gave one.
    """

    values: list[tuple[str, str]]
    label: Marking | None
    is_cut: bool
    items: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class ToBlock:
    """What a page offers to block, by the name of its list, and the strictest label among it (None where none is)."""

    lists: dict[str, list[str]] = field(default_factory=dict)
    label: Marking | None = None

    def label_on(self, page: Marking) -> Marking:
        """Return the label under which these values leave a page that is itself under this label."""
        return strictest([page, *([self.label] if self.label else [])])


def newest(viewer: Viewer, kinds: Collection[str], since: datetime, most: int = MOST) -> BlockList:
    """Return the values of these kinds that came or changed since then, the newest where there are too many."""
    asked = _select(viewer, kinds).where(Item.added_at >= since)
    rows = session.execute(asked.order_by(Item.added_at.desc(), Item.id, Indicator.value).limit(most + 1)).all()
    found, labels, items = _fitting(_unrestricted(rows[:most], viewer))
    return BlockList(found, strictest(labels) if labels else None, len(rows) > most, frozenset(items))


def of_items(item_ids: Collection[UUID], viewer: Viewer) -> ToBlock:
    """Return what these items give to block, as far as it may leave by a file."""
    asked = _select(viewer, KINDS).where(among(Item.id, item_ids))
    rows = session.execute(asked.order_by(Indicator.kind, Indicator.value).limit(MOST_OF_ITEMS)).all()
    found, labels, _items = _fitting(_unrestricted(rows, viewer))
    lists = {name: [value for kind, value in found if kind in kinds] for name, kinds in LISTS.items()}
    given = {name: values for name, values in lists.items() if values}
    return ToBlock(given, strictest(labels) if labels else None)


def _select(viewer: Viewer, kinds: Collection[str]) -> Select[UUID, UUID, str | None, str, str, Marking]:
    asked: Select[Any] = select_visible(Item, viewer, Outlet.FILE).join(Indicator, Indicator.item_id == Item.id)
    asked = asked.where(Indicator.kind.in_(sorted(kinds)), or_(Item.pap.is_(None), Item.pap.in_(MAY_BE_ACTED_ON)))
    asked = asked.where(or_(Indicator.valid_until.is_(None), Indicator.valid_until > app_now()))
    said = (Indicator.kind, Indicator.value, Item.marking)
    return asked.with_only_columns(Item.id, Item.originator, Item.pap, *said)


def _unrestricted(rows: Sequence[Any], viewer: Viewer) -> Sequence[Any]:
    """Return those rows whose value nothing that this viewer receives restricts."""
    if session.execute(_restricted(viewer).with_only_columns(Item.id).limit(1)).first() is None:
        return rows
    # A page asks about its own values; for a long list it is faster to fetch all that is restricted.
    is_long = len(rows) > MOST_OF_ITEMS
    watched = _all_values(viewer) if is_long else _values_among(viewer, {row.value for row in rows})
    named = _all_named(viewer) if is_long else _named_among(viewer, {row.id for row in rows})
    return [
        row for row in rows if row.value not in watched and not (row.pap is None and (row.id, row.originator) in named)
    ]


def _restricted(viewer: Viewer) -> Select[Any]:
    restricted = select_visible(Item, viewer, Outlet.FILE)
    return restricted.where(Item.pap.is_not(None), Item.pap.not_in(MAY_BE_ACTED_ON))


def _all_values(viewer: Viewer) -> set[str]:
    found = _restricted(viewer).join(Indicator, Indicator.item_id == Item.id)
    return set(session.scalars(found.with_only_columns(Indicator.value)))


def _values_among(viewer: Viewer, values: Collection[str]) -> set[str]:
    # Materialized: the planner else begins with all that is restricted, 30 times as slow at 2,000 of it.
    same = select(Indicator.item_id, Indicator.value).where(among(Indicator.value, values))
    these = same.cte("these").prefix_with("MATERIALIZED")
    found = _restricted(viewer).join(these, these.c.item_id == Item.id)
    return set(session.scalars(found.with_only_columns(these.c.value)))


def _all_named(viewer: Viewer) -> set[tuple[UUID, UUID]]:
    naming = _restricted(viewer).join(Reference, Reference.item_id == Item.id)
    found = naming.join(ItemVersion, ItemVersion.stix_id == Reference.target)
    return {(row[0], row[1]) for row in session.execute(found.with_only_columns(ItemVersion.item_id, Item.originator))}


def _named_among(viewer: Viewer, item_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return which of these items something restricted names, with the source that does so."""
    versions = select(ItemVersion.item_id, Reference.item_id.label("by"))
    named = versions.join(Reference, Reference.target == ItemVersion.stix_id)
    these = named.where(among(ItemVersion.item_id, item_ids)).cte("these").prefix_with("MATERIALIZED")
    found = _restricted(viewer).join(these, these.c.by == Item.id)
    return {(row[0], row[1]) for row in session.execute(found.with_only_columns(these.c.item_id, Item.originator))}


def _fitting(rows: Iterable[Any]) -> tuple[list[tuple[str, str]], set[Marking], set[UUID]]:
    """Return what fits, each once and in order, with the labels and the items of what is among it."""
    found: set[tuple[str, str]] = set()
    labels: set[Marking] = set()
    items: set[UUID] = set()
    for row in rows:
        line = fit(row.kind, row.value)
        if line is not None:
            found.add((row.kind, line))
            labels.add(row.marking)
            items.add(row.id)
    return sorted(found), labels, items
