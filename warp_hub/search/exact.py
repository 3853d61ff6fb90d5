"""Addresses, file hashes and CVEs, by their whole value or its beginning, however they were made harmless."""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from warp_hub.db import session
from warp_hub.search.places import BY_KIND
from warp_hub.sharing import words
from warp_hub.sharing.models import Indicator, Item, ItemKind, ItemVersion, Reference, Subject
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

SHORTEST, MOST, MOST_WARNINGS = 3, 50, 200
_LAST = "\U0010ffff"
_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})", re.IGNORECASE)
_CVE = re.compile(r"cve-\d{1,4}(?:-\d*)?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:\w+://\S+|[^\s@]+@\S+\.\S+|\d{1,3}(?:\.\d{1,3}){1,3}(?:\.|/\d+)?|(?:[\w-]+\.)+[^\W\d]{2,}(?:/\S*)?)"
)


@dataclass(frozen=True)
class Mention:
    """Something that names a value: its item, or the warning that leads to it.

    `label` is the strictest of the warning and of all that says the value behind it.
    """

    item: Item
    label: Marking
    is_read_somewhere: bool


@dataclass
class Sighting:
    """One value with what names it."""

    value: str
    kind: str
    by_item: dict[UUID, Mention] = field(default_factory=dict)

    @property
    def mentions(self) -> list[Mention]:
        """Return what names the value, each once."""
        return list(self.by_item.values())

    def add(self, item: Item, label: Marking, *, is_read_somewhere: bool) -> None:
        """Take note of what names the value, under its own label or a stricter one that the value came with."""
        known = self.by_item.get(item.id)
        label = strictest([item.marking, label, *([known.label] if known else [])])
        self.by_item[item.id] = Mention(item, label, is_read_somewhere)


def look_up(query: str, viewer: Viewer) -> tuple[list[Sighting], bool]:
    """Return the values that begin with what was typed, with what names them, and whether there are more."""
    rows = list(_rows(words.readable(query), viewer))
    items = _items({row.item_id for row in rows}, viewer)
    warnings = _warnings_naming([item for item in items.values() if item.kind is ItemKind.SUPPORT], viewer)
    found: dict[tuple[str, str], Sighting] = {}
    for row in rows[:MOST]:
        item = items.get(row.item_id)
        if item is None:  # it went away meanwhile
            continue
        sighting = found.setdefault((row.value, row.kind), Sighting(row.value, row.kind))
        has_page = item.kind in BY_KIND and item.about_id is None
        naming = [item] if has_page else warnings.get(item.id, [])
        for one in naming or [item]:
            sighting.add(one, item.marking, is_read_somewhere=bool(naming))
    return list(found.values()), len(rows) > MOST


def looks_like(query: str) -> str:
    """Say what somebody was looking for by its shape: "address", "file", "CVE" or "" for plain words."""
    asked = words.readable(query)
    if _HASH.fullmatch(asked):
        return "file"
    if _CVE.fullmatch(asked):
        return "CVE"
    return "address" if _ADDRESS.fullmatch(asked) or _network(asked) else ""


def _rows(asked: str, viewer: Viewer) -> Iterator[Any]:
    """Yield the rows of values by each way of writing the query; each way is one short walk along an index."""
    if len(asked) < SHORTEST:
        return
    seen = set()
    ways = [(Indicator, way) for way in _ways(asked)] + [(Subject, way) for way in _ways_of_cves(asked)]
    for part, beginning in ways:
        rows = select_visible(part, viewer, Outlet.SEARCH).where(
            part.value >= beginning, part.value < beginning + _LAST
        )
        if part is Subject:
            rows = rows.where(Subject.kind == "cve")
        columns = rows.with_only_columns(part.value, part.kind, part.item_id)
        for row in session.execute(columns.order_by(part.value, part.item_id).limit(MOST + 1)):
            if row not in seen:
                seen.add(row)
                yield row


def _ways(asked: str) -> dict[str, None]:
    """Return the ways in which what was typed may be stored: values are kept in one spelling each."""
    lower = asked.lower()
    ways = [asked, lower, _network(asked) or lower]
    if "." in asked and "://" not in asked:
        ways += [f"http://{lower}", f"https://{lower}"]
    return dict.fromkeys(ways)


def _ways_of_cves(asked: str) -> dict[str, None]:
    return dict.fromkeys([asked, asked.upper()] if asked[:3].lower() == "cve" else [asked])


def _network(asked: str) -> str:
    try:
        network = ipaddress.ip_network(asked, strict=False)
    except ValueError:
        return ""
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network)


def _items(ids: Collection[UUID], viewer: Viewer) -> dict[UUID, Item]:
    if not ids:
        return {}
    return {
        item.id: item for item in session.scalars(select_visible(Item, viewer, Outlet.SEARCH).where(Item.id.in_(ids)))
    }


def _warnings_naming(support: Collection[Item], viewer: Viewer) -> dict[UUID, list[Item]]:
    """Return the warnings of the same source that name these objects, newest first, as far as the viewer may see."""
    if not support:
        return {}
    objects = select_visible(ItemVersion, viewer, Outlet.SEARCH).where(
        ItemVersion.item_id.in_([one.id for one in support])
    )
    pairs = session.execute(objects.with_only_columns(ItemVersion.stix_id, ItemVersion.item_id).distinct()).all()
    naming = (
        select_visible(Reference, viewer, Outlet.SEARCH)
        .join(Item, Item.id == Reference.item_id)
        .where(Reference.target.in_([pair.stix_id for pair in pairs]), Item.kind == ItemKind.ADVISORY)
        .with_only_columns(Reference.target, Item)
        .order_by(Item.published_at.desc(), Item.id.desc())
        .limit(MOST_WARNINGS)
    )
    by_name: dict[str, list[Item]] = defaultdict(list)
    for target, warning in session.execute(naming):
        by_name[target].append(warning)
    sources = {one.id: one.originator for one in support}
    found: dict[UUID, list[Item]] = defaultdict(list)
    for stix_id, item_id in pairs:
        found[item_id] += [one for one in by_name[stix_id] if one.originator == sources[item_id]]
    return found
