"""What came in one page, compared with what is known of this source: new, newer, older, twice or refused.

Identity is (source, STIX id). A copy that another source sends is an item of its own, so no source can
rewrite, revoke, re-mark, squat on or silence what another one said.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from feeds.contract import BadObject, StixObject
from warp_hub import stix
from warp_hub.advisories import quarantine
from warp_hub.advisories.models import Provenance
from warp_hub.advisories.quarantine import Refused
from warp_hub.advisories.scopes import house
from warp_hub.db import among, session
from warp_hub.sharing.models import ItemVersion
from warp_hub.stix.definitions import read_definition
from warp_hub.stix.markings import TLP2_EXTENSION, marking_of_id
from warp_hub.stix.objects import EPOCH

MOST_VERSIONS = 500
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One version of one object."""

    obj: StixObject
    version: datetime
    digest: bytes

    @property
    def data(self) -> dict[str, Any]:
        """Return the object."""
        return self.obj.data

    def refused(self, reason: str) -> Refused:
        """Return this arrival as something not taken in."""
        return Refused(self.obj.text.encode(), reason, self.obj.id)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an object of this source."""

    item_id: UUID
    modified: datetime
    digest: bytes
    versions: int


@dataclass
class Sorted:
    """The versions of each object in their order; an object is fresh, or known and then has versions to add."""

    fresh: list[list[Arrival]] = field(default_factory=list)
    known: list[tuple[Known, list[Arrival]]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    duplicates: int = 0


def sort_out(objects: Iterable[StixObject], bad: Iterable[BadObject], source_id: UUID) -> Sorted:
    """Return what came, each version once, with what is already held counted and what contradicts it refused."""
    found = Sorted(refused=[Refused(one.raw, one.reason, one.stix_id) for one in bad])
    groups = _grouped(objects, found)
    known = _known(source_id, groups)
    held = _held_versions([(known[name], group) for name, group in groups.items() if name in known])
    for name, group in groups.items():
        if name not in known:
            found.fresh.append(_at_most(group, MOST_VERSIONS, found))
        elif added := _unheld(group, known[name], held, found):
            room = max(MOST_VERSIONS - known[name].versions, 0)
            if kept := _at_most(added, room, found):
                found.known.append((known[name], kept))
    return found


def digest_of(data: Mapping[str, Any]) -> bytes:
    """Return what two objects with the same content share, whatever the order of their keys."""
    return hashlib.blake2b(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def _grouped(objects: Iterable[StixObject], found: Sorted) -> dict[str, list[Arrival]]:
    groups: dict[str, list[Arrival]] = {}
    for obj in objects:
        arrival = Arrival(obj, stix.version_of(obj.data), digest_of(obj.data))
        if fault := _fault_of(arrival):
            found.refused.append(arrival.refused(fault))
            continue
        group = groups.setdefault(obj.id, [])
        same = next((one for one in group if one.version == arrival.version), None)
        if same is None:
            group.append(arrival)
        else:
            _note_second(arrival, same.digest, found)
    for group in groups.values():
        group.sort(key=lambda one: one.version)
    return groups


def _note_second(arrival: Arrival, first: bytes, found: Sorted) -> None:
    if arrival.digest == first:
        found.duplicates += 1
    else:
        found.refused.append(arrival.refused(quarantine.CONFLICT))


def _fault_of(arrival: Arrival) -> str | None:
    if not EPOCH <= arrival.version <= LATEST:
        return quarantine.OUT_OF_TIME
    return quarantine.REDEFINED if _redefines_a_label(arrival.obj) else None


def _redefines_a_label(obj: StixObject) -> bool:
    fixed = marking_of_id(obj.id) if obj.type == "marking-definition" else None
    if fixed is None:
        return False
    meant = read_definition(obj.data, TLP2_EXTENSION)
    return bool(meant.markings) and meant.markings != {fixed}


def _known(source_id: UUID, names: Iterable[str]) -> dict[str, Known]:
    columns = (Provenance.item_id, Provenance.modified, Provenance.digest, Provenance.versions)
    rows: Any = select(Provenance.stix_id, *columns).where(
        Provenance.source_id == source_id, among(Provenance.stix_id, names)
    )
    return {row.stix_id: Known(*row[1:]) for row in session.execute(rows)}


def _held_versions(groups: list[tuple[Known, list[Arrival]]]) -> dict[tuple[UUID, datetime], bytes]:
    """Return the digests of older versions, read only for objects of which older versions came."""
    items = [known.item_id for known, group in groups if any(one.version < known.modified for one in group)]
    if not items:
        return {}
    columns = house(ItemVersion).where(among(ItemVersion.item_id, items))
    rows = session.execute(columns.with_only_columns(ItemVersion.item_id, ItemVersion.modified, ItemVersion.content))
    return {(item_id, modified): digest_of(orjson.loads(content)) for item_id, modified, content in rows}


def _unheld(
    group: list[Arrival], known: Known, held: Mapping[tuple[UUID, datetime], bytes], found: Sorted
) -> list[Arrival]:
    added = []
    for arrival in group:
        first = known.digest if arrival.version == known.modified else held.get((known.item_id, arrival.version))
        if first is None:
            added.append(arrival)
        else:
            _note_second(arrival, first, found)
    return added


def _at_most(group: list[Arrival], room: int, found: Sorted) -> list[Arrival]:
    """Keep the newest versions there is room for."""
    kept = group[-room:] if room else []
    surplus = group[: len(group) - len(kept)]
    found.refused += [one.refused(quarantine.TOO_MANY_VERSIONS) for one in surplus]
    return kept
