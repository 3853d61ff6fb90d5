"""Passages of a text that would tell who wrote it; found, explained, and replaced only when somebody says so.

Found are names, short names and initials of the organisations known and of the person, however they are written; their
domains, and addresses that imitate them; any mailbox, telephone number and postcode; computers, accounts and addresses
inside a network; all of it in percent, quoted-printable and base64 encoding too. What belongs to the attacker, public
addresses and hashes, is left alone. A passage that cannot be told from an ordinary word without its company is found
only in that company.
"""

from collections.abc import Iterable, Iterator, Sequence

from warp_hub.text.identifying_addresses import find_addresses
from warp_hub.text.identifying_encoded import find_encoded
from warp_hub.text.identifying_findings import RANK, TELLING, Finding, Kind, Known
from warp_hub.text.identifying_folding import Folded, fold
from warp_hub.text.identifying_names import find_names
from warp_hub.text.identifying_numbers import find_numbers

__all__ = ["Finding", "Kind", "Known", "find_identifiers", "replace_all"]

# What stands beside a passage may be readable only when that is gone: looked at again until nothing is left.
LONGEST_LOOKED_AT_AGAIN = 100_000


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
    def find_telling(within: Folded) -> Iterator[Finding]:
        yield from find_names(within, known)
        yield from find_addresses(within, known)

    return [*find_telling(folded), *find_numbers(folded), *find_encoded(folded, find_telling)]


def _joined(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings in order, those that overlap as one."""
    last: Finding | None = None
    for finding in sorted(found, key=lambda each: (each.start, -each.end, RANK[each.kind])):
        if last is not None and finding.start < last.end:
            last = _together(text, last, finding)
            continue
        if last is not None:
            yield last
        last = finding
    if last is not None:
        yield last


def _together(text: str, one: Finding, other: Finding) -> Finding:
    first, second = sorted((one, other), key=lambda each: RANK[each.kind])
    kind = Kind.OWN_EMAIL if first.kind is Kind.EMAIL and second.kind in TELLING else first.kind
    start, end = min(one.start, other.start), max(one.end, other.end)
    return Finding(start, end, kind, text[start:end], first.suggestion)
