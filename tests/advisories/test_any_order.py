"""The end does not depend on the order in which things come: labels against a plain oracle, releases of a library."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import EARLY, Stix
from tests.conftest import REAL_DATA
from tests.sizes import SIZES
from warp_hub.advisories.models import Provenance
from warp_hub.sharing.models import Item
from warp_hub.stix import marking_ref
from warp_hub.tlp import Marking, strictest

pytestmark = pytest.mark.long

DEFAULT = Marking.GREEN
UNREADABLE = "marking-definition--00000000-0000-4000-8000-0000000000aa"
TYPES = ("report", "grouping", "note", "indicator", "malware")
LABELS = (None, None, *Marking, UNREADABLE)


@dataclass(frozen=True)
class Thing:
    """An object: its type, its own label if any, and which others it names."""

    kind: str
    label: Marking | str | None
    names: frozenset[int]

    @property
    def gathers(self) -> bool:
        return self.kind in ("report", "grouping", "note")


def _id(kind: str, number: int) -> str:
    return f"{kind}--{UUID(int=number + 1, version=4)}"


@st.composite
def feeds(draw: st.DrawFn) -> tuple[list[Thing], list[int], list[int], bool]:
    """Draw things, an order, where it is cut into pulls, and whether the definition comes in the end."""
    count = draw(st.integers(2, 8))
    numbers = st.frozensets(st.integers(0, count - 1), max_size=4)
    things = [Thing(draw(st.sampled_from(TYPES)), draw(st.sampled_from(LABELS)), draw(numbers)) for _ in range(count)]
    order = draw(st.permutations(range(count)))
    cuts = draw(st.lists(st.integers(1, count - 1), max_size=3, unique=True))
    return things, list(order), sorted(cuts), draw(st.booleans())


def _stix(things: list[Thing], number: int) -> Stix:
    thing = things[number]
    obj: dict[str, Any] = {
        "type": thing.kind,
        "spec_version": "2.1",
        "id": _id(thing.kind, number),
        "created": EARLY,
        "modified": EARLY,
        "name": f"Thing {number}",
        "is_family": True,
        "context": "x",
        "content": "x",
        "published": EARLY,
        "pattern": "[a:b = 'c']",
        "pattern_type": "stix",
        "valid_from": EARLY,
    }
    names = [_id(things[other].kind, other) for other in sorted(thing.names)]
    if thing.gathers:
        obj["object_refs"] = names or [_id("indicator", 99)]
    if thing.label is not None:
        obj["object_marking_refs"] = [thing.label if thing.label == UNREADABLE else marking_ref(Marking(thing.label))]
    return obj


def _expected(things: list[Thing], defined: bool) -> dict[int, tuple[Marking, bool]]:
    """Work out by repetition what each thing becomes: its label, and whether it is held."""
    own = {n: Marking.AMBER if t.label == UNREADABLE and defined else t.label for n, t in enumerate(things)}
    label = {n: DEFAULT if own[n] in (None, UNREADABLE) else Marking(own[n]) for n in own}
    held = {n: own[n] == UNREADABLE for n in own}
    for _ in things:
        for n, thing in enumerate(things):
            for other in thing.names if thing.gathers else ():
                if other != n and own[other] in (None, UNREADABLE):
                    label[other] = strictest([label[other], label[n]])
                    held[other] = held[other] or held[n]
    return {n: (label[n], held[n]) for n in own}


@given(feed=feeds())
def test_labels_are_the_same_in_whatever_order_and_pieces_things_come(
    hub: Hub, feed: tuple[list[Thing], list[int], list[int], bool]
) -> None:
    things, order, cuts, defined = feed
    source = hub.feed(_warp(), marking=DEFAULT)
    objects = [_stix(things, number) for number in order]
    for start, end in zip([0, *cuts], [*cuts, len(objects)], strict=True):
        hub.pull(source, *objects[start:end])
    if defined:
        hub.pull(source, _definition())
    found = _found(hub, source.source.id)
    for number, expected in _expected(things, defined).items():
        assert found[_id(things[number].kind, number)] == expected, number


def _found(hub: Hub, source: UUID) -> dict[str, tuple[Marking, bool]]:
    items = {item.id: (item.marking, item.held is not None) for item in hub.rows(Item)}
    return {row.stix_id: items[row.item_id] for row in hub.rows(Provenance) if row.source_id == source}


def _definition() -> Stix:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": UNREADABLE,
        "created": EARLY,
        "definition_type": "statement",
        "definition": {"statement": "TLP:AMBER"},
    }


_warps: list[Any] = []


def _warp() -> Any:
    return _warps[-1]


@pytest.fixture(autouse=True)
def _one_warp(database: Any) -> None:
    warp = factories.warp()
    factories.coordinator(warp)
    _warps.append(warp)


def _releases(most: int) -> tuple[list[Stix], list[Stix]]:
    """Return two releases of a real library, no more than so many objects of a sort: changed, revoked, gone, new."""
    old, new = (
        {obj["id"]: obj for obj in json.loads((REAL_DATA / "stix" / name).read_text())["objects"]}
        for name in ("mitre_mobile-attack-6.3_21.json", "mitre_mobile-attack-13.1_21.json")
    )
    both = [name for name in old if name in new]
    sorts = (
        [name for name in both if new[name].get("revoked") and not old[name].get("revoked")],
        [name for name in both if new[name].get("modified") != old[name].get("modified")],
        [name for name in old if name not in new],
        [name for name in new if name not in old],
    )
    chosen = {name for sort in sorts for name in sort[:most]}
    return [old[name] for name in old if name in chosen], [new[name] for name in new if name in chosen]


def _end(known: Provenance, item: Item) -> tuple[Any, ...]:
    is_out = item.withdrawn_at is None
    return is_out, known.modified, known.digest, known.versions, item.title, item.summary, item.marking


@pytest.mark.real_data
def test_two_releases_of_a_real_library_end_the_same_in_either_order(hub: Hub) -> None:
    releases = _releases(30 if SIZES.real_files < 59 else 10_000)
    ends = []
    for order in (releases, releases[::-1], (releases[0] + releases[1],)):
        feed = hub.feed(trusted=True)
        for release in order:
            hub.pull(feed, *release)
            assert (hub.pull(feed).stored, hub.pull(feed).updated) == (0, 0)
        known = {row.stix_id: row for row in hub.rows(Provenance) if row.source_id == feed.source.id}
        items = {row.id: row for row in hub.rows(Item) if row.originator == feed.source.id}
        ends.append({name: _end(row, items[row.item_id]) for name, row in known.items()})
    assert ends[0] == ends[1] == ends[2]
    assert sum(not end[0] for end in ends[0].values()) >= 30
