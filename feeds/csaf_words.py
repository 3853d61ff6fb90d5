"""The words of a CSAF document as Markdown: what it is about, what to do, and the rest, in the order people need."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from feeds import made
from feeds.csaf_vulnerabilities import Vulnerability

_MOST_NOTES, _MOST_REMEDIES, _MOST_NAMES, _LONGEST_NOTE = 60, 40, 5, 12_000
_ADVICE = re.compile(r"recommend|mitigation|remediation|solution|workaround|ma(ß|ss)nahme", re.IGNORECASE)
_SMALL_PRINT = re.compile(r"disclaimer|legal notice|terms of use|copyright", re.IGNORECASE)
_ORDER = ("vendor_fix", "mitigation", "workaround", "optional_patch", "fix_planned", "no_fix_planned", "none_available")
_SAID_FIRST = {
    "workaround": "Workaround: ",
    "fix_planned": "A fix is planned: ",
    "no_fix_planned": "No fix is planned: ",
    "none_available": "There is no fix yet: ",
}
_STATES = {
    "known_affected": "Affected",
    "under_investigation": "Being looked into",
    "fixed": "Fixed in",
    "known_not_affected": "Not affected",
}


def description(document: dict[str, Any], vulnerabilities: list[Vulnerability]) -> str:
    """Return everything a reader may want, the summary and what to do first."""
    notes = [_Note(each) for each in made.members(document.get("notes"), _MOST_NOTES)]
    notes = [note for note in notes if note.text and not note.is_small_print]
    first = [note for note in notes if note.category in ("summary", "description")][:1]
    advice = list(_remedies(vulnerabilities))
    told = [note.text for note in first]
    if advice:
        told.append("## What to do\n\n" + "\n".join(advice))
    else:
        chosen = [note for note in notes if note not in first and _ADVICE.search(note.title)]
        notes = [note for note in notes if note not in chosen]
        told += ["## What to do\n\n" + "\n\n".join(note.text for note in chosen)] if chosen else []
    told += _vulnerability_list(vulnerabilities)
    told += _sections(note for note in notes if note not in first and note.category != "other")
    told += _facts(note for note in notes if note.category == "other")
    return made.prose("\n\n".join(told))


class _Note:
    def __init__(self, data: dict[str, Any]) -> None:
        self.category = made.line(data.get("category"), 40)
        self.title = made.line(data.get("title"), 150)
        self.text = made.prose(data.get("text"), _LONGEST_NOTE)
        self.is_small_print = self.category == "legal_disclaimer" or bool(_SMALL_PRINT.search(self.title))


def _remedies(vulnerabilities: Iterable[Vulnerability]) -> Iterator[str]:
    """Yield each piece of advice once, the fix before what helps without one."""
    found: dict[tuple[str, str], str] = {}
    for vulnerability in vulnerabilities:
        for each in vulnerability.remediations:
            details, url = made.prose(each.get("details"), 4000), made.web(each.get("url"))
            if url or (details and not details.endswith(":")):  # what announces a list is not one
                found.setdefault((details, url), made.line(each.get("category"), 40))
    kinds = {kind: place for place, kind in enumerate(_ORDER)}
    best = sorted(found.items(), key=lambda one: kinds.get(one[1], len(kinds)))[:_MOST_REMEDIES]
    for (details, url), kind in best:
        link = f" <{url}>" if url and url not in details else ""
        yield f"- {_SAID_FIRST.get(kind, '')}{_indented(details)}{link}"


def _indented(text: str) -> str:
    return re.sub(r"\n(?=[^\n])", "\n  ", text)


def _vulnerability_list(vulnerabilities: list[Vulnerability]) -> list[str]:
    if not vulnerabilities:
        return []
    return ["## Vulnerabilities", *map(_one_vulnerability, vulnerabilities)]


def _one_vulnerability(one: Vulnerability) -> str:
    score = f" (CVSS {one.score:.1f})" if one.score is not None else ""
    title = one.title.removeprefix(one.name).lstrip(" :-")
    lines = [f"**{one.name}**{score}" + (f": {title}" if title else "")]
    lines += [made.prose(one.text, 2000)] if one.text not in title else []
    lines += [f"{word}: {_listed(one.names[state])}" for state, word in _STATES.items() if one.names.get(state)]
    lines += [f"Why it is not affected: {reason}" for reason in one.why_not]
    return "\n".join(filter(None, lines))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _sections(notes: Iterable[_Note]) -> list[str]:
    """Return notes under their titles, those of one title together."""
    found: dict[str, list[str]] = defaultdict(list)
    for note in notes:
        found[note.title or "Details"].append(note.text)
    return [f"## {title}\n\n" + "\n\n".join(paragraphs) for title, paragraphs in found.items()]


def _facts(notes: Iterable[_Note]) -> list[str]:
    told = [f"- {note.title}: {note.text}" if note.title else f"- {note.text}" for note in notes]
    return ["## More about it\n\n" + "\n".join(told)] if told else []
