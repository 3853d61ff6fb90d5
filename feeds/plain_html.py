"""HTML as feeds write it, made into Markdown: headings, paragraphs, lists, links and emphasis; all else is dropped."""

import re
from html.parser import HTMLParser

from feeds import made
from feeds.shape import words

LONGEST = 60_000
_IS_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_MARKS = re.compile(r"([\\`*_\[\]<>])")
_AT_LINE_START = re.compile(r"^(\s*)([#+>=~-]|\d+[.)])", re.MULTILINE)
_BLOCKS = words("p div section article header footer table thead tbody ul ol dl dt blockquote pre figure")
_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title"})
_TOO_MANY = 20_000


def markdown_of(html: str) -> str:
    """Return the words of a description as Markdown; plain text stays as it is but for what Markdown would read."""
    html = html[:LONGEST]
    if not _IS_HTML.search(html):
        return _escaped(made.prose(html))
    reader = _Reader()
    reader.feed(_tame(html))
    reader.close()
    return reader.written()


def _tame(html: str) -> str:
    # The parser looks for the end of each declaration, comment and tag again and again where there is none.
    html = re.sub(r"<!--.{0,5000}?-->", " ", html, flags=re.DOTALL)
    html = re.sub(r"<(?=[!?])", "&lt;", html)
    return html if html.count("<") <= _TOO_MANY else html.replace("<", "&lt;")


def _escaped(text: str) -> str:
    return _AT_LINE_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text))


class _Reader(HTMLParser):
    """Collects words; what it does not know it passes over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._hidden = 0
        self._links: list[str] = []
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._hidden += 1
        elif tag == "a":
            self._links.append(made.web(dict(attrs).get("href")))
            self._out.append("[" if self._links[-1] else "")
        elif tag in ("ul", "ol"):
            self._lists.append(0)
            self._out.append("\n")
        else:
            self._out.append(self._opening(tag))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a" and self._links:
            address = self._links.pop()
            self._out.append(f"](<{address}>)" if address else "")
        elif tag in ("ul", "ol"):
            self._lists = self._lists[:-1]
            self._out.append("\n\n")
        elif tag in ("strong", "b"):
            self._out.append("** ")
        elif tag in ("td", "th"):
            self._out.append(" | ")
        elif tag in _BLOCKS or re.fullmatch("h[1-6]", tag):
            self._out.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._out.append(_MARKS.sub(r"\\\1", re.sub(r"\s+", " ", made.readable(data))))

    def written(self) -> str:
        """Return what was collected, with links closed and blank lines in measure."""
        text = "".join([*self._out, *(f"](<{address}>)" for address in reversed(self._links) if address)])
        text = re.sub(r"\*\*\s*\*\*", "", text)
        lines = (" ".join(line.split()) for line in text.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _opening(self, tag: str) -> str:
        if re.fullmatch("h[1-6]", tag):
            return f"\n\n{'#' * max(2, int(tag[1]))} "
        if tag == "li":
            return "\n- "
        if tag in ("br", "tr"):
            return "\n"
        if tag in ("strong", "b"):
            return " **"
        return "\n\n" if tag in _BLOCKS else ""
