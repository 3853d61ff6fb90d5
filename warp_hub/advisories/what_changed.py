"""What is different in a newer version of a warning, said in plain sentences from its two STIX objects.

What it names is counted only as far as its reader receives it: a number would tell of the rest.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import orjson
from flask_babel import gettext as _
from flask_babel import ngettext

from warp_hub import stix
from warp_hub.access import visitor
from warp_hub.advisories.sorting import without_advice
from warp_hub.db import among, session
from warp_hub.sharing.models import ItemVersion
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Outlet

_VERSION = re.compile(r"(?<![\w.])v?\d+(?:\.\d+){1,4}(?:[a-z]\d{0,3})?(?!\w)", re.IGNORECASE)
_FIXED = re.compile(r"fix|patch|upgrad|updat|install|resolv|datrys|diweddar|gosod", re.IGNORECASE)
_AROUND = 60
_LISTED = 3
_VALUES = ("indicator", "observed-data", "ipv4-addr", "ipv6-addr", "domain-name", "url", "file", "email-addr")
_PRODUCTS, _WEAKNESSES = ("software",), ("vulnerability",)
# What is said of by itself, and what says nothing to a reader.
_TOLD_APART = frozenset(
    ("name", "description", "object_refs", "external_references", "object_marking_refs", "labels", "revoked")
)
_NOT_TOLD = frozenset(
    ("modified", "created", "id", "type", "spec_version", "created_by_ref", "extensions", "published")
)

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One version of a warning: when it was made, whether it is the first, and what it changed."""

    modified: datetime
    is_first: bool
    changes: Sequence[str]


def history_of(versions: Sequence[ItemVersion], outlet: Outlet = Outlet.PAGE) -> list[Step]:
    """Return the versions of one warning, newest first as given, each with what it changed, for whoever is looking."""
    objects = [orjson.loads(version.content) for version in versions]
    received = _received(objects, outlet) if len(objects) > 1 else frozenset()
    steps = [
        Step(version.modified, False, what_changed(old, new, received))
        for version, (new, old) in zip(versions, pairwise(objects), strict=False)
    ]
    return [*steps, *(Step(version.modified, True, ()) for version in versions[-1:])]


def what_changed(old: Object, new: Object, received: Collection[str]) -> list[str]:
    """Return what is different, in a few sentences without their full stop, beginning with what matters most.

    Of the objects that came to be named, or are no longer, those are counted whose ids are among `received`.
    """
    found = [
        *_of_text(str(old.get("description") or ""), str(new.get("description") or "")),
        *([_("the title changed")] if old.get("name") != new.get("name") else []),
        *_of_names(_refs(old), _refs(new), received),
        *_of_references(old, new),
        *([_("its label changed")] if _set(old, "object_marking_refs") != _set(new, "object_marking_refs") else []),
        *([_("its key words changed")] if _set(old, "labels") != _set(new, "labels") else []),
    ]
    others = {key for key in {*old, *new} - _TOLD_APART - _NOT_TOLD if old.get(key) != new.get(key)}
    found += [_("details changed")] if others else []
    return [str(one) for one in found] or [str(_("issued again without a change"))]


def _of_text(old: str, new: str) -> Iterable[str]:
    if old == new:
        return []
    versions = _moved_version(old, new)
    if versions is not None:
        return [versions]
    (body_before, advice_before), (body, advice) = without_advice(old), without_advice(new)
    told = [_("what to do changed")] if advice_before.strip() != advice.strip() else []
    return [*told, *([_("the description changed")] if body_before.strip() != body.strip() else [])]


def _moved_version(old: str, new: str) -> str | None:
    """Return the sentence on a number of a version that became another, where nothing else of the text changed."""
    before, after = _VERSION.findall(old), _VERSION.findall(new)
    moved = {(one, other) for one, other in zip(before, after, strict=False) if one != other}
    if len(before) != len(after) or len(moved) != 1 or _VERSION.sub("\0", old) != _VERSION.sub("\0", new):
        return None
    ((one, other),) = moved
    place = new.find(other)
    is_fix = _FIXED.search(new[max(place - _AROUND, 0) : place + _AROUND])
    if not is_fix or _is_address(one) or _is_address(other):
        return None
    return str(_("fixed version changed from %(old)s to %(new)s", old=one, new=other))


def _is_address(number: str) -> bool:
    """Say whether it could be an address of the internet, which is not written where it could be opened."""
    parts = number.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def _of_names(old: Collection[str], new: Collection[str], received: Collection[str]) -> Iterable[str]:
    added = [name for name in new if name not in old and name in received]
    gone = [name for name in old if name not in new and name in received]
    told = []
    if count := _count(added, _VALUES):
        told.append(ngettext("%(num)d address or file added", "%(num)d addresses or files added", count))
    if count := _count(gone, _VALUES):
        told.append(ngettext("%(num)d address or file removed", "%(num)d addresses or files removed", count))
    if count := _count(added, _PRODUCTS):
        told.append(ngettext("%(num)d product added", "%(num)d products added", count))
    if count := _count(gone, _PRODUCTS):
        told.append(ngettext("%(num)d product removed", "%(num)d products removed", count))
    if count := _count([*added, *gone], _WEAKNESSES):
        told.append(ngettext("%(num)d CVE added or removed", "%(num)d CVEs added or removed", count))
    rest = len(added) + len(gone) - _count([*added, *gone], (*_VALUES, *_PRODUCTS, *_WEAKNESSES))
    return [*told, *([_("what stands behind it changed")] if rest else [])]


def _of_references(old: Object, new: Object) -> Iterable[str]:
    before, after = _references(old), _references(new)
    if before == after:
        return []
    cves = sorted(name for name in after - before if name.startswith("CVE-"))
    if cves:
        more = _(" and more") if len(cves) > _LISTED else ""
        return [_("%(cves)s added", cves=", ".join(cves[:_LISTED])) + more]
    return [_("its references changed")]


def _references(obj: Object) -> set[str]:
    found = obj.get("external_references")
    named = (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
    return {str(one.get("external_id") or one.get("url") or one.get("source_name")) for one in named}


def _received(objects: Sequence[Object], outlet: Outlet) -> frozenset[str]:
    """Return which of the objects that these versions name do not all name, and whoever is looking receives."""
    named = [frozenset(_refs(obj)) for obj in objects]
    moved = frozenset[str]().union(*named) - frozenset.intersection(*named)
    if not moved:
        return frozenset()
    seen = select_visible(ItemVersion, visitor().viewer, outlet).where(among(ItemVersion.stix_id, moved))
    return frozenset(session.scalars(seen.with_only_columns(ItemVersion.stix_id).distinct()))


def _refs(obj: Object) -> list[str]:
    found = obj.get("object_refs")
    return [ref for ref in found if stix.is_stix_id(ref)] if isinstance(found, list) else []


def _set(obj: Object, key: str) -> frozenset[str]:
    found = obj.get(key)
    return frozenset(str(one) for one in found) if isinstance(found, list) else frozenset()


def _count(names: Iterable[str], types: Collection[str]) -> int:
    return sum(1 for name in names if name.split("--", 1)[0] in types)
