"""Addresses and files of the attacker, one a line, as people copy them from logs and mails."""

from collections.abc import Iterator

from warp_hub import text
from warp_hub.pages import typed_values
from warp_hub.pages.typed_values import MOST_LINES, Parsed, parse, read
from warp_hub.text.identifying import Finding, Kind, Known, find_identifiers
from warp_hub.text.identifying_findings import EVERY_SUGGESTION

__all__ = ["MOST_LINES", "OURS", "Parsed", "lines_of", "looks_ours", "parse", "read"]

# What a line may hold that looks like the reporter's own; an attacker's e-mail address or number is no such thing.
OURS = frozenset(
    {
        Kind.ORGANISATION,
        Kind.SHORT_NAME,
        Kind.PERSON,
        Kind.DOMAIN,
        Kind.LOOK_ALIKE,
        Kind.OWN_EMAIL,
        Kind.HOST,
        Kind.ACCOUNT,
        Kind.PRIVATE_ADDRESS,
    }
)


def lines_of(typed: str) -> list[str]:
    """Return what was typed line by line, each once, without what is empty or was left out."""
    return [line for line in typed_values.lines_of(typed) if not _is_left_out(line)]


def looks_ours(line: str, known: Known) -> bool:
    """Say whether a line may be of the reporter's own network or name, or be made to look like it."""
    return any(finding.kind in OURS for finding in _findings(line, known))


def _findings(line: str, known: Known) -> Iterator[Finding]:
    # As it is typed and as it is meant: a domain with [.] in it is still one.
    yield from find_identifiers(line, known)
    yield from find_identifiers(text.refang(line), known)


def _is_left_out(line: str) -> bool:
    return any(suggestion in line for suggestion in EVERY_SUGGESTION)
