"""The words of a web page as Markdown: its main part alone, without what stands around it on every page of its site."""

import re

from feeds.plain_html import markdown_of

_TAG = re.compile(r"(</?[a-zA-Z][^<>]{0,2000}>)")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_UNSAID = frozenset({"script", "style", "noscript", "template", "svg", "iframe"})
_AROUND = frozenset({"nav", "header", "footer", "aside", "form", "button", "select", "dialog"})
_MAIN = ("main", "article")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)


def markdown_of_page(html: str) -> str:
    """Return the words of a page; its heading, or else its title, comes first. Time grows with the length alone."""
    found = markdown_of("".join(_main(_without(_UNSAID, _TAG.split(_without_comments(html))))))
    title = _TITLE.search(html)
    return found if found.startswith("#") or title is None else f"## {markdown_of(title[1])}\n\n{found}"


def text_of_bytes(content: bytes) -> str:
    """Return bytes from the web as text, whether or not they say in which way they are written."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _main(pieces: list[str]) -> list[str]:
    """Return the pieces within the main part, or all that do not stand around it where nothing is called so."""
    names = [_name(piece) for piece in pieces]
    for part in _MAIN:
        if part in names:
            start = names.index(part)
            end = names.index(f"/{part}", start) if f"/{part}" in names[start:] else len(names)
            return _without(_AROUND - {"header"}, pieces[start:end])
    return _without(_AROUND, pieces)


def _without(elements: frozenset[str], pieces: list[str]) -> list[str]:
    """Return the pieces that stand in none of these elements."""
    kept: list[str] = []
    within, depth = "", 0
    for piece in pieces:
        name = _name(piece)
        if within:
            depth += (name == within) - (name == f"/{within}")
            within = within if depth else ""
        elif name in elements:
            within, depth = name, 1
        else:
            kept.append(piece)
    return kept


def _without_comments(html: str) -> str:
    first, *others = html.split("<!--")
    return "".join([first, *(other.partition("-->")[2] for other in others)])


def _name(piece: str) -> str:
    found = _NAME.match(piece)
    if not found or not piece.endswith(">"):
        return ""
    return f"/{found[1].lower()}" if piece.startswith("</") else found[1].lower()
