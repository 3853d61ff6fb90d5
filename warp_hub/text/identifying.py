"""Passages of a text that would tell who wrote it; found, explained, and replaced only when somebody says so."""

import re
from collections.abc import Iterable, Sequence

from warp_hub.text.identifying_findings import COUNCIL_NAME, SUGGESTIONS, Finding, Kind, Known

__all__ = ["Finding", "Kind", "Known", "find_identifiers", "replace_all"]

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")


def find_identifiers(text: str, known: Known) -> list[Finding]:
    """Return what identifies somebody, in order and without overlaps; offsets are those of the text given."""
    found = [Finding(*hit.span(), Kind.EMAIL, hit[0], SUGGESTIONS[Kind.EMAIL]) for hit in _EMAIL.finditer(text)]
    for name in known.names:
        hits = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) if name else ()
        found += [Finding(*hit.span(), Kind.ORGANISATION, hit[0], COUNCIL_NAME) for hit in hits]
    return _without_overlaps(found)


def replace_all(text: str, findings: Sequence[Finding]) -> str:
    """Return the text with every finding's suggestion in its place."""
    parts, place = [], 0
    for finding in findings:
        parts += [text[place : finding.start], finding.suggestion]
        place = finding.end
    return "".join([*parts, text[place:]])


def _without_overlaps(found: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return kept
