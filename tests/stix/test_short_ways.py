"""What is read by a short way is read as by the long one: objects of a feed come by the hundred thousand."""

import ipaddress
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import shape
from warp_hub import stix
from warp_hub.stix import objects
from warp_hub.stix.markings import OPENCTI_AMBER_STRICT, TLP1_IDS, TLP2_IDS
from warp_hub.stix.values import IndicatorKind, IndicatorValue, value_of

FIXED = [*TLP2_IDS.values(), *TLP1_IDS.values(), OPENCTI_AMBER_STRICT]
UNKNOWN = "marking-definition--00000000-0000-4000-8000-000000000000"
UUID = "0b5e4f2a-1c9d-4d8e-9f7a-3b2c1d0e9f8a"


@pytest.mark.parametrize("refs", [[], *([one] for one in FIXED), *map(list, itertools.permutations(FIXED[:6], 2))])
def test_labels_with_fixed_ids_are_read_alike_with_and_without_anything_else_to_read(refs: list[str]) -> None:
    assert stix.read_markings({"object_marking_refs": refs}) == stix.read_markings(
        {"object_marking_refs": refs, "labels": []}
    )


@pytest.mark.parametrize(
    "refs", [None, "", UNKNOWN, [UNKNOWN], [FIXED[0], UNKNOWN], [FIXED[0].upper()], [7], [FIXED[0]] * 9]
)
def test_labels_that_are_no_list_of_fixed_ids_are_read_as_ever(refs: Any) -> None:
    plain, long = {"object_marking_refs": refs}, {"object_marking_refs": refs, "labels": []}

    assert stix.read_markings(plain) == stix.read_markings(long)


def test_no_source_defines_a_fixed_label_otherwise() -> None:
    said = {"type": "marking-definition", "definition_type": "tlp", "definition": {"tlp": "clear"}}

    for marking, marking_id in TLP2_IDS.items():
        assert stix.read_markings({"object_marking_refs": [marking_id]}, {marking_id: said}).marking is marking


@given(st.from_regex(objects._ID) | st.text(alphabet="aK\u212a-_9\n", max_size=45) | st.text(max_size=45))
def test_an_id_is_one_in_two_parts_as_it_is_whole(text: str) -> None:
    assert stix.is_stix_id(text) == (objects._ID.fullmatch(text) is not None)


@pytest.mark.parametrize("kind", ["indicator", "x-a--b", "A", "-a", "a-", "", "x" * 250, "x" * 251, "a\n", "a_b"])
def test_an_id_of_any_type_is_one_in_two_parts_as_it_is_whole(kind: str) -> None:
    for text in (f"{kind}--{UUID}", f"{kind}--{UUID}\n", f"{kind}-{UUID}", f"{kind}---{UUID}", f"{kind}--{UUID[:-1]}"):
        assert stix.is_stix_id(text) == (objects._ID.fullmatch(text) is not None)


@given(st.lists(st.integers(0, 300).map(str) | st.sampled_from(["00", "01", "1 ", "٣", ""]), min_size=3, max_size=5))
def test_an_address_is_read_as_the_library_reads_it(parts: list[str]) -> None:
    said = ".".join(parts).strip()
    try:
        meant: str | None = str(ipaddress.IPv4Address(said))
    except ValueError:
        meant = None

    found = value_of(IndicatorKind.IPV4, said)

    if meant is not None:
        assert found == IndicatorValue(IndicatorKind.IPV4, meant)
    else:
        assert found is None or found.kind is not IndicatorKind.IPV4


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("[ipv4-addr:value = '198[.]51.100.7']", "198.51.100.7"),
        ("[url:value = 'hXXps://evil.example/a']", "https://evil.example/a"),
        (r"[file:name = 'it\'s \\ here']", r"it's \ here"),
        ("[file:hashes.'SHA-256' = '" + "AB" * 32 + "']", "ab" * 32),
        ("[email-message:from_ref.value = 'A[@]evil.example']", "a@evil.example"),
    ],
)
def test_values_in_other_spellings_are_read_as_they_are_meant(pattern: str, value: str) -> None:
    assert [found.value for found in stix.indicator_values(pattern)] == [value]


@pytest.mark.parametrize("said", ["CVE-2026-12345", "cve-2026-12345", "cVe-2026-12345", "İ CVE-2026-12345"])
def test_a_weakness_is_found_however_it_is_written(said: str) -> None:
    assert stix.cves({"description": f"About {said}."}) == ("CVE-2026-12345",)


@pytest.mark.parametrize("said", ["a\tb\nc", "a\x00b", "a\x85b\u2028c", "a\ud800b", "é\u00a0漢", "a\x7fb"])
def test_what_cannot_be_seen_is_taken_out_of_a_summary_and_what_can_is_not(said: str) -> None:
    hidden = {ord(one): " " for one in "\x00\x85\u2028\ud800\x7f"}

    assert stix.summary_of({"description": said}) == said.translate(hidden)


@pytest.mark.parametrize(
    ("written", "is_one"),
    [
        ("2026-10-01T00:00:00Z", True),
        ("2026-10-01T23:59:59.123456789Z", True),
        ("2026-10-01T24:00:00Z", False),
        ("2026-10-01T23:59:60Z", False),
        ("2026-02-29T00:00:00Z", False),
        ("0000-01-01T00:00:00Z", False),
        ("20261001T000000Z", False),
        ("2026-W40-4T00:00:00Z", False),
        ("2026-10-01T00:00:00+00:00", False),
        ("2026-10-01 00:00:00Z", False),
    ],
)
def test_a_time_is_one_by_the_grammar_of_stix_alone(written: str, is_one: bool) -> None:
    assert (stix.read_timestamp(written) is not None) == is_one
    assert shape.is_timestamp(written) == is_one


def test_of_several_faults_the_same_one_is_told_each_time() -> None:
    when = "2026-10-01T00:00:00Z"
    wrong = {"object_refs": 1, "lang": 1, "name": 1, "labels": 1, "valid_from": 1, "first_seen": 1}
    sound = {"type": "report", "id": f"report--{UUID}", "created": when, "modified": when}

    for order in itertools.permutations(wrong):
        obj = sound | {name: wrong[name] for name in order}
        assert shape.fault_of(obj) == "its first_seen time is not a STIX time"
        del obj["first_seen"], obj["valid_from"]
        assert shape.fault_of(obj) == "its name is not what STIX asks for"


def test_what_was_changed_before_it_was_made_is_told_whatever_the_precision() -> None:
    early, late = ["2026-10-01T00:00:00Z", "2026-10-01T00:00:00.0Z"], ["2026-10-01T00:00:00.1Z", "2026-10-02T00:00:00Z"]

    for first, second in itertools.product(early, late):
        assert shape.changed_before_made({"created": second, "modified": first})
        assert not shape.changed_before_made({"created": first, "modified": second})
    for first, second in itertools.product(early, early):
        assert not shape.changed_before_made({"created": first, "modified": second})
