"""CVSS vectors without a score: the scores that were published for them, and nothing of what is no vector."""

from typing import Any

import pytest

from feeds import made, rss_entries, vectors
from tests.feeds.documents import csaf, vulnerability
from tests.feeds.test_csaf import read_report

LOG4SHELL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
PUBLISHED = [
    (LOG4SHELL, 10.0),  # CVE-2021-44228
    ("AV:N/AC:M/Au:N/C:C/I:C/A:C", 9.3),  # the same, version 2
    ("(AV:N/AC:L/Au:N/C:P/I:N/A:N)", 5.0),  # CVE-2014-0160, as NVD writes version 2
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),  # the same, version 3.1
    ("CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),  # CVE-2014-3566, in FIRST's examples
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),  # CVE-2024-3400
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/MAV:P", 9.3),  # CVSS-B without its threat
    (f"10.0/{LOG4SHELL}/E:F/RL:O/RC:C", 10.0),  # as Red Hat writes it: the base score counts
]


@pytest.mark.parametrize(("vector", "score"), PUBLISHED)
def test_the_base_score_of_a_vector_is_the_one_that_was_published(vector: str, score: float) -> None:
    found = vectors.highest(f"Vector: {vector}.")
    assert found
    assert found[0] == score


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        None,
        7,
        "CVSS:3.1/X",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:L",
        "CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:9.9/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1" + "/AV:N" * 20_000,
    ],
)
def test_what_is_no_vector_has_no_score(nothing: object) -> None:
    assert vectors.highest(nothing) is None


def test_version_two_counts_only_alone() -> None:
    assert vectors.highest("AV:N/AC:M/Au:N/C:C/I:C/A:C", PUBLISHED[3][0]) == (7.5, PUBLISHED[3][0])


def _graded(**score: Any) -> dict[str, Any]:
    scores = [{"cvss_v3": {"version": "3.1", **score}, "products": ["P1"]}]
    return read_report(csaf(1, changes={"vulnerabilities": [vulnerability(1, scores=scores)]}))


def test_a_csaf_document_with_a_vector_alone_has_its_score_and_a_given_score_stands() -> None:
    alone = _graded(vectorString=LOG4SHELL)
    assert alone[made.CVSS] == 10.0
    assert "(CVSS 10.0)" in alone["description"]
    assert _graded(vectorString=LOG4SHELL, baseScore=4.2)[made.CVSS] == 4.2
    assert made.CVSS not in _graded(vectorString="CVSS:3.1/AV:N")


def test_an_entry_of_a_feed_with_a_vector_has_its_score() -> None:
    entry = rss_entries.Entry(None, "1", "Patch now", f"Told: {LOG4SHELL} (base)", "", "", None, None, ())  # type: ignore[arg-type]
    _, report = rss_entries.report_of(rss_entries.Feed("Notices", True, [entry]), entry, "2026-01-01T00:00:00.000Z")
    assert (report[made.CVSS], report[made.CVSS_VECTOR]) == (10.0, LOG4SHELL)
