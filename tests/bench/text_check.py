"""Real reports that name their victims, checked as their victims would: what still leaks, and how much is masked.

Of each victim only what the collection calls it is known; its other names, initials and short forms are the check's to
work out. All suggestions are accepted. A report leaks when a string marked as identifying is still in it.
"""

import json
import re
import statistics
import time
from typing import Any

from tests.bench.figures import Figure, Row
from tests.feeds import real_data
from warp_hub.text.identifying import Known, find_identifiers, replace_all

ABSENT = "the collection of real reports (../shared/data/vcdb_dev.jsonl) is not beside this project"
MEGABYTE = 1_000_000
# Run together, a shorter string is found across words that have nothing to do with it.
SURELY_NO_WORD = 6
KNOWN = Known(("Midshire County Council", "Midshire"), ("midshire.gov.uk",), ("Sam Archer", "sam@midshire.gov.uk"))
PASTE = "On 3 March the attacker moved from 10.1.2.3 to MIDSHIRE\\svc with evil@bad.example and 185.220.101.7. "


def measure() -> list[Row]:
    """Return what leaks, what is masked without need, and what a paste of a megabyte takes."""
    reports = read_reports()
    if not reports:
        return [Row("not measured", ABSENT)]
    naming = [report for report in reports if report["leak_strings"]]
    leaking = [report for report in naming if leaks(report)]
    leaking_before = [report for report in naming if _still_there(report, report["summary"])]
    without_need, words = masks_without_need(reports)
    return [
        Row("reports that name their victim", f"{len(naming)} of {len(reports):,}"),
        Row("of these found to leak before the check", str(len(leaking_before))),
        Row("leak when only the exact name is replaced", str(sum(map(_leaks_by_name_alone, naming)))),
        Row(
            "still leak after all suggestions (9 before the rules were widened, on this very set)",
            str(len(leaking)),
            "0",
        ),
        Row("the same, and letters run together count", str(sum(map(_still_spelt, naming))), "0"),
        Row("masks per 300 words in the other reports", f"{without_need * 300 / words:.2f}"),
        Row("a paste of 1 MB, the processor's time", f"{_seconds_of_megabyte():.2f} s", "2 s"),
    ]


def read_reports() -> list[dict[str, Any]]:
    """Return the real reports that have a text, or none where they do not lie beside the project."""
    folder = real_data.folder()
    file = folder.parent / "vcdb_dev.jsonl" if folder else None
    if file is None or not file.is_file():
        return []
    reports = (json.loads(line) for line in file.read_text().splitlines())
    return [report for report in reports if report["summary"]]


def leaks(report: dict[str, Any]) -> bool:
    """Say whether a report still names its victim after every suggestion."""
    return _still_there(report, anonymised(report))


def anonymised(report: dict[str, Any]) -> str:
    """Return the text of a report with every suggestion accepted, known by its victim's name alone."""
    text = report["summary"]
    return replace_all(text, find_identifiers(text, _known(report)))


def masks_without_need(reports: list[dict[str, Any]]) -> tuple[int, int]:
    """Return how many passages are found in the reports that do not name their victim, and how many words they have."""
    others = [report for report in reports if not report["leak_strings"]]
    found = sum(len(find_identifiers(report["summary"], _known(report))) for report in others)
    return found, sum(len(report["summary"].split()) for report in others)


def _known(report: dict[str, Any]) -> Known:
    return Known((report["victim_id"],) if report["victim_id"] else ())


def _leaks_by_name_alone(report: dict[str, Any]) -> bool:
    return _still_there(report, report["summary"].replace(report["victim_id"].strip(), ""))


def _still_there(report: dict[str, Any], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(leak)}(?!\w)", text, re.IGNORECASE) for leak in report["leak_strings"])


def _still_spelt(report: dict[str, Any]) -> bool:
    said = _letters(anonymised(report))
    return any(leak in said for leak in map(_letters, report["leak_strings"]) if len(leak) >= SURELY_NO_WORD)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _seconds_of_megabyte() -> float:
    paste = (PASTE * (MEGABYTE // len(PASTE) + 1))[:MEGABYTE]
    taken = []
    for _ in range(3):
        begun = time.process_time()
        find_identifiers(paste, KNOWN)
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


FIGURE = Figure("text_check", "Text that names whoever wrote it", measure)
