"""What an object's markings say, by the ids that OASIS fixed; a source cannot redefine them.

The ids come from the OASIS common objects and from nowhere else: other projects' tables hold wrong ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from warp_hub.stix.definitions import Meaning, mean_nothing, read_definition, read_text
from warp_hub.stix.labels import LEGACY, N_, Pap, read_pap, speaks_of_tlp
from warp_hub.tlp import Marking, strictest

TLP2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP2_IDS = {
    Marking.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Marking.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Marking.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Marking.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Marking.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# There is none for TLP:AMBER+STRICT: calling it version 1 amber would widen who receives it.
TLP1_IDS = {
    Marking.CLEAR: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    Marking.GREEN: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    Marking.AMBER: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    Marking.RED: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
OPENCTI_AMBER_STRICT = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"

_TLP1_MARKINGS = {marking_id: marking for marking, marking_id in TLP1_IDS.items()}
_BY_ID = {marking_id: marking for marking, marking_id in TLP2_IDS.items()} | _TLP1_MARKINGS
_BY_ID[OPENCTI_AMBER_STRICT] = Marking.AMBER_STRICT

SEVERAL = N_("Several TLP labels were given. The strictest of them counts.")
PART = N_("Only a part of the object carries its label. The label counts for the whole object.")
_MOST_UNKNOWN, _LONGEST_UNKNOWN = 20, 120
# Where an object can say more about its handling than by a plain list of ids.
_ELSEWHERE = frozenset({"granular_markings", "labels", "objects"})
_FEW = 5


@dataclass(frozen=True, slots=True)
class MarkingReading:
    """What an object says about its handling.

    No marking and nothing unknown is an unmarked object. With anything unknown it must be held,
    whatever the marking: somebody limited it in a way that we cannot read.
    """

    marking: Marking | None = None
    unknown: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    chatham_house: bool = False
    pap: Pap | None = None

    @property
    def is_held(self) -> bool:
        """Say whether a coordinator must decide before anybody receives the object."""
        return bool(self.unknown)


@dataclass(slots=True)
class _Tally:
    markings: set[Marking] = field(default_factory=set)
    paps: set[Pap] = field(default_factory=set)
    unknown: dict[str, None] = field(default_factory=dict)
    statements: dict[str, None] = field(default_factory=dict)
    notices: dict[str, None] = field(default_factory=dict)
    chatham_house: bool = False

    def add(self, meaning: Meaning, name: object) -> None:
        if meaning.is_unknown:
            self.unknown[_shown(name)] = None
        self.markings |= meaning.markings
        self.paps |= meaning.paps
        self.statements |= dict.fromkeys(meaning.statements)
        self.notices |= dict.fromkeys(meaning.notices)
        self.chatham_house = self.chatham_house or meaning.chatham_house


def read_markings(obj: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> MarkingReading:
    """Return the strictest label an object carries and what of its markings could not be read."""
    if _ELSEWHERE.isdisjoint(obj):
        refs = obj.get("object_marking_refs", [])
        if isinstance(refs, list) and len(refs) <= _FEW and all(isinstance(ref, str) and ref in _BY_ID for ref in refs):
            return _read_fixed(tuple(refs))
    return _read(obj, definitions)


@lru_cache(maxsize=100)
def _read_fixed(refs: tuple[str, ...]) -> MarkingReading:
    """Read what most objects carry: nothing, or labels whose ids are fixed, which no source defines otherwise."""
    return _read({"object_marking_refs": refs}, None)


def _read(obj: Mapping[str, Any], definitions: Mapping[str, Any] | None) -> MarkingReading:
    tally = _Tally()
    known: Mapping[str, Any] = definitions or {}
    for part in _marked_parts(obj):
        for reference in _references_of(part.get("object_marking_refs")):
            tally.add(_meaning_of(reference, known), reference)
        for reference in _granular_references(part.get("granular_markings")):
            tally.add(_meaning_of(reference, known), reference)
            tally.notices[PART] = None
        for label in _labels_of(part.get("labels")):
            tally.add(_meaning_of_label(label), label)
    return _summed_up(tally)


def marking_ref(marking: Marking) -> str:
    """Return the id by which everything that goes out carries this label."""
    return TLP2_IDS[marking]


def legacy_marking_ref(marking: Marking) -> str | None:
    """Return the id of TLP version 1 for old consumers, or None when the object must be withheld from them."""
    return TLP1_IDS.get(marking)


def marking_object(marking: Marking) -> dict[str, Any]:
    """Return the marking definition of one label, exactly as OASIS publishes it."""
    word = marking.value.removeprefix("TLP:").lower()
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP2_IDS[marking],
        "created": "2022-10-01T00:00:00.000Z",
        "name": marking.value,
        "extensions": {TLP2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": word}},
    }


def marking_objects() -> list[dict[str, Any]]:
    """Return the five marking definitions of TLP 2.0, for export."""
    return [marking_object(marking) for marking in Marking]


def marking_of_id(marking_id: str) -> Marking | None:
    """Return the label whose fixed id this is, or None."""
    return _BY_ID.get(marking_id.strip().lower())


def _marked_parts(obj: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield obj
    inner = obj.get("objects")  # STIX 2.0 keeps the observed objects inside the observation
    parts = inner.values() if isinstance(inner, Mapping) else inner if isinstance(inner, list) else ()
    yield from (part for part in parts if isinstance(part, Mapping))


def _references_of(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _granular_references(value: object) -> Iterator[object]:
    for entry in _references_of(value):
        if not isinstance(entry, Mapping):
            yield entry
        elif "marking_ref" in entry or "lang" not in entry:
            yield entry.get("marking_ref")


def _labels_of(value: object) -> Iterator[str]:
    for label in _references_of(value):
        if isinstance(label, str):
            yield label


def _meaning_of(reference: object, definitions: Mapping[str, Any]) -> Meaning:
    if not isinstance(reference, str):
        return mean_nothing()
    marking = marking_of_id(reference)
    if marking is not None:
        is_old = reference.strip().lower() in _TLP1_MARKINGS
        return Meaning(markings=frozenset({marking}), notices=(LEGACY,) if is_old else ())
    return read_definition(definitions.get(reference), TLP2_EXTENSION)


def _meaning_of_label(label: str) -> Meaning:
    if speaks_of_tlp(label):
        return read_text(label)
    pap = read_pap(label)
    return Meaning(paps=frozenset({pap} if pap else ()))


def _summed_up(tally: _Tally) -> MarkingReading:
    notices = list(tally.notices)
    if len(tally.markings) > 1:
        notices.append(SEVERAL)
    return MarkingReading(
        marking=strictest(tally.markings) if tally.markings else None,
        unknown=tuple(tally.unknown)[:_MOST_UNKNOWN],
        statements=tuple(tally.statements)[:_MOST_UNKNOWN],
        notices=tuple(notices),
        chatham_house=tally.chatham_house,
        pap=max(tally.paps, key=lambda pap: pap.rank) if tally.paps else None,
    )


def _shown(name: object) -> str:
    text = name if isinstance(name, str) else f"({type(name).__name__} in place of an id)"
    return text if len(text) <= _LONGEST_UNKNOWN else text[:_LONGEST_UNKNOWN] + "…"
