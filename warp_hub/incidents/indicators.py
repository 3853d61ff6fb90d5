"""Addresses and files of the attacker, one a line, as people copy them from logs and mails."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from warp_hub import text
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.stix.values import value_of
from warp_hub.text.identifying import Finding, Kind, Known, find_identifiers
from warp_hub.text.identifying_findings import EVERY_SUGGESTION

MOST_LINES, LONGEST_LINE = 200, 500
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
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}", re.IGNORECASE)
_FILE = re.compile(
    r"[^/\\:]+\.(?:exe|dll|sys|scr|msi|bat|cmd|ps1|psm1|vbs|vbe|js|jse|jar|hta|lnk|iso|img|vhdx?|docx?|docm|dotm|xlsx?"
    r"|xlsm|xlsb|pptx?|pptm|rtf|pdf|one|html?|svg|zip|rar|7z|gz|cab|apk|dmg|pkg|py|sh|elf|bin|tmp|dat|txt|csv|eml|msg"
    r"|png|jpe?g|gif)",
    re.IGNORECASE,
)
_PATH = re.compile(r"[A-Za-z]:\\|\\\\|%[A-Za-z]+%\\|~?/(?!/)[\w.-]+/")


@dataclass(frozen=True)
class Parsed:
    """What lines say to look for, and the lines that say nothing."""

    values: tuple[IndicatorValue, ...]
    unread: tuple[str, ...]


def lines_of(typed: str) -> list[str]:
    """Return what was typed line by line, each once, without what is empty or was left out."""
    lines = (" ".join(line.strip().strip(",;").split()) for line in typed.splitlines())
    return list(dict.fromkeys(line for line in lines if line and not _is_left_out(line)))


def parse(lines: Iterable[str]) -> Parsed:
    """Return the values of lines, whichever usual way made them harmless, each once and in order."""
    values: dict[IndicatorValue, None] = {}
    unread = []
    for line in lines:
        found = read(line)
        if found is None:
            unread.append(line)
        else:
            values[found] = None
    return Parsed(tuple(values), tuple(unread))


def read(line: str) -> IndicatorValue | None:
    """Return what one line says to look for, or None."""
    meant = text.refang(line.strip())
    if len(meant) > LONGEST_LINE:
        return None
    found = value_of(_kind_of(meant), meant)
    return None if found is None or found.kind is IndicatorKind.OTHER else found


def looks_ours(line: str, known: Known) -> bool:
    """Say whether a line may be of the reporter's own network or name, or be made to look like it."""
    return any(finding.kind in OURS for finding in _findings(line, known))


def _findings(line: str, known: Known) -> Iterator[Finding]:
    # As it is typed and as it is meant: a domain with [.] in it is still one.
    yield from find_identifiers(line, known)
    yield from find_identifiers(text.refang(line), known)


def _is_left_out(line: str) -> bool:
    return any(suggestion in line for suggestion in EVERY_SUGGESTION)


def _kind_of(meant: str) -> IndicatorKind:
    if _HASH.fullmatch(meant):
        return IndicatorKind.SHA256
    if "://" in meant:
        return IndicatorKind.URL
    if _PATH.match(meant):
        return IndicatorKind.FILE_PATH
    if "@" not in meant and _FILE.fullmatch(meant):
        return IndicatorKind.FILE_NAME
    return IndicatorKind.DOMAIN
