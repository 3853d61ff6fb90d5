"""Values to look for, one a line, as people copy them from logs and mails into a form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import wtforms
from flask_babel import gettext as _

from warp_hub import text
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.stix.values import value_of

MOST_LINES, LONGEST_LINE = 200, 500
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
    """Return what was typed line by line, each once, without what is empty."""
    lines = (" ".join(line.strip().strip(",;").split()) for line in typed.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


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


def require_readable(lines: list[str], most: int = MOST_LINES) -> None:
    """Raise a field's error for more lines than that, or for the first that says nothing to look for."""
    if len(lines) > most:
        raise wtforms.ValidationError(_("Give no more than %(most)s lines", most=most))
    unread = parse(lines).unread
    if unread:
        raise wtforms.ValidationError(
            _("“%(line)s” is no address, file name or file hash that we can read", line=unread[0][:80])
        )


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
