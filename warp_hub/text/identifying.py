"""Passages of a text that would tell who wrote it; found, explained, and replaced only when somebody says so.

Found are names, short names and initials of the organisations known and of the person, however they are written; their
domains, and addresses that imitate them; any mailbox, telephone number and postcode; computers, accounts and addresses
inside a network. What belongs to the attacker, public addresses and hashes, is left alone. A passage that cannot be
told from an ordinary word without its company is found only in that company.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from warp_hub.text.identifying_addresses import find_addresses
from warp_hub.text.identifying_findings import Finding, Kind, Known
from warp_hub.text.identifying_folding import Folded, fold
from warp_hub.text.identifying_names import find_names
from warp_hub.text.identifying_numbers import find_numbers

__all__ = ["Finding", "Kind", "Known", "find_identifiers", "replace_all"]

# What stands beside a passage may be readable only when that is gone: looked at again until nothing is left.
LONGEST_LOOKED_AT_AGAIN = 100_000

# Where passages overlap, they are one, and the kind is the first of these.
_RANK = {
    kind: place
    for place, kind in enumerate(
        (
            Kind.EMAIL,
            Kind.DOMAIN,
            Kind.LOOK_ALIKE,
            Kind.HOST,
            Kind.ACCOUNT,
            Kind.PERSON,
            Kind.ORGANISATION,
            Kind.SHORT_NAME,
            Kind.PRIVATE_ADDRESS,
            Kind.PHONE,
            Kind.POSTCODE,
        )
    )
}


def find_identifiers(text: str, known: Known) -> list[Finding]:
    """Return what identifies somebody, in order and without overlaps; offsets are those of the text given.

    In a text of up to 100,000 characters nothing more is found once all of it is replaced.
    """
    folded = fold(text)
    found: list[Finding] = []
    while more := _find(folded, known):
        found = list(_joined(text, [*found, *more]))
        if len(text) > LONGEST_LOOKED_AT_AGAIN:
            break
        folded = folded.without(more)
    return found


def replace_all(text: str, findings: Sequence[Finding]) -> str:
    """Return the text with every finding's suggestion in its place."""
    parts, place = [], 0
    for finding in findings:
        parts += [text[place : finding.start], finding.suggestion]
        place = finding.end
    return "".join([*parts, text[place:]])


def _find(folded: Folded, known: Known) -> list[Finding]:
    return [*find_names(folded, known), *find_addresses(folded, known), *find_numbers(folded)]


def _joined(text: str, found: Iterable[Finding]) -> Iterable[Finding]:
    """Yield the findings in order, those that overlap as one."""
    last: Finding | None = None
    for finding in sorted(found, key=lambda each: (each.start, -each.end, _RANK[each.kind])):
        if last is None or finding.start >= last.end:
            if last is not None:
                yield last
            last = finding
            continue
        first = min(last, finding, key=lambda each: _RANK[each.kind])
        end = max(last.end, finding.end)
        last = replace(first, start=last.start, end=end, found=text[last.start : end])
    if last is not None:
        yield last
