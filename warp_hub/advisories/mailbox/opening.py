"""A mail as it came, made into a few plain values, whatever it is made of.

Nothing here trusts a mail: its size, lines, depth and parts are bounded before its structure is read, its
character sets are those of a list, and what cannot be read says so.
"""

import email
import email.message
import email.policy
import email.utils
import hashlib
import re
from dataclasses import dataclass

from warp_hub import text
from warp_hub.advisories.mailbox import parts

MEBIBYTE = 1024 * 1024
LARGEST = 10 * MEBIBYTE
MOST_LINES, MOST_LEVELS, LARGEST_HEAD = 200_000, 60, 256 * 1024
_FROM_LINE = re.compile(rb"\A>?From [^\n]*\n")
_FROM_HEADERS = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LEVELS = re.compile(rb"boundary\s*\*|boundary\s*=|message\s*/", re.IGNORECASE)
_HEAD = re.compile(rb".*?\r?\n\r?\n", re.DOTALL)
_ADDRESS = re.compile(r"[^\x00-\x1f\x7f\s@<>\"(),:;\\\[\]]{1,64}@((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63})")
_BULK = ("bulk", "list", "junk", "auto_reply")
_ONCE = ("Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_OF_LISTS = ("List-Id", "List-Post", "List-Unsubscribe", "Mailing-List")


class Unreadable(Exception):
    """The mail is made so that nobody should try to read it."""


@dataclass(frozen=True)
class Mail:
    """One mail: who it says it is from (None where that is not one address), what it says, and what it is."""

    raw: bytes
    headers: email.message.Message
    sender: str | None
    subject: str
    own_words: str
    passed_on: str
    not_read: tuple[str, ...]
    digest: bytes

    @property
    def domain(self) -> str:
        """Return the domain of its sender."""
        return (self.sender or "").rpartition("@")[2]

    @property
    def is_reply_of_a_machine(self) -> bool:
        """Say whether a program wrote it in answer to a mail: an absence notice, a bounce, a receipt."""
        kind = self.headers.get_content_type()
        replied = _word(self.headers, "Auto-Submitted") == "auto-replied"
        return replied or kind == "multipart/report" or _word(self.headers, "Return-Path") == "<>"

    @property
    def may_be_answered(self) -> bool:
        """Say whether a person wrote it who would read an answer: no program, no list, nothing sent in bulk."""
        of_program = _word(self.headers, "Auto-Submitted") not in ("", "no")
        in_bulk = _word(self.headers, "Precedence") in _BULK or any(name in self.headers for name in _OF_LISTS)
        return not (self.is_reply_of_a_machine or of_program or in_bulk)


def open_mail(given: bytes) -> Mail:
    """Return a mail's plain values; raise Unreadable where its shape alone is an attack."""
    raw = _FROM_LINE.sub(b"", given, count=1)
    _refuse_traps(raw)
    try:
        whole = email.message_from_bytes(raw, policy=email.policy.compat32)
        found = parts.read(whole)
    except (RecursionError, ValueError, LookupError, AssertionError, TypeError, AttributeError, KeyError):
        raise Unreadable from None
    return Mail(
        raw=raw,
        headers=whole,
        sender=_sender(whole, raw),
        subject=text.for_database(parts.header(whole, "Subject")),
        own_words=text.for_database(found.own_words),
        passed_on=text.for_database(found.passed_on),
        not_read=tuple(map(text.for_database, found.not_read)),
        digest=_digest(whole, raw),
    )


def _refuse_traps(raw: bytes) -> None:
    head = _HEAD.match(raw[: LARGEST_HEAD + 4])
    is_trap = (
        len(raw) > LARGEST
        or raw.count(b"\n") > MOST_LINES
        or len(_LEVELS.findall(raw)) > MOST_LEVELS
        or (head is None and len(raw) > LARGEST_HEAD)
    )
    if is_trap:
        raise Unreadable


def _sender(whole: email.message.Message, raw: bytes) -> str | None:
    """Return the one address of the one From header, or None: what has several can be from anyone."""
    head = _HEAD.match(raw)
    if any(len(whole.get_all(name, [])) > 1 for name in _ONCE):
        return None  # a signature covers the last, and a reader is shown the first
    froms = whole.get_all("From", [])
    if len(froms) != 1 or len(_FROM_HEADERS.findall(head[0] if head else raw)) != 1:
        return None
    written = str(froms[0])
    found = email.utils.getaddresses([written]) if len(written) <= parts.LONGEST_HEADER else []
    address = found[0][1].strip().lower() if len(found) == 1 else ""
    return address if _ADDRESS.fullmatch(address) else None


def _digest(whole: email.message.Message, raw: bytes) -> bytes:
    """Return what tells one mail from another: its Message-ID and its content, not the way it came."""
    told = "\0".join(str(whole.get(name, "")) for name in ("Message-ID", "From", "Date", "Subject"))
    head = _HEAD.match(raw)
    body = raw[head.end() :] if head else raw
    plain = body.replace(b"\r\n", b"\n").rstrip(b"\n")
    return hashlib.sha256(told.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(plain).digest()).digest()


def _word(of: email.message.Message, name: str) -> str:
    return str(of.get(name, "")).partition(";")[0].strip().lower()
