"""Markdown as plain text: for letters, summaries and lists."""

import re
from html.parser import HTMLParser

from warp_hub.text.characters import shortened
from warp_hub.text.cleaning import clean_html

_BREAKS = frozenset(["p", "div", "blockquote", "pre", "ul", "ol", "dl", "table", "h3", "h4", "h5", "h6", "hr"])
_LINES = frozenset({"br", "li", "dt", "dd", "tr"})
_READ_AHEAD = 20


def plain(markdown: str) -> str:
    """Return Markdown as text for reading: paragraphs apart, lists with dashes, addresses after their words."""
    return plain_of_html(clean_html(markdown))


def plain_of_html(html: str) -> str:
    """Return HTML that clean_html made as plain text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def first_paragraph(text: str, limit: int = 300) -> str:
    """Return the first paragraph of a Markdown text on one line, cut at a word when it is over the limit."""
    start = text[: limit * _READ_AHEAD]
    paragraphs = [" ".join(part.split()) for part in _without_headings(start).split("\n\n")]
    found = next((part for part in paragraphs if part), "") or " ".join(plain(start).split())
    return shortened(found, limit)


def _without_headings(markdown: str) -> str:
    reader = _Reader(skipped=frozenset({"h3", "h4", "h5", "h6"}))
    reader.feed(clean_html(markdown))
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Writes down the words of clean HTML."""

    def __init__(self, skipped: frozenset[str] = frozenset()) -> None:
        super().__init__(convert_charrefs=True)
        self._skipped, self._skipping = skipped, 0
        self._paragraphs: list[list[str]] = [[]]
        self._links: list[tuple[str, list[str]]] = []
        self._lists: list[int | None] = []  # the last number given in each open list
        self._pre = 0

    def text(self) -> str:
        """Return what was read."""
        paragraphs = ("".join(words).strip("\n") for words in self._paragraphs)
        return "\n\n".join(_without_trailing_blanks(paragraph) for paragraph in paragraphs if paragraph.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        self._skipping += tag in self._skipped
        self._pre += tag == "pre"
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        if tag in _BREAKS and not self._follows_bullet():
            self._paragraphs.append([])
        elif tag in _LINES:
            self._write("\n" + (self._bullet() if tag == "li" else ""))
        elif tag in ("td", "th") and not self._is_at_line_start():
            self._write(" | ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", []))

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends; a link's address follows its words."""
        self._skipping -= tag in self._skipped
        self._pre -= tag == "pre"
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in _BREAKS:
            self._paragraphs.append([])
        elif tag == "a" and self._links:
            address, words = self._links.pop()
            if address.removeprefix("mailto:") != "".join(words).strip():
                self._write(f" ({address})")

    def handle_data(self, data: str) -> None:
        """Write down words, their line breaks only where they were set by hand."""
        for _, words in self._links:
            words.append(data)
        if self._pre:
            self._write(data)
        elif data.strip() or "\n" not in data:
            flowing = data.replace("\n", " ")
            self._write(flowing.lstrip() if self._is_at_line_start() else flowing)

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _write(self, text: str) -> None:
        if text and not self._skipping:
            self._paragraphs[-1].append(text)

    def _is_at_line_start(self) -> bool:
        words = self._paragraphs[-1]
        return not words or words[-1].endswith("\n")

    def _follows_bullet(self) -> bool:
        words = self._paragraphs[-1]
        return bool(words) and re.fullmatch(r"\n(?:-|\d+\.) ", words[-1]) is not None


def _without_trailing_blanks(paragraph: str) -> str:
    return "\n".join(line.rstrip() for line in paragraph.split("\n"))
