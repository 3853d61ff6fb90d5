"""The cheap check of shape: looser than the standard, firm where a reader would break or a marking hide."""

from typing import Any

import pytest

from feeds.shape import DOMAIN_TYPES, changed_before_made, fault_of, id_of, is_timestamp
from tests.feeds.samples import indicator, moment, stix_id, without


@pytest.mark.parametrize(
    "moment",
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0Z", "2024-02-29T23:59:59.123456Z", "0001-01-01T00:00:00Z"],
)
def test_a_stix_time_is_known(moment: str) -> None:
    assert is_timestamp(moment)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-01", "20260101T000000Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00z", "2026-W01-1", "2025-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Z\n", " 2026-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "", None, 5,
    ],
)  # fmt: skip
def test_what_is_not_a_stix_time_is_not(moment: Any) -> None:
    assert not is_timestamp(moment)


@pytest.mark.parametrize("kind", sorted(DOMAIN_TYPES))
def test_every_type_of_the_standard_passes_with_the_least(kind: str) -> None:
    least = {"type": kind, "spec_version": "2.1", "id": stix_id(kind, 1), "created": moment(1), "modified": moment(1)}

    assert fault_of(least) is None
    assert fault_of(without(least, "modified")) == "it does not say when it was created and modified"


@pytest.mark.parametrize(
    "data",
    [
        {"type": "ipv4-addr", "id": stix_id("ipv4-addr", 1), "value": "198.51.100.1"},
        {
            "type": "x-acme_thing",
            "id": stix_id("x-acme_thing", 1),
            "published": "last week",
            "pattern": {},
            "aliases": 4,
        },
        {
            "type": "marking-definition",
            "id": stix_id("marking-definition", 1),
            "created": moment(1),
            "definition_type": "tlp",
        },
        {"type": "identity", "id": "identity--311B2D2D-F010-4473-83EC-1EDF84858F4C", "created": moment(1)}
        | {"modified": moment(1)},
    ],
)
def test_what_has_less_or_more_than_the_standard_passes(data: dict[str, Any]) -> None:
    assert fault_of(data) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ["a"]}, "its name is not what STIX asks for"),
        ({"labels": "tag"}, "its labels is not what STIX asks for"),
        ({"revoked": "yes"}, "its revoked is not what STIX asks for"),
        ({"external_references": ["x"]}, "its external_references is not what STIX asks for"),
        ({"kill_chain_phases": {}}, "its kill_chain_phases is not what STIX asks for"),
        ({"object_marking_refs": {}}, "its object_marking_refs is not what STIX asks for"),
        ({"valid_from": "soon"}, "its valid_from time is not a STIX time"),
        ({"spec_version": 2.1}, "its spec_version is not what STIX asks for"),
    ],
)
def test_a_property_of_the_wrong_kind_is_refused_by_name(changes: dict[str, Any], reason: str) -> None:
    assert fault_of(indicator(1, **changes)) == reason


def test_an_object_changed_before_it_was_made_is_noticed_whatever_the_precision() -> None:
    assert changed_before_made({"created": "2026-01-01T00:00:00.001Z", "modified": "2026-01-01T00:00:00Z"})
    assert not changed_before_made({"created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00.000Z"})
    assert not changed_before_made({"created": "2026-01-01T00:00:00Z"})


def test_the_id_of_a_refused_object_is_given_only_where_it_is_one() -> None:
    assert id_of({"id": stix_id("tool", 1)}) == stix_id("tool", 1)
    for value in ({"id": "<script>--1"}, {"id": 5}, {}, [], None, {"id": "tool--" + "x" * 36}):
        assert id_of(value) is None
