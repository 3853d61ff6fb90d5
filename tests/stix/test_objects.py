"""Facts about one object, and a name for every one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warp_hub.stix import (
    created_by,
    fault_of,
    indicator_values,
    is_revoked,
    observable_values,
    read_timestamp,
    refers_to,
    summary_of,
    title_of,
    type_name,
    version_of,
)

A = "malware--00000000-0000-4000-8000-00000000000a"
B = "indicator--00000000-0000-4000-8000-00000000000b"
C = "identity--00000000-0000-4000-8000-00000000000c"
TLP = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04:05.6Z", datetime(2024, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)),
        ("2024-01-02T03:04:05.1234567891Z", datetime(2024, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_by_the_grammar(text: str, moment: datetime) -> None:
    assert read_timestamp(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z"),
        *("2024-01-01T00:00:00", "2024-01-01T00:00:00+00:00", "2024-01-01", "2026-W01-1", "20260101", "yesterday"),
        *("2024-01-01t00:00:00z", "٢٠٢٤-01-01T00:00:00Z", "2024-01-01T00:00:00Z\n", "", None, 7),
    ],
)
def test_no_other_time_is_taken(text: object) -> None:
    assert read_timestamp(text) is None


def test_the_version_is_when_it_was_modified_or_made() -> None:
    made, modified = "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"

    assert version_of({"created": made, "modified": modified}).month == 2
    assert version_of({"created": made}).month == 1
    assert version_of({"type": "ipv4-addr"}) == datetime(1970, 1, 1, tzinfo=UTC)


def test_only_true_is_revoked() -> None:
    assert is_revoked({"revoked": True})
    assert not any(is_revoked({"revoked": value}) for value in (False, None, "true", 1))
    assert not is_revoked({})


def test_references_are_found_at_any_depth() -> None:
    obj = {
        "id": A,
        "created_by_ref": C,
        "object_marking_refs": [TLP],
        "granular_markings": [{"marking_ref": TLP}],
        "object_refs": [B, A, "rubbish", None],
        "source_ref": B,
        "extensions": {"x": [{"deep": {"sample_ref": C}}]},
        "x_refs": "not a list",
    }

    assert refers_to(obj) == {B, C}
    assert created_by(obj) == C


def test_who_made_an_object_may_be_unknown() -> None:
    assert created_by({"created_by_ref": "me"}) is None
    assert created_by({"created_by_ref": ["x"]}) is None


def test_deep_and_long_objects_are_walked() -> None:
    deep: dict[str, Any] = {"a_ref": B}
    for _ in range(5000):
        deep = {"x": [deep]}
    ids = [f"file--00000000-0000-4000-8000-{number:012}" for number in range(50_000)]

    assert refers_to(deep) == {B}
    assert len(refers_to({"object_refs": ids})) == 50_000


@pytest.mark.parametrize(
    ("obj", "fault"),
    [
        ({"type": "malware", "id": A}, None),
        ({"type": "malware", "id": A, "created": "2024-01-01T00:00:00Z", "modified": "2024-01-01T00:00:00.000Z"}, None),
        ("words", "not an object"),
        ([], "not an object"),
        ({"id": A}, "no type, or a type outside the grammar"),
        ({"type": "Mal ware", "id": A}, "no type, or a type outside the grammar"),
        ({"type": "malware"}, "no id, or an id outside the grammar"),
        ({"type": "malware", "id": "malware--1"}, "no id, or an id outside the grammar"),
        ({"type": "tool", "id": A}, "the id does not begin with the type"),
        ({"type": "malware", "id": A, "modified": "yesterday"}, "modified is not a time as STIX writes it"),
        ({"type": "malware", "id": A, "created": None}, "created is not a time as STIX writes it"),
    ],
)
def test_a_fault_of_shape_is_named(obj: object, fault: str | None) -> None:
    assert fault_of(obj) == fault


@pytest.mark.parametrize(
    ("obj", "title"),
    [
        ({"type": "malware", "name": " Bad\nNews\x00 "}, "Bad News"),
        ({"type": "indicator", "pattern": "[ipv4-addr:value = '192.0.2.1']"}, "Indicator: 192.0.2.1"),
        ({"type": "indicator", "pattern": "[file:name='a' OR file:name='b']"}, "Indicator: a and 1 more"),
        ({"type": "indicator", "pattern": "rule x { }", "pattern_type": "yara"}, "Indicator: rule x { }"),
        ({"type": "indicator", "pattern": 5}, "Indicator"),
        ({"type": "relationship", "relationship_type": "attributed-to", "source_ref": A, "target_ref": C},
         "Relationship: malware attributed to identity"),
        ({"type": "relationship"}, "Relationship"),
        ({"type": "sighting", "sighting_of_ref": A}, "Sighting: malware"),
        ({"type": "observed-data", "object_refs": ["ipv4-addr--1", "ipv4-addr--2", "file--3", 5]},
         "Observed data: IPv4 address, file"),
        ({"type": "observed-data", "objects": {"0": {"type": "url", "value": "http://a.example"}}},
         "Observed data: http://a.example"),
        ({"type": "ipv4-addr", "value": "192.0.2.1"}, "IPv4 address: 192.0.2.1"),
        ({"type": "file", "name": "a.exe"}, "File: a.exe"),
        ({"type": "file", "hashes": {"MD5": "d" * 32}}, "File: " + "d" * 32),
        ({"type": "email-message", "subject": "Hi"}, "E-mail message: Hi"),
        ({"type": "network-traffic", "protocols": ["ipv4", "tcp"], "dst_port": 443},
         "Network traffic: ipv4 tcp to port 443"),
        ({"type": "autonomous-system", "number": 64500, "name": "X"}, "Network operator: AS64500 X"),
        ({"type": "autonomous-system", "number": 10**5000}, "Network operator"),
        ({"type": "user-account", "account_login": "admin"}, "User account: admin"),
        ({"type": "note", "content": "\nFirst line\nSecond"}, "Note: First line"),
        ({"type": "opinion", "opinion": "agree"}, "Opinion: agree"),
        ({"type": "marking-definition", "definition": {"statement": "(c) X"}}, "Marking definition: (c) X"),
        ({"type": "x-misp-object", "x_misp_name": "av"}, "MISP object: av"),
        ({"type": "x-acme-thing"}, "Acme thing"),
        ({"type": "malware", "name": "x" * 900}, "x" * 299 + "…"),
        ({}, "Object without a type"),
    ],
)  # fmt: skip
def test_every_object_has_a_title(obj: dict[str, Any], title: str) -> None:
    assert title_of(obj) == title


@pytest.mark.parametrize(
    ("obj", "summary"),
    [
        ({"type": "malware", "name": "X", "description": "Line one\n\n* point\x00"}, "Line one\n\n* point"),
        ({"type": "note", "content": "Words"}, "Words"),
        ({"type": "indicator", "pattern": "[a:b = 'c']"}, "Looks for: [a:b = 'c']"),
        ({"type": "observed-data", "number_observed": 1, "first_observed": "2024-01-02T00:00:00Z",
          "last_observed": "2024-01-03T00:00:00Z"}, "Seen once. First seen 2024-01-02, last seen 2024-01-03."),
        ({"type": "observed-data", "number_observed": 10**5000}, "Observed data. The source gave no description."),
        ({"type": "tool", "name": "X", "description": " "}, "X. The source gave no description."),
    ],
)  # fmt: skip
def test_every_object_has_a_summary(obj: dict[str, Any], summary: str) -> None:
    assert summary_of(obj) == summary


def test_a_type_is_named_in_words() -> None:
    assert type_name("attack-pattern") == "Attack pattern"
    assert type_name("") == "Object without a type"
    assert type_name("\x1b") == type_name("") == "Object without a type"


TYPES = ["indicator", "relationship", "observed-data", "file", "note", "network-traffic", "x-misp-object", "opinion"]
KEYS = st.sampled_from(
    (
        *("name", "pattern", "pattern_type", "object_refs", "objects", "hashes", "number", "content", "id"),
        *("description", "protocols", "dst_port", "source_ref", "created", "modified", "value"),
        *("number_observed", "definition"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(A),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=8), st.sampled_from(TYPES) | JSON)
def test_no_object_crashes_them(obj: dict[str, Any], object_type: object) -> None:
    obj["type"] = object_type

    title, summary = title_of(obj), summary_of(obj)
    for text in (title, summary):
        assert text.strip()
        assert "\x00" not in text
        text.encode("utf-8")
    assert len(title) <= 300
    assert len(title.splitlines()) == 1
    refers_to(obj), version_of(obj), fault_of(obj), observable_values(obj), created_by(obj)
    indicator_values(obj.get("pattern"), obj.get("pattern_type"))  # type: ignore[arg-type]
