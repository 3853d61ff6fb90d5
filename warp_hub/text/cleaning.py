"""Markdown from anywhere made into HTML that a page and a letter may show as it is."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from warp_hub.text.characters import visible
from warp_hub.text.paths import escape_outside_paths
from warp_hub.text.raw_html import BLOCKS, VOID, WORDS, Rebuilder
from warp_hub.text.walking import walker_with_memory

LONGEST = 100_000
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "nofollow noopener noreferrer"
TAGS = BLOCKS | WORDS | VOID
# A page has one h1 of its own, and h2 for its parts.
_HIGHEST, _LOWEST = 3, 6
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_LONGEST_ADDRESS = 2000
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069<>\"`\\]")
_NAMESPACE = re.compile(r"<(/?)xhtml:(?=[a-z])", re.IGNORECASE)
_EMPTY = re.compile(r"<a [^<>]*>\s*</a>|<h([3-6])>\s*</h\1>")


def clean_html(markdown: str) -> str:
    """Return Markdown, with or without HTML in it, as HTML of a short list of tags and safe links.

    Text over 100,000 characters is cut. Scripts, styles, pictures and forms are never there; headings
    begin at h3 and leave out no level; the time needed grows with the length alone.
    """
    text = markdown if len(markdown) <= LONGEST else markdown[:LONGEST] + "\n\n…"
    rendered = _markdown().render(_NAMESPACE.sub(r"<\1", visible(text)))
    return _EMPTY.sub("", _bleached(rendered)).strip()


def is_safe_address(address: str) -> bool:
    """Say whether a link may lead there: an absolute web address or a mailbox, spelt without tricks."""
    if len(address) > _LONGEST_ADDRESS or _UNSAFE_IN_ADDRESS.search(address):
        return False
    try:
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return "@" in parts.path and not parts.netloc
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


@cache
def _markdown() -> MarkdownIt:
    # Without indented code: feeds indent by accident. Without link definitions: one long address
    # named a thousand times would make a page of any size.
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True})
    parser.enable(["table", "strikethrough"]).disable(["code", "reference"])
    parser.inline.ruler.at("escape", escape_outside_paths)
    parser.core.ruler.push("raw_html", _rebuild_raw_html)
    parser.add_render_rule("image", _render_picture)
    return parser


def _rebuild_raw_html(state: StateCore) -> None:
    blocks = Rebuilder()
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "html_block":
            token.content = blocks.rebuild(token.content) + blocks.close_words()
        else:
            tokens.extend(_raw(blocks.close_tables()))
            if token.type == "inline" and token.children:
                token.children = _rebuilt_line(token.children)
        tokens.append(token)
    state.tokens = [*tokens, *_raw(blocks.close_all())]


def _rebuilt_line(children: list[Token]) -> list[Token]:
    words = Rebuilder()
    rebuilt: list[Token] = []
    for child in children:
        if child.type == "html_inline":
            child.content = words.rebuild(child.content)
        elif child.content.strip() or child.nesting:
            rebuilt.extend(_raw(words.enter_cell()))
        rebuilt.append(child)
    return [*rebuilt, *_raw(words.close_all())]


def _raw(html: str) -> list[Token]:
    return [Token("html_inline", "", 0, content=html)] if html else []


def _render_picture(_self: Any, tokens: list[Token], place: int, _options: Any, _env: Any) -> str:
    return escape(_words_of(tokens[place].children or []))


def _words_of(tokens: list[Token]) -> str:
    return "".join(_words_of(token.children) if token.children else token.content for token in tokens)


def _bleached(html: str) -> str:
    from bleach.sanitizer import Cleaner  # noqa: PLC0415 - heavy, and needed only when something is written

    cleaner = Cleaner(
        tags=TAGS,
        attributes=lambda tag, name, value: tag == "a" and name == "href" and is_safe_address(value),
        protocols=SCHEMES,
        strip_comments=True,
        filters=[_house_rules],  # type: ignore[list-item]  # any iterator over tokens will do
    )
    cleaner.walker = walker_with_memory(cleaner.walker)
    return str(cleaner.clean(html))


class _Headings:
    """The levels of a text's headings, brought into order: the first is h3, and below it none is left out."""

    def __init__(self) -> None:
        self.name = f"h{_HIGHEST}"
        self._open: list[tuple[int, int]] = []

    def begin(self, level: int) -> str:
        """Return the name of a heading that its author put on this level."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        shown = min(self._open[-1][1] + 1, _LOWEST) if self._open else _HIGHEST
        self._open.append((level, shown))
        self.name = f"h{shown}"
        return self.name


def _house_rules(source: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pass over the clean tokens: headings go down, links say what they are, tables name their columns."""
    is_in_head = is_in_link = False
    headings = _Headings()
    for token in source:
        name, starts = token.get("name"), token["type"] == "StartTag"
        if name in _HEADINGS:
            token["name"] = headings.begin(int(name[1])) if starts else headings.name
        elif name == "thead":
            is_in_head = starts
        elif name == "th" and starts and is_in_head:
            token["data"] = {(None, "scope"): "col"}
        elif name == "a":
            was_in_link, is_in_link = is_in_link, starts and bool(token["data"])
            if not (is_in_link or was_in_link):  # its address was refused: only its words stay
                continue
            if starts:
                token["data"][(None, "rel")] = REL
        yield token
