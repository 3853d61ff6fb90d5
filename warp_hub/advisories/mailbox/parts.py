"""The parts of a mail that are read: its text, mails and text files that it passes on, the text of PDFs.

Every other part is named and not opened.
"""

import email
import email.errors
import email.header
import email.message
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from warp_hub import text
from warp_hub.advisories import reading_page, reading_pdf
from warp_hub.advisories.reading_pdf import UnreadablePdf

MOST_PARTS, MOST_READ, MOST_PDFS, MOST_NAMED = 10_000, 40, 3, 20
LONGEST_PART, LONGEST_WHOLE = 200_000, 400_000
LONGEST_NAME = 80
LONGEST_HEADER = 2_000
# Character sets that cost no more than the text is long, and that are sets of characters at all.
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|ascii|utf-?16(?:le|be)?|iso-?8859-?\d{1,2}|latin-?1|windows-?125\d|cp125\d|koi8-r|macintosh|gb18030"
    r"|gb2312|big5|shift_jis|euc-jp|euc-kr|iso-2022-jp",
    re.IGNORECASE,
)
_PASSED_ON_HEADERS = ("From", "Date", "Subject")


@dataclass
class Found:
    """What was read: the sender's own text, what it passes on, and the names of what was left alone."""

    own_words: str = ""
    passed_on: str = ""
    not_read: tuple[str, ...] = ()
    _named: list[str] = field(default_factory=list)
    _left: int = LONGEST_WHOLE
    _pdfs_left: int = MOST_PDFS


def read(whole: email.message.Message) -> Found:
    """Return what a mail says, as far as it is text."""
    found = Found()
    own: list[str] = []
    others: list[str] = []
    for number, (part, is_inside) in enumerate(_readable(whole)):
        if number >= MOST_READ:
            break
        (others if is_inside else own).append(_cut(found, _text_of(found, part)))
    found.own_words, found.passed_on = _joined(own), _joined(others)
    found.not_read = tuple(found._named)
    return found


def decoded(content: bytes, charset: str | None) -> str:
    """Return bytes as text by a character set from the list, by UTF-8 where it is none of them; never fails."""
    named = charset if charset and _CHARSETS.fullmatch(charset.strip()) else "utf-8"
    try:
        said = content.decode(named.strip(), "replace")
    except LookupError:
        said = content.decode("utf-8", "replace")
    return said.replace("\r\n", "\n")


def header(of: email.message.Message, name: str) -> str:
    """Return a header as one decoded line."""
    written = str(of.get(name, ""))[:LONGEST_HEADER]
    pieces = []
    try:
        for piece, charset in email.header.decode_header(written):
            pieces.append(piece if isinstance(piece, str) else decoded(piece, charset))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        pieces = [written]
    return text.one_line("".join(pieces))


def _readable(whole: email.message.Message) -> Iterator[tuple[email.message.Message, bool]]:
    """Yield the parts worth opening, in order, and whether each came along with the mail rather than being it."""
    todo: list[tuple[email.message.Message, bool]] = [(whole, False)]
    for _number in range(MOST_PARTS):
        if not todo:
            return
        part, is_inside = todo.pop()
        kind = part.get_content_type()
        is_inside = is_inside or _is_attached(part)
        if kind == "message/rfc822" and part.is_multipart():
            yield part, True
            todo += [(child, True) for child in _children(part)[:1]]
        elif part.is_multipart():
            children = _children(part)
            if kind == "multipart/alternative":
                children = _best(children)
            todo += [(child, is_inside) for child in reversed(children[:MOST_PARTS])]
        else:
            yield part, is_inside


def _children(of: email.message.Message) -> list[email.message.Message]:
    inside = of.get_payload()
    return [child for child in inside if isinstance(child, email.message.Message)] if isinstance(inside, list) else []


def _best(children: list[email.message.Message]) -> list[email.message.Message]:
    """Return the plain one of several ways to say the same, or else the last that may be read."""
    plain = [child for child in children if child.get_content_type() == "text/plain" and _says_something(child)]
    return plain[:1] or children[-1:]


def _says_something(part: email.message.Message) -> bool:
    content = part.get_payload(decode=True)
    return isinstance(content, bytes) and bool(content.strip())


def _text_of(found: Found, part: email.message.Message) -> str:
    kind, name = part.get_content_type(), _name(part)
    if kind == "message/rfc822":
        return "\n".join(_head_of(inner) for inner in _children(part)[:1])
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    if kind in ("text/plain", "text/markdown") or name.lower().endswith((".txt", ".md")):
        return decoded(content[: LONGEST_PART * 4], part.get_content_charset())[:LONGEST_PART]
    if kind == "text/html" and not _is_attached(part):
        return reading_page.markdown_of_page(decoded(content[:LONGEST_PART], part.get_content_charset()))
    if name.lower().endswith(".eml"):
        return _mail_in_a_file(content)
    if kind == "application/pdf" or name.lower().endswith(".pdf"):
        said = _of_pdf(found, content)
        if said:
            return said
    if (_is_attached(part) or name) and len(found._named) < MOST_NAMED:
        found._named.append(name or kind)
    return ""


def _mail_in_a_file(content: bytes) -> str:
    """Return the text of a mail that was attached as a file; mails inside that one are left alone."""
    inner = email.message_from_bytes(content, policy=email.policy.compat32)
    head = _head_of(inner)
    for part, _inside in _readable(inner):
        body = part.get_payload(decode=True)
        if part.get_content_type() in ("text/plain", "text/html") and isinstance(body, bytes) and body.strip():
            said = decoded(body[:LONGEST_PART], part.get_content_charset())
            said = reading_page.markdown_of_page(said) if part.get_content_type() == "text/html" else said
            return f"{head}\n\n{said}"
    return head


def _head_of(inner: email.message.Message) -> str:
    return "\n".join(f"{name}: {header(inner, name)}" for name in _PASSED_ON_HEADERS) + "\n"


def _of_pdf(found: Found, content: bytes) -> str:
    """Return what a PDF says; nothing where it cannot be read, or too many were read already."""
    found._pdfs_left -= 1
    try:
        return reading_pdf.text_of_pdf(content) if found._pdfs_left >= 0 else ""
    except UnreadablePdf:
        return ""


def _is_attached(part: email.message.Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _name(part: email.message.Message) -> str:
    try:
        written = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
    return text.one_line(str(written)[: LONGEST_NAME * 4])[:LONGEST_NAME]


def _cut(found: Found, said: str) -> str:
    kept = said[: found._left]
    found._left -= len(kept)
    return kept


def _joined(pieces: list[str]) -> str:
    return "\n\n".join(piece.strip() for piece in pieces if piece.strip())
