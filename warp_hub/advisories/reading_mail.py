"""A text as people paste it: the lines of a mail's head taken off, its plain headings and bullets made Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAMES = {
    "from": "from",
    "oddi wrth": "from",
    "subject": "subject",
    "pwnc": "subject",
    **dict.fromkeys(
        (
            *("to", "cc", "bcc", "date", "sent", "reply-to", "importance", "attachments", "sensitivity", "at", "copi"),
            *("anfonwyd", "dyddiad", "message-id", "mime-version", "content-type", "received", "return-path"),
            *("content-transfer-encoding", "list-id", "list-unsubscribe", "dkim-signature", "x-mailer", "priority"),
        ),
        "",
    ),
}
_HEAD = re.compile(r"[*_]{0,2}([A-Za-z][A-Za-z -]{1,30}?)[*_]{0,2}\s?:[*_]{0,2}(?:[ \t]+(.*))?\Z")
_FORWARDED = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|forwarded message|neges wreiddiol)\s*-{2,}|begin forwarded message:|_{10,})"
    r"\s*\Z",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"\s*(?:(?:re|fwd?|aw|wg|parthed|ymlaen)\s*:|\[[^\]\n]{1,40}\]|\*{2,}|external\s*:)\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_SIGNATURE = re.compile(r"^-- ?$.*\Z", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"^> ?", re.MULTILINE)
_RULED = re.compile(r"\s*[=-]{3,}\s*\Z")
_NUMBER = re.compile(r"\A(?:\d{1,2}(?:\.\d{1,2})?[.)]?\s+)")
_BULLET = re.compile(r"^(\s*)[•●▪◦‣·–]\s+", re.MULTILINE)
_HEADING = re.compile(
    r"(?:what to do|what you should do|recommend(?:ed|ations?)\b.{0,30}|mitigations?(?: \w+)?|remediation|solutions?"
    r"|actions?(?: required| to take)?|summary|overview|background|details|description|impact"
    r"|what (?:is known|happened)|affected (?:products?|versions?|systems)|products? affected|technical details"
    r"|references|further (?:information|reading)|indicators?(?: of compromise)?(?: \(iocs?\))?|iocs?|observables)",
    re.IGNORECASE,
)
LONGEST_HEADING = 80


@dataclass(frozen=True)
class Mail:
    """A text without the head of its mail: what the head said, and the text itself."""

    subject: str
    sender: str
    said: str


def open_mail(pasted: str) -> Mail:
    """Return a pasted text as a mail: the domain of its sender and its subject, of the innermost where it is passed on.

    What is no mail has neither. Of the text only heads and what stands below a signature's mark are left out.
    """
    lines = _unquoted(pasted).split("\n")
    subject = sender = ""
    kept: list[str] = []
    for head, told in _parts(lines):
        subject, sender = head.get("subject") or subject, head.get("from") or sender
        kept += told
    address = _ADDRESS.search(sender)
    said = _SIGNATURE.sub("", "\n".join(kept))
    return Mail(_without_prefixes(subject), address[1].lower() if address else "", said.strip())


def as_markdown(said: str) -> str:
    """Return plain text with its headings and bullets as Markdown has them; Markdown stays as it is."""
    lines = _BULLET.sub(r"\1- ", said).split("\n")
    made: list[str] = []
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else ""
        after = lines[place + 1] if place + 1 < len(lines) else ""
        if _RULED.match(line) and made and made[-1].startswith("## "):
            continue
        made += ["", f"## {_plain_heading(line)}", ""] if _is_heading(line, before, after) else [line]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip()


def _parts(lines: list[str]) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield each head with the lines up to the next one."""
    head: dict[str, str] = {}
    told: list[str] = []
    place = 0
    while place < len(lines):
        found, end = _head_at(lines, place)
        if found:
            yield head, told
            head, told, place = found, [], end
        else:
            told += [] if _FORWARDED.match(lines[place]) else [lines[place]]
            place += 1
    yield head, told


def _head_at(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """Return the head that begins at a line, and where it ends: two lines of it at least, or a subject at the top."""
    found: dict[str, str] = {}
    place, count = start, 0
    while place < len(lines):
        named = _HEAD.match(lines[place].strip()) if not lines[place].startswith((" ", "\t")) or not count else None
        if named and named[1].lower() in _NAMES:
            name, count = _NAMES[named[1].lower()], count + 1
            if name:
                found[name] = (named[2] or "").strip(" *_")
        elif not (count and lines[place].startswith((" ", "\t")) and lines[place].strip()):
            break
        place += 1
    is_head = count >= 2 or (count == 1 and "subject" in found and start == 0)
    return (found, place) if is_head and found else ({}, start)


def _without_prefixes(subject: str) -> str:
    while (short := _PREFIX.sub("", subject, count=1) if _PREFIX.match(subject) else subject) != subject:
        subject = short
    return subject.strip()


def _unquoted(pasted: str) -> str:
    lines = [line for line in pasted.split("\n") if line.strip()]
    is_quoted = bool(lines) and all(line.startswith(">") for line in lines)
    return _QUOTED.sub("", pasted) if is_quoted else pasted


def _is_heading(line: str, before: str, after: str) -> bool:
    words = _plain_heading(line)
    if not words or len(words) > LONGEST_HEADING or line.lstrip().startswith(("#", "-", "*", "|", ">")):
        return False
    if _HEADING.fullmatch(words) or (_RULED.match(after) and not before.strip()):
        return True
    return not before.strip() and words.isupper() and len(words.split()) > 1 and words.replace(" ", "").isalpha()


def _plain_heading(line: str) -> str:
    return _NUMBER.sub("", line.strip()).rstrip(" :").strip("*_ ")
