"""How urgent a source calls an object that has a CVSS vector and no score."""

import pytest

from warp_hub.advisories import sorting
from warp_hub.advisories.grading import hint_of
from warp_hub.clock import now

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"  # CVE-2014-0160: 7.5


@pytest.mark.parametrize(
    "obj",
    [
        {"x_cvss_vector": VECTOR},
        {"x_opencti_cvss_vector_string": VECTOR},
        {"x_cvss": {"version": "3.1", "vectorString": VECTOR}},
        {"labels": [VECTOR]},
        {"external_references": [{"source_name": "cvss", "external_id": VECTOR}]},
    ],
)
def test_a_vector_alone_says_how_urgent_it_is(obj: dict[str, object]) -> None:
    hint = hint_of(obj)
    assert hint
    assert (hint.word, hint.why) == ("This week", "CVSS 7.5")


def test_a_score_that_is_given_stands_and_a_vector_that_is_none_says_nothing() -> None:
    given = hint_of({"x_cvss_score": 5.0, "x_cvss_vector": VECTOR})
    assert given
    assert given.why == "CVSS 5.0"
    for nothing in ("CVSS:3.1/AV:N", None, [VECTOR[:30]], {"a": {"b": VECTOR}}, "x" * 100_000):
        assert hint_of({"x_cvss_vector": nothing, "labels": nothing}) is None


def test_a_warning_takes_its_severity_and_its_score_from_it() -> None:
    report = {"type": "report", "id": "report--1", "name": "Heartbleed", "x_cvss_vector": VECTOR}
    report["modified"] = "2026-01-01T00:00:00.000Z"
    assert sorting.words_of(report)["severity"] == "This week"
    assert sorting.advisory_of(report, now())["cvss"] == 7.5
