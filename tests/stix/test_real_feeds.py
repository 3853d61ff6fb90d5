"""Every object of the real feeds is read without a fault, and quickly."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stix2patterns.v21.pattern import Pattern

from warp_hub import stix
from warp_hub.stix.patterns import _READ
from warp_hub.tlp import Marking

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "stix"
FILES = sorted(FEEDS.glob("*.json"))

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FILES, reason="the collection of real feeds is not beside the project"),
]


def objects(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text())
    return [obj for obj in content.get("objects", [content]) if isinstance(obj, dict)]


def read_all(obj: dict[str, Any], definitions: dict[str, Any]) -> Iterator[object]:
    yield stix.read_markings(obj, definitions)
    yield stix.indicator_values(obj.get("pattern", ""), obj.get("pattern_type"))
    yield stix.observable_values(obj)
    yield stix.references(obj)
    yield stix.refers_to(obj)
    yield stix.cves(obj)
    yield stix.most_urgent(stix.severity_hints(obj))
    yield stix.version_of(obj)
    yield stix.fault_of(obj)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_object_can_be_read(path: Path) -> None:
    everything = objects(path)
    definitions = {obj["id"]: obj for obj in everything if obj.get("type") == "marking-definition"}
    started = time.process_time()

    for obj in everything:
        list(read_all(obj, definitions))
        assert stix.title_of(obj).strip()
        assert stix.summary_of(obj).strip()

    assert time.process_time() - started < 0.5 + 0.002 * len(everything)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_named_label_is_read_or_held(path: Path) -> None:
    everything = objects(path)
    definitions = {obj["id"]: obj for obj in everything if obj.get("type") == "marking-definition"}
    for obj in everything:
        reading = stix.read_markings(obj, definitions)
        understood = reading.marking or reading.is_held or reading.statements or reading.pap

        assert understood or not obj.get("object_marking_refs")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_oasis_parser_finds_as_many_comparisons_in_every_pattern(path: Path) -> None:
    for obj in objects(path):
        if obj.get("type") == "indicator" and obj.get("pattern_type", "stix") == "stix":
            theirs = sum(len(found) for found in Pattern(obj["pattern"]).inspect().comparisons.values())
            ours = sum(1 for found in _READ.finditer(obj["pattern"]) if found["type"])
            assert ours == theirs


def test_the_definitions_of_oasis_are_ours() -> None:
    published = {obj["id"]: obj for obj in objects(FEEDS / "oasis_tlp20_markings.json")}

    assert {obj["id"]: obj for obj in stix.marking_objects()} == published


def test_the_names_of_the_definitions_of_opencti_are_understood() -> None:
    everything = objects(FEEDS / "opencti-client_DATA-TEST-STIX2_v2.json")
    definitions = {obj["id"]: obj for obj in everything if obj["type"] == "marking-definition"}
    readings = [stix.read_markings(obj, definitions) for obj in everything]

    assert {reading.marking for reading in readings} <= {None, *Marking}
    assert any(reading.is_held for reading in readings)  # its "TLP:TEST" is no label
