"""The words of a web page as Markdown: its main part alone, without what stands around it on every page of its site."""

import re

from feeds.plain_html import markdown_of

_TAG = re.compile(r"(<!--.{0,2000}?-->|</?[a-zA-Z][^<>]{0,2000}>)", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_AROUND = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "nav", "header", "footer", "aside"})
_AROUND |= frozenset({"form", "button", "select", "dialog"})
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)


def markdown_of_page(html: str) -> str:
    """Return the words of a page; its heading, or else its title, comes first. Time grows with the length alone."""
    pieces = _TAG.split(html)
    found = markdown_of(_main(pieces))
    title = _TITLE.search(html)
    return found if found.startswith("#") or title is None else f"## {markdown_of(title[1])}\n\n{found}"


def text_of_bytes(content: bytes) -> str:
    """Return bytes from the web as text, whether or not they say in which way they are written."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _main(pieces: list[str]) -> str:
    """Return the pieces within the main part, or within the body where nothing is called so."""
    names = [_name(piece) for piece in pieces]
    for part in ("main", "article", "body"):
        if part in names:
            start = names.index(part)
            end = names.index(f"/{part}", start) if f"/{part}" in names[start:] else len(names)
            return _without_surroundings(pieces[start:end], names[start:end])
    return _without_surroundings(pieces, names)


def _without_surroundings(pieces: list[str], names: list[str]) -> str:
    kept: list[str] = []
    within: list[str] = []
    for piece, name in zip(pieces, names, strict=True):
        if within:
            if name == f"/{within[-1]}":
                within.pop()
            elif name == within[-1]:
                within.append(name)
        elif name in _AROUND:
            within.append(name)
        else:
            kept.append(piece)
    return "".join(kept)


def _name(piece: str) -> str:
    found = _NAME.match(piece)
    if not found or not piece.endswith(">"):
        return ""
    return f"/{found[1].lower()}" if piece.startswith("</") else found[1].lower()
