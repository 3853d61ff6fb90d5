"""What an object points to, and how urgent its source says it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp_hub.sharing.models import Severity
from warp_hub.stix import Reference, cves, most_urgent, references, severity_hints
from warp_hub.stix.references import MOST_REFERENCES


def test_a_reference_keeps_its_words_and_its_address() -> None:
    obj = {
        "external_references": [
            {
                "source_name": "NCSC",
                "url": "https://www.ncsc.gov.uk/x",
                "external_id": "A-1",
                "description": "A notice",
            }
        ]
    }

    assert references(obj) == [Reference("NCSC", "https://www.ncsc.gov.uk/x", "A-1", "A notice")]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "ftp://a.example/x",
        "file:///etc/passwd",
        "//evil.example",
        "/sign-out",
        "https:evil.example",
        "https:///x",
        "https://ncsc.gov.uk@evil.example/",
        "https://a.example/\u202egpj.exe",
        "https://a.example/a b",
        "https://a.example\\@evil.example",
        "https://[::1",
        "https://a.example/" + "x" * 3000,
        "",
        None,
        7,
        ["https://a.example"],
    ],
)
def test_an_unsafe_address_is_left_out_and_the_words_stay(url: object) -> None:
    assert references({"external_references": [{"source_name": "X", "url": url}]}) == [Reference("X")]


def test_broken_references_are_passed_over() -> None:
    assert references({"external_references": [None, "x", 5, {}, {"source_name": 5}]}) == []
    assert references({"external_references": "x"}) == references({}) == []


def test_repeated_references_are_one_and_many_are_bounded() -> None:
    assert len(references({"external_references": [{"source_name": "X"}] * 9})) == 1
    many = [{"source_name": f"X{number}"} for number in range(MOST_REFERENCES * 2)]
    assert len(references({"external_references": many})) == MOST_REFERENCES


def test_cve_numbers_are_found_everywhere_and_put_in_order() -> None:
    obj = {
        "name": "Patch cve-2024-12345 now",
        "description": "see CVE-2023-0001, CVE-2024-9999. Not XCVE-2024-1111, CVE-2024-12 or CVE-2024-123456789",
        "labels": ["CVE-2022-4444", 5],
        "external_references": [{"source_name": "cve", "external_id": "CVE-2021-44228"}],
    }

    assert cves(obj) == ("CVE-2021-44228", "CVE-2022-4444", "CVE-2023-0001", "CVE-2024-9999", "CVE-2024-12345")


@pytest.mark.parametrize(
    ("obj", "word", "why"),
    [
        ({"labels": ["act-today"]}, "Act today", "label act-today"),
        ({"labels": ["Critical"]}, "Act today", "label Critical"),
        ({"labels": ["severity:critical"]}, "Act today", "label severity:critical"),
        ({"labels": ["known-exploited"]}, "Act today", "label known-exploited"),
        ({"labels": ["high"]}, "This week", "label high"),
        ({"labels": ["this-week"]}, "This week", "label this-week"),
        ({"labels": ["low"]}, "For information", "label low"),
        ({"labels": ["cvss:9.8"]}, "Act today", "CVSS 9.8"),
        ({"labels": ["cvss3-score=7.0"]}, "This week", "CVSS 7.0"),
        ({"x_opencti_cvss_base_score": 9.0}, "Act today", "CVSS 9.0"),
        ({"x_opencti_cvss_base_score": 8.9}, "This week", "CVSS 8.9"),
        ({"x_cvss_score": "6.9"}, "For information", "CVSS 6.9"),
        ({"x_cvss": {"version": "3.1", "baseScore": 10.0}}, "Act today", "CVSS 10.0"),
        ({"x_opencti_cvss_v4_base_score": 7.1}, "This week", "CVSS 7.1"),
        ({"x_cvss_v3": 9.1}, "Act today", "CVSS 9.1"),
        ({"x_opencti_cvss_base_severity": "HIGH"}, "This week", "severity HIGH"),
        ({"x_opencti_cisa_kev": True}, "Act today", "attackers are using this now"),
        (
            {"external_references": [{"source_name": "CVSS", "description": "CVSS v3.1 base score of 9.8"}]},
            "Act today",
            "CVSS 9.8",
        ),
        (
            {"external_references": [{"source_name": "cvss-v3", "description": "CVSS:3.1/AV:N/AC:L 7.5"}]},
            "This week",
            "CVSS 7.5",
        ),
        ({"labels": ["low"], "x_cvss_score": 9.9}, "Act today", "CVSS 9.9"),
    ],
)
def test_urgency_follows_from_what_the_source_says(obj: dict[str, object], word: str, why: str) -> None:
    hint = most_urgent(severity_hints(obj))

    assert hint is not None
    assert (hint.word, hint.why) == (word, why)
    assert Severity(hint.word)


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"labels": ["malware", 5, "higher education"]},
        {"x_opencti_score": 95},
        {"x_cvss_score": 99},
        {"x_cvss_score": float("nan")},
        {"x_cvss_score": True},
        {"x_cvss_version": "3.1"},
        {"x_cvss_impact_score": 5.9},
        {"x_cvss_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
        {"x_capec_typical_severity": "High"},
        {"x_opencti_cisa_kev": False},
        {"external_references": [{"source_name": "other", "description": "9.8"}]},
    ],
)
def test_nothing_is_guessed(obj: dict[str, object]) -> None:
    assert most_urgent(severity_hints(obj)) is None


KEYS = st.sampled_from(
    ["labels", "external_references", "x_cvss", "x_severity", "source_name", "url", "description", "name"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_no_object_crashes_them(obj: dict[str, object]) -> None:
    references(obj), cves(obj), most_urgent(severity_hints(obj))
