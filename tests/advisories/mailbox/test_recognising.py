"""Reports of incidents are told from warnings passed on: measured on mails labelled by hand, the last third unseen."""

import json
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REAL_DATA
from tests.sizes import SIZES, TIERS
from warp_hub.advisories.mailbox.recognising import looks_like_a_report

LABELLED = tomllib.loads(Path(__file__).with_name("labelled.toml").read_text())["mail"]


def measured(held_back: bool) -> tuple[float, float, list[str]]:
    """Return precision, recall and what was told wrongly, of one part of the labelled mails."""
    right, taken, reports, wrong = 0, 0, 0, []
    for kind in ("report", "warning"):
        of_kind = [one for one in LABELLED if one["is"] == kind]
        for one in (one for number, one in enumerate(of_kind) if (number % 3 == 2) is held_back):
            told = looks_like_a_report(one["subject"], one["text"])
            taken, reports = taken + told, reports + (kind == "report")
            right += told and kind == "report"
            wrong += [one["subject"]] if told is not (kind == "report") else []
    return right / taken, right / reports, wrong


@pytest.mark.parametrize(("held_back", "least"), [(False, 1.0), (True, 0.9)])
def test_reports_are_told_from_warnings(held_back: bool, least: float) -> None:
    precision, recall, wrong = measured(held_back)
    print(f"{'held back' if held_back else 'seen'}: precision {precision:.3f}, recall {recall:.3f}, wrong: {wrong}")
    assert precision == 1.0, wrong  # no warning of the set is thrown away
    assert recall >= least, wrong


def test_a_victims_own_words_win_over_the_advisory_below_them() -> None:
    advisory = (
        "-----Original Message-----\nFrom: a@ncsc.example\nSubject: CVE-2024-1 in FortiOS\n\nAffected versions: 7"
    )
    assert looks_like_a_report("FW: CVE-2024-1", f"We have been hit by this.\n\n{advisory}")
    for head in (
        "From: a@ncsc.example\nSent: today",
        "**From:** a@ncsc.example\n**Sent:** today",
        "Oddi wrth: a\nPwnc: b",
    ):
        below = f"For members.\n\n{head}\n\nWe have been hit, said Acme. Affected versions: 7. CVE-2024-1234"
        assert not looks_like_a_report("FW: Acme", below), head
    assert not looks_like_a_report("FW: CVE-2024-1", f"We have not been hit by this.\n\n{advisory}")
    assert not looks_like_a_report("FW: CVE-2024-1", f"If we have been hit, what then?\n\n{advisory}")
    assert not looks_like_a_report("FW: CVE-2024-1", f"3CX says: “We have been hit by this.”\n\n{advisory}")


def test_a_file_that_is_called_a_report_tells_too() -> None:
    assert looks_like_a_report("See attached", "As discussed.", ["logo.png", "Incident_Report_Form v2.docx"])
    assert not looks_like_a_report("See attached", "As discussed.", ["logo.png", "NCSC alert.docx"])


@pytest.mark.real_data
def test_real_advisories_get_through() -> None:
    texts = list(real_texts())[:: 1 if SIZES.real_files > TIERS["test"].real_files else 4]
    taken = [title for title, said in texts if looks_like_a_report(title, said)]
    print(f"{len(taken)} of {len(texts)} real texts of warnings taken for reports: {taken}")
    assert len(texts) > 500
    assert len(taken) <= 5


def real_texts() -> Iterator[tuple[str, str]]:
    for path in sorted((REAL_DATA / "advisories").glob("*.json")):
        told = json.loads(path.read_bytes())
        if "document" in told:
            notes = told["document"].get("notes", [])
            yield told["document"].get("title", ""), "\n\n".join(note.get("text", "") for note in notes)
        for entry in told.get("vulnerabilities", []):
            if "shortDescription" in entry:
                yield entry["vulnerabilityName"], f"{entry['shortDescription']} {entry['requiredAction']}"
    for path in sorted((REAL_DATA / "stix").glob("*.json")):
        yield from _of_stix(path)


def _of_stix(path: Path) -> Iterator[tuple[str, str]]:
    try:
        told = json.loads(path.read_bytes())
    except ValueError:
        return
    for obj in told.get("objects", []) if isinstance(told, dict) else []:
        if obj.get("type") in ("report", "note", "vulnerability", "campaign", "intrusion-set", "course-of-action"):
            yield obj.get("name", ""), obj.get("description") or obj.get("content") or ""


LONG = ("we ", "our ", "\n", '"', ".", "-", "From: a\n", "From:\n\n\n", "one of our ", "\n ", "cve-")


@pytest.mark.parametrize("piece", LONG)
def test_no_text_takes_long(piece: str) -> None:
    begun = time.monotonic()
    looks_like_a_report(piece * 100, piece * (60_000 // len(piece)) + "x")
    assert time.monotonic() - begun < 20  # on a busy machine; an attack takes hours
