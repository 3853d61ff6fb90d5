"""Values that a member may put on a block list: what the rule lets leave in a file, as a firewall takes it.

Left out is whatever its source lets nobody act on (PAP:AMBER and PAP:RED, an unreadable PAP too), by itself or
because what names it says so, and every other copy of that value; and whatever would block nothing or too much: an
address of a private network, a whole network of the internet, a name without a dot.
"""

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, any_, cast, exists, or_
from sqlalchemy.orm import aliased

from warp_hub.db import session
from warp_hub.sharing.models import Indicator, Item, ItemVersion, Reference
from warp_hub.sharing.visibility import select_visible, visible_to
from warp_hub.stix import IndicatorKind, Pap
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

MOST, MOST_OF_ITEMS = 50_000, 2_000
WIDEST_IPV4, WIDEST_IPV6 = 16, 32
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

# Who blocks one of these cuts off themselves: this host, private and local networks, everybody at once.
_NOT_PUBLIC_IPV4 = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
_NOT_PUBLIC_IPV4 += ["192.168.0.0/16", "224.0.0.0/3"]
_NOT_PUBLIC_IPV6 = ["::/127", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"]
_NOT_PUBLIC = [ipaddress.ip_network(network) for network in (*_NOT_PUBLIC_IPV4, *_NOT_PUBLIC_IPV6)]
_DOMAIN = re.compile(r"(?=.{3,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_EMAIL = re.compile(r"[!-?A-~]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_MAY_STAND_IN_URL = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True)
class BlockList:
    """Values fit for a list, each once and in order, the strictest label among them, and whether more were left out."""

    values: list[tuple[str, str]]
    label: Marking | None
    is_cut: bool


def newest(viewer: Viewer, kinds: Collection[str], since: datetime, most: int = MOST) -> BlockList:
    """Return the values of these kinds that came or changed since then, the newest where there are too many."""
    asked = _select(viewer, kinds).where(Item.added_at >= since)
    rows = session.execute(asked.order_by(Item.added_at.desc(), Item.id, Indicator.value).limit(most + 1)).all()
    found, labels = _fitting(rows[:most])
    return BlockList(found, strictest(labels) if labels else None, len(rows) > most)


def of_items(item_ids: Collection[UUID], viewer: Viewer) -> dict[str, list[str]]:
    """Return what these items give to block, by the name of its list; {} where nothing may leave by a file."""
    # One array: a thousand parameters cost a page's time.
    asked = _select(viewer, KINDS).where(Item.id == any_(cast(list(item_ids), ARRAY(Uuid()))))
    rows = session.execute(asked.order_by(Indicator.kind, Indicator.value).limit(MOST_OF_ITEMS)).all()
    found, _labels = _fitting(rows)
    lists = {name: [value for kind, value in found if kind in kinds] for name, kinds in LISTS.items()}
    return {name: values for name, values in lists.items() if values}


def fit(kind: str, value: str) -> str | None:
    """Return the value as it may stand on a line of a block list, or None when it may not."""
    if kind in LISTS["ip"]:
        return _fit_network(value)
    if kind == IndicatorKind.DOMAIN:
        return _fit_domain(value)
    if kind == IndicatorKind.URL:
        return _fit_url(value)
    if kind == IndicatorKind.EMAIL:
        return value.lower() if _EMAIL.fullmatch(value.lower()) else None
    return value.lower() if kind in KINDS and _HASH.fullmatch(value.lower()) else None


def _select(viewer: Viewer, kinds: Collection[str]) -> Select[str, str, Marking]:
    asked = (
        select_visible(Item, viewer, Outlet.FILE)
        .join(Indicator, Indicator.item_id == Item.id)
        .where(Indicator.kind.in_(sorted(kinds)), _may_be_acted_on(Item))
        .with_only_columns(Indicator.kind, Indicator.value, Item.marking)
    )
    return asked.where(~_is_restricted_elsewhere(viewer), ~_is_named_restricted(viewer)) if _any(viewer) else asked


def _any(viewer: Viewer) -> bool:
    """Say whether this viewer may know of anything restricted at all: seldom, and then the lists cost more."""
    restricted = select_visible(Item, viewer, Outlet.FILE).where(_is_restricted(Item))
    return session.execute(restricted.with_only_columns(Item.id).limit(1)).first() is not None


def _may_be_acted_on(item: Any) -> ColumnElement[bool]:
    return or_(item.pap.is_(None), item.pap.in_(MAY_BE_ACTED_ON))


def _is_restricted(item: Any) -> ColumnElement[bool]:
    return and_(item.pap.is_not(None), item.pap.not_in(MAY_BE_ACTED_ON))


def _is_restricted_elsewhere(viewer: Viewer) -> ColumnElement[bool]:
    """Say that another item which this viewer receives has the same value under a restriction."""
    other, same = aliased(Item), aliased(Indicator)
    return exists().where(
        same.value == Indicator.value,
        other.id == same.item_id,
        _is_restricted(other),
        visible_to(viewer, Outlet.FILE, other),
    )


def _is_named_restricted(viewer: Viewer) -> ColumnElement[bool]:
    """Say that an item without a word on this is named by one of its source that is restricted."""
    whole, naming, version = aliased(Item), aliased(Reference), aliased(ItemVersion)
    return exists().where(
        Item.pap.is_(None),
        version.item_id == Item.id,
        naming.target == version.stix_id,
        whole.id == naming.item_id,
        whole.originator == Item.originator,
        _is_restricted(whole),
        visible_to(viewer, Outlet.FILE, whole),
    )


def _fitting(rows: Iterable[Any]) -> tuple[list[tuple[str, str]], set[Marking]]:
    """Return what fits, each once and in order, with the labels of what is among it."""
    found: set[tuple[str, str]] = set()
    labels: set[Marking] = set()
    for kind, value, marking in rows:
        line = fit(kind, value)
        if line is not None:
            found.add((kind, line))
            labels.add(marking)
    return sorted(found), labels


def _fit_network(value: str) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    widest = WIDEST_IPV4 if network.version == 4 else WIDEST_IPV6
    if network.prefixlen < widest or not _is_public(network):
        return None
    is_host = network.prefixlen == network.max_prefixlen
    return str(network.network_address if is_host else network)


def _is_public(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return not any(network.version == inner.version and network.overlaps(inner) for inner in _NOT_PUBLIC)


def _fit_domain(value: str) -> str | None:
    name = value.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return None
    # A name whose last part is a number is an address that nobody could read.
    return name if _DOMAIN.fullmatch(name) and not name.rpartition(".")[2].isdigit() else None


def _fit_url(value: str) -> str | None:
    if re.search(r"[\x00-\x20\x7f\s\u200b-\u200f\u2028-\u202f]", value):
        return None
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "ftp") or not (_fit_network(host) or _fit_domain(host)):
        return None
    return quote(value, safe=_MAY_STAND_IN_URL)
