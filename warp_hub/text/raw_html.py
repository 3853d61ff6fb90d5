"""HTML inside Markdown, as feeds send it: rebuilt tag by tag from a short list, balanced and never deep.

What a description may use is written anew without its attributes; what only arranges a page is dropped
with its content kept; everything else stays readable as text. Depth is bounded because a parser of HTML
needs time that grows with the square of it.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

DEEPEST = 30
_PARAGRAPHS = frozenset({"p", "div", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tr"})
BLOCKS = _PARAGRAPHS | _LISTS | _TABLE_PARTS | {"th", "td"}
WORDS = frozenset(["a", "strong", "b", "em", "i", "u", "s", "del", "ins", "code", "sub", "sup", "kbd", "samp"])
VOID = frozenset({"br", "hr"})
_DROPPED = frozenset(
    {"html", "body", "main", "section", "article", "header", "footer", "nav", "figure", "figcaption", "address"}
    | {"span", "font", "center", "small", "big", "abbr", "cite", "q", "time", "label", "tt", "wbr", "var", "mark"}
    | {"picture", "source", "caption", "colgroup", "col", "tfoot", "strike"}
)
_STAYS_OPEN = BLOCKS - {"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_ENDED_BY = {
    "li": frozenset({"li", "p"}),
    "dt": frozenset({"dt", "dd", "p"}),
    "dd": frozenset({"dt", "dd", "p"}),
    "td": frozenset({"td", "th", "p"}),
    "th": frozenset({"td", "th", "p"}),
    "tr": frozenset({"td", "th", "tr", "p"}),
    "thead": frozenset({"td", "th", "tr", "p", "tbody", "thead"}),
    "tbody": frozenset({"td", "th", "tr", "p", "tbody", "thead"}),
}
_WITHIN = {
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tr": frozenset({"table", "thead", "tbody"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>])([^<>]*)>")
_HREF = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""(?<![\w-])alt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


class Rebuilder:
    """Writes the HTML of one document or one line anew; knows which tags are open."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def rebuild(self, html: str) -> str:
        """Return the HTML with only allowed tags, every one of them balanced so far."""
        return "".join(self._pieces(html))

    def enter_cell(self) -> str:
        """Return the start tags that put what follows into a cell, when it stands in a table outside of one."""
        parent = self._open[-1] if self._open else ""
        if parent not in _TABLE_PARTS:
            return ""
        opened = ["td"] if parent == "tr" else ["tr", "td"]
        self._open.extend(opened)
        return "".join(f"<{name}>" for name in opened)

    def close_words(self) -> str:
        """Return the end tags of all that may not reach into the next block."""
        first = next((place for place, name in enumerate(self._open) if name not in _STAYS_OPEN), None)
        return "" if first is None else self._close_down_to(first)

    def close_tables(self) -> str:
        """Return the end tags of an open table, because what follows is not part of it."""
        first = next((place for place, name in enumerate(self._open) if name in _TABLE_PARTS), None)
        return "" if first is None else self._close_down_to(first)

    def close_all(self) -> str:
        """Return the end tags of everything that is open."""
        return self._close_down_to(0)

    def _pieces(self, html: str) -> Iterator[str]:
        place = 0
        for tag in _TAG.finditer(html):
            yield self._text(html[place : tag.start()])
            yield self._tag(tag)
            place = tag.end()
        yield self._text(html[place:])

    def _text(self, text: str) -> str:
        if not text.strip():
            return "" if self._open and self._open[-1] in _TABLE_PARTS else text
        return self.enter_cell() + text.replace("<", "&lt;").replace(">", "&gt;")

    def _tag(self, tag: re.Match[str]) -> str:
        name, attributes = tag[2].lower(), tag[3]
        if name == "img":
            return self._text(_words_for_picture(attributes) if "=" in attributes else tag[0])
        if name in _DROPPED:
            return ""
        if name not in BLOCKS and name not in WORDS and name not in VOID:
            return self._text(tag[0])
        if tag[1]:
            return self._end(name)
        return self.enter_cell() + f"<{name}>" if name in VOID else self._start(name, attributes)

    def _start(self, name: str, attributes: str) -> str:
        closed = self._close_what_ends_before(name)
        parent = self._open[-1] if self._open else ""
        if name in _WITHIN and parent not in _WITHIN[name]:
            return closed
        if name not in _WITHIN and parent in _TABLE_PARTS:
            closed += self.enter_cell()
        if len(self._open) >= DEEPEST or (name == "table" and len(self._open) > DEEPEST - 6):
            return closed
        if name == "a" and ("a" in self._open or not _HREF.search(attributes)):
            return closed
        self._open.append(name)
        return closed + (_link(attributes) if name == "a" else f"<{name}>")

    def _close_what_ends_before(self, name: str) -> str:
        ended = _ENDED_BY.get(name, frozenset({"p"}) if name in BLOCKS else frozenset())
        first = len(self._open)
        while first and self._open[first - 1] in ended | WORDS and (ended or name in BLOCKS):
            first -= 1
        return self._close_down_to(first)

    def _end(self, name: str) -> str:
        if name not in self._open:
            return ""
        last = len(self._open) - 1 - self._open[::-1].index(name)
        between = self._open[last + 1 :]
        if name in WORDS and any(inner in BLOCKS for inner in between):
            return ""
        return self._close_down_to(last)

    def _close_down_to(self, place: int) -> str:
        closing = self._open[place:]
        del self._open[place:]
        return "".join(f"</{name}>" for name in reversed(closing))


def _words_for_picture(attributes: str) -> str:
    alternative = _ALT.search(attributes)
    return alternative[1] or alternative[2] or "" if alternative else ""


def _link(attributes: str) -> str:
    found = _HREF.search(attributes)
    address = unescape(found[1] or found[2] or found[3] or "") if found else ""
    return f'<a href="{escape(address)}">'
