"""How a warning is called and what is told of it in one line, whatever its source makes of both."""

import re
from collections.abc import Mapping
from typing import Any

from warp_hub import text

LONGEST = 300
_READ, _TOO_SHORT = 4000, 40
_SAYS = ("description", "content", "abstract")
_FILE_NAME = re.compile(r"[\w.-]+\.(?:json|stix2?|txt|md|xml|ya?ml)", re.IGNORECASE)
_DATED = re.compile(r"^\d{4}[-_]?\d{2}[-_]?\d{2}[-_]|^\d{4}[-_](?=[A-Za-z])")


def readable(title: str) -> str:
    """Return a title as words: a file's name loses its date, its ending and its hyphens."""
    if " " in title or not _FILE_NAME.fullmatch(title):
        return title
    words = re.sub(r"[-_]+", " ", _DATED.sub("", title.rsplit(".", 1)[0])).strip()
    return words[:1].upper() + words[1:] if words else title


def in_short(obj: Mapping[str, Any], title: str) -> str:
    """Return the first paragraph that says more than the title; nothing where its source says nothing."""
    told = next((obj[key] for key in _SAYS if isinstance(obj.get(key), str) and obj[key].strip()), "")
    start = text.for_database(told[:_READ])
    first = ""
    for part in re.split(r"\n\s*\n", start):
        paragraph = text.first_paragraph(part, LONGEST)
        if len(beyond := _beyond(paragraph, title)) >= _TOO_SHORT:
            return beyond
        first = first or paragraph
    return first


def _beyond(part: str, title: str) -> str:
    """Return a paragraph without the title it begins with."""
    if not part.casefold().startswith(title.casefold()):
        return part
    return part[len(title) :].lstrip(" .:;,-\u2013\u2014|")
