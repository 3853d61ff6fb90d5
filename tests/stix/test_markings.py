"""What an object's markings say: the strictest counts, what cannot be read is held, nothing crashes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warp_hub.stix import (
    MarkingReading,
    Pap,
    legacy_marking_ref,
    marking_objects,
    marking_ref,
    read_markings,
)
from warp_hub.stix.labels import LEGACY
from warp_hub.stix.markings import OPENCTI_AMBER_STRICT, PART, SEVERAL, TLP1_IDS, TLP2_EXTENSION, TLP2_IDS
from warp_hub.tlp import Marking, strictest

CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
STRICT = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
OLD_WHITE = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
OLD_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
OLD_AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
OLD_RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
OPENCTI = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"
EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

OWN = "marking-definition--00000000-0000-4000-8000-000000000001"
BY_ID = {
    CLEAR: Marking.CLEAR,
    GREEN: Marking.GREEN,
    AMBER: Marking.AMBER,
    STRICT: Marking.AMBER_STRICT,
    RED: Marking.RED,
    OLD_WHITE: Marking.CLEAR,
    OLD_GREEN: Marking.GREEN,
    OLD_AMBER: Marking.AMBER,
    OLD_RED: Marking.RED,
    OPENCTI: Marking.AMBER_STRICT,
}


def marked(*references: Any, **more: Any) -> dict[str, Any]:
    return {"type": "malware", "object_marking_refs": list(references), **more}


def defined(**definition: Any) -> MarkingReading:
    return read_markings(marked(OWN), {OWN: {"type": "marking-definition", "id": OWN, **definition}})


def test_the_ids_are_those_that_oasis_fixed() -> None:
    assert list(TLP2_IDS.values()) == [CLEAR, GREEN, AMBER, STRICT, RED]
    assert list(TLP1_IDS.values()) == [OLD_WHITE, OLD_GREEN, OLD_AMBER, OLD_RED]
    assert OPENCTI_AMBER_STRICT == OPENCTI
    assert TLP2_EXTENSION == EXTENSION


@pytest.mark.parametrize(("marking_id", "marking"), BY_ID.items())
def test_every_fixed_id_is_known(marking_id: str, marking: Marking) -> None:
    reading = read_markings(marked(marking_id))

    assert reading.marking is marking
    assert not reading.is_held


def test_an_object_without_markings_is_unmarked_and_not_held() -> None:
    for obj in ({}, {"object_marking_refs": []}, {"object_marking_refs": None, "labels": ["trojan", 7, None]}):
        assert read_markings(obj) == MarkingReading()


def test_a_label_of_version_one_is_reported() -> None:
    assert read_markings(marked(OLD_WHITE)).notices == (LEGACY,)


def test_the_strictest_of_both_versions_counts() -> None:
    reading = read_markings(marked(OLD_AMBER, RED, CLEAR))

    assert reading.marking is Marking.RED
    assert SEVERAL in reading.notices


def test_an_id_counts_whatever_its_case() -> None:
    assert read_markings(marked(RED.upper())).marking is Marking.RED


def test_a_source_cannot_redefine_a_fixed_id() -> None:
    lie = {"type": "marking-definition", "id": RED, "name": "TLP:CLEAR", "definition": {"tlp": "clear"}}

    assert read_markings(marked(RED), {RED: lie}).marking is Marking.RED


def test_an_unknown_marking_is_held_whatever_else_is_there() -> None:
    reading = read_markings(marked(CLEAR, OWN))

    assert reading.is_held
    assert reading.unknown == (OWN,)
    assert reading.marking is Marking.CLEAR


def test_a_known_copyright_statement_restricts_nothing_and_is_kept() -> None:
    reading = defined(definition_type="statement", definition={"statement": "Copyright 2024, Example Ltd"})

    assert not reading.is_held
    assert reading.marking is None
    assert reading.statements == ("Copyright 2024, Example Ltd",)


def test_a_statement_nobody_sent_is_unknown() -> None:
    assert read_markings(marked(OWN), {}).unknown == (OWN,)


@pytest.mark.parametrize(
    ("definition", "marking"),
    [
        ({"definition_type": "tlp", "definition": {"tlp": "amber"}}, Marking.AMBER),
        ({"definition_type": "TLP", "definition": {"TLP": "TLP:GREEN"}}, Marking.GREEN),
        ({"definition_type": "TLP", "definition": {"TLP": "TLP:AMBER+STRICT"}}, Marking.AMBER_STRICT),
        ({"definition_type": "TLP:CLEAR"}, Marking.CLEAR),
        ({"definition_type": "tlp", "name": "TLP:AMBER"}, Marking.AMBER),
        ({"definition_type": "tlp", "definition": {}, "name": "TLP:RED"}, Marking.RED),
        ({"name": "TLP:AMBER+STRICT", "definition_type": "statement"}, Marking.AMBER_STRICT),
        ({"definition_type": "statement", "definition": {"statement": "TLP:AMBER+STRICT"}}, Marking.AMBER_STRICT),
        ({"definition_type": "statement", "definition": {"statement": "Marked TLP:GREEN, (c) X"}}, Marking.GREEN),
        ({"name": "Ours", "extensions": {EXTENSION: {"tlp_2_0": "amber+strict"}}}, Marking.AMBER_STRICT),
        ({"x_opencti_definition_type": "TLP", "x_opencti_definition": "TLP:AMBER"}, Marking.AMBER),
        ({"name": "TLP:CLEAR", "definition_type": "tlp", "definition": {"tlp": "red"}}, Marking.RED),
        (
            {"definition_type": "statement", "definition": {"statement": "TLP:GREEN, annex TLP:AMBER STRICT only"}},
            Marking.AMBER_STRICT,
        ),
    ],
)
def test_a_label_is_read_wherever_a_definition_writes_it(definition: dict[str, Any], marking: Marking) -> None:
    reading = defined(**definition)

    assert reading.marking is marking
    assert not reading.is_held


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"definition_type": "tlp"},
        {"definition_type": "tlp", "definition": {"tlp": "purple"}},
        {"definition_type": "tlp", "definition": {"tlp": 10**5000}},
        {"definition_type": "TLP", "definition": {"TLP": "TLP:TEST"}},
        {"definition_type": "TLP:ORANGE"},
        {"definition_type": "statement"},
        {"definition_type": "statement", "definition": {"statement": 7}},
        {"definition_type": "statement", "definition": "words"},
        {"definition_type": "statement", "definition": {"statement": "Handle as TLP:PURPLE"}},
        {"definition_type": "statement", "definition": {"statement": "Handle by the Traffic Light Protocol"}},
        {"definition_type": "statement", "definition": {"statement": "TLP:CLEAR " + "x" * 5000 + " TLP:RED"}},
        {"definition_type": "statement", "definition": {"statement": "x" * 5000 + " TLP:RED"}},
        {"name": "TLP:CLEAR" + " " * 100 + "TLP:RED" + " " * 5000},
        {"definition_type": "iep", "definition": {"iep": {"tlp": "RED"}}},
        {"definition_type": "ais", "name": "AIS"},
        {"name": "TLP:CLEAR", "extensions": {EXTENSION: {"tlp_2_0": "ultraviolet"}}},
        {"name": "TLP:CLEAR", "extensions": {EXTENSION: "red"}},
        {"definition_type": "PAP", "name": "PAP:PURPLE"},
    ],
)
def test_a_definition_that_cannot_be_read_is_held(definition: dict[str, Any]) -> None:
    assert defined(**definition).unknown == (OWN,)


@pytest.mark.parametrize("definition", [None, "TLP:CLEAR", 5, [], True])
def test_a_definition_that_is_none_is_held(definition: object) -> None:
    assert read_markings(marked(OWN), {OWN: definition}).is_held


def test_labels_count_as_markings() -> None:
    reading = read_markings({"labels": ["trojan", "tlp:amber", "tlp:ex:chr", "pap:red", "PAP:GREEN"]})

    assert reading.marking is Marking.AMBER
    assert reading.chatham_house
    assert reading.pap is Pap.RED


@pytest.mark.parametrize("label", ["tlp:unclear", "tlp:purple", "TLP: ", "tlp", " " * 90 + "tlp:x", "ｔｌｐ：x"])
def test_a_label_that_cannot_be_read_is_held(label: str) -> None:
    assert read_markings({"labels": [label]}).unknown == (label,)


def test_a_label_alone_cannot_loosen_the_marking() -> None:
    assert read_markings(marked(AMBER, labels=["tlp:clear"])).marking is Marking.AMBER


def test_the_marking_of_a_part_counts_for_the_whole() -> None:
    reading = read_markings(marked(GREEN, granular_markings=[{"marking_ref": RED, "selectors": ["description"]}]))

    assert reading.marking is Marking.RED
    assert PART in reading.notices


def test_the_language_of_a_part_is_no_marking() -> None:
    assert read_markings({"granular_markings": [{"lang": "cy", "selectors": ["name"]}]}) == MarkingReading()


@pytest.mark.parametrize("granular", ["x", [7], [{}], [{"selectors": ["name"]}], {"marking_ref": 5}])
def test_a_broken_marking_of_a_part_is_held(granular: object) -> None:
    assert read_markings({"granular_markings": granular}).is_held


@pytest.mark.parametrize("references", ["x", 7, {"a": 1}, [None], [[RED]], [{}], True])
def test_broken_references_are_held(references: object) -> None:
    assert read_markings({"object_marking_refs": references}).is_held


def test_a_single_reference_without_its_list_counts() -> None:
    assert read_markings({"object_marking_refs": RED}).marking is Marking.RED


def test_objects_inside_an_observation_count() -> None:
    observation = {"type": "observed-data", "objects": {"0": {"type": "url", "object_marking_refs": [RED]}}}

    assert read_markings(observation).marking is Marking.RED


def test_permissible_actions_are_read_from_a_definition() -> None:
    reading = defined(definition_type="PAP", definition={"PAP": "PAP:AMBER"})

    assert reading.pap is Pap.AMBER
    assert not reading.is_held
    assert reading.marking is None


def test_what_goes_out_is_exactly_what_oasis_publishes() -> None:
    assert marking_objects()[3] == {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": STRICT,
        "created": "2022-10-01T00:00:00.000Z",
        "name": "TLP:AMBER+STRICT",
        "extensions": {EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}},
    }
    assert [definition["id"] for definition in marking_objects()] == [CLEAR, GREEN, AMBER, STRICT, RED]
    assert [definition["name"] for definition in marking_objects()] == [marking.value for marking in Marking]


@pytest.mark.parametrize("marking", Marking)
def test_what_goes_out_is_read_back_as_it_was(marking: Marking) -> None:
    assert read_markings(marked(marking_ref(marking))).marking is marking


def test_old_consumers_never_receive_strict_as_plain_amber() -> None:
    assert legacy_marking_ref(Marking.AMBER_STRICT) is None
    assert legacy_marking_ref(Marking.CLEAR) == OLD_WHITE
    assert legacy_marking_ref(Marking.RED) == OLD_RED


def test_a_million_references_are_read_and_the_list_of_unknowns_is_short() -> None:
    reading = read_markings(marked(*(f"marking-definition--{number}" for number in range(200_000)), RED))

    assert reading.marking is Marking.RED
    assert len(reading.unknown) == 20


KEYS = st.sampled_from(
    (
        *("object_marking_refs", "granular_markings", "labels", "objects", "marking_ref", "lang", "definition"),
        *("definition_type", "name", "tlp", "statement", "extensions", EXTENSION, "tlp_2_0", "0"),
    )
)
WORDS = st.sampled_from([*BY_ID, OWN, "tlp:red", "TLP:AMBER", "tlp", "statement", "TLP:", "PAP:RED"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS | st.text(max_size=5), JSON, max_size=6)


@settings(max_examples=400, deadline=None)
@given(OBJECTS, st.dictionaries(WORDS, JSON | OBJECTS, max_size=3))
def test_no_object_at_all_crashes_the_reader(obj: dict[str, Any], definitions: dict[str, Any]) -> None:
    reading = read_markings(obj, definitions)

    assert reading.marking is None or type(reading.marking) is Marking
    assert all(isinstance(name, str) for name in reading.unknown)


REFERENCES = st.lists(st.sampled_from([*BY_ID, OWN, "rubbish", None, 7]), max_size=6)


@settings(max_examples=300, deadline=None)
@given(REFERENCES, REFERENCES, st.lists(st.sampled_from([*Marking, "tlp:clear", "x"]), max_size=3), OBJECTS)
def test_no_reading_is_looser_than_any_label_present(
    references: list[Any], granular: list[Any], labels: list[str], rest: dict[str, Any]
) -> None:
    obj = {
        **rest,
        "object_marking_refs": references,
        "granular_markings": [{"marking_ref": reference} for reference in granular],
        "labels": [str(label) for label in labels],
    }
    present = [BY_ID[reference] for reference in (*references, *granular) if reference in BY_ID]
    present += [Marking(label) for label in labels if label in list(Marking)]

    reading = read_markings(obj)

    if present:
        assert reading.marking is not None
        assert reading.marking.rank >= strictest(present).rank
    assert reading.is_held or not {OWN, "rubbish", None, 7} & {*references, *granular}
