"""What a coordinator gives to be read: a text, a PDF, or the address of a page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from feeds import opening
from feeds.contract import FeedError, Original
from warp_hub import text
from warp_hub.advisories.reading_page import markdown_of_page, text_of_bytes
from warp_hub.advisories.reading_pdf import UnreadablePdf, text_of_pdf

PDF, PAGE, PLAIN = "application/pdf", ("text/html", "application/xhtml+xml"), "text/plain"

NOTHING_THERE = _l("There are no words on this page")


class Unreadable(Exception):
    """Nothing can be read out of it; the message says why."""


@dataclass(frozen=True)
class Given:
    """A text to read, a name for it where it has no title, and the document it came from."""

    said: str
    name: str
    original: Original


def from_text(pasted: str) -> Given:
    """Return a pasted text."""
    return Given(pasted, "", Original(PLAIN, "pasted.txt", pasted.encode("utf-8", "replace")))


def from_pdf(content: bytes, name: str) -> Given:
    """Return the text of a PDF; raise Unreadable where it has none, or is too much."""
    try:
        said = text_of_pdf(content)
    except UnreadablePdf as error:
        raise Unreadable(str(error)) from error
    safe = text.safe_filename(name, "warning.pdf")
    return Given(said, safe.removesuffix(".pdf").replace("-", " "), Original(PDF, safe, content))


def from_link(url: str) -> Given:
    """Return what is at a public address of the web; raise Unreadable where nothing can be had in short time."""
    try:
        found = opening.fetch(url, media_types=(*PAGE, PDF, PLAIN))
    except FeedError as error:
        raise Unreadable(error.sentence) from error
    return from_document(found)


def from_document(found: opening.Fetched) -> Given:
    """Return what a document from the web says, and its address below; raise Unreadable where it says nothing."""
    name = text.safe_filename(urlsplit(found.url).path, urlsplit(found.url).hostname or "page")
    if found.media_type == PDF:
        return from_pdf(found.body, name)
    said = text_of_bytes(found.body)
    said = markdown_of_page(said) if found.media_type in PAGE else said
    if not said.strip():
        raise Unreadable(NOTHING_THERE)
    return Given(f"{said}\n\n{found.url}", name, Original(found.media_type, name, found.body))
