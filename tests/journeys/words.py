"""The words of our own trade, which a tired officer should never have to learn (the list is that of the project)."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, NavigableString, Tag

NEVER = (
    "item",
    "items",
    "outlet",
    "outlets",
    "recipient",
    "recipients",
    "originator",
    "marking",
    "markings",
    "interest",
    "interests",
    "response",
    "responses",
    "sighting",
    "sightings",
    "triage",
    "intake",
    "quarantine",
    "quarantined",
    "held",
    "provenance",
    "tombstone",
    "embargo",
    "embargoed",
    "cell",
    "cells",
    "k",
    "suppressed",
    "slot",
    "slots",
    "batch",
    "relay",
    "custodian",
    "attribution",
    "motivated intruder",
    "re-share",
    "recertification",
    "SPOC",
    "ceiling",
    "watermark",
    "defang",
    "defanged",
    "KEV",
    "canary",
    "PAP",
    "STIX",
    "TAXII",
)
_ANY = "|".join(map(re.escape, NEVER)).replace(r"\ ", r"\s+")
_NEVER = re.compile(rf"(?<![\w-])({_ANY})(?![\w-])", re.IGNORECASE)
# What others wrote: titles, names and summaries stand in <bdi>, a warning's text and what a source sent in these.
_FROM_OUTSIDE = "bdi, pre, textarea, .warp-text, script, style"
# What is wrong with a source's answer is told as it is, for a coordinator to pass on to those who run the source.
_OF_SOURCES = ("/desk/sources", "/desk/sources/new", "/desk/sources/<uuid:source_id>")
_EXCEPT = {rule: {"STIX", "TAXII"} for rule in ("/desk", *_OF_SOURCES, "/desk/sources/<uuid:source_id>/change")}
_ADDRESS = re.compile(r"https?://\S+")  # where a source is, as whoever runs it calls its own machine
_SPOKEN = ("aria-label", "alt", "title", "placeholder")


def never_on_screen(html: str, rule: str = "") -> Iterator[str]:
    """Yield each such word that a page or letter shows or has read out, with what stands around it."""
    if not _NEVER.search(html):
        return
    page = BeautifulSoup(html, "html.parser")
    for part in page.select(_FROM_OUTSIDE):
        part.decompose()
    for words in _told(page):
        for found in _NEVER.finditer(words):
            if found[0] in _EXCEPT.get(rule, ()):
                continue
            yield f"{found[0]!r} in {words[max(found.start() - 40, 0) : found.end() + 40]!r}"


def _told(page: BeautifulSoup) -> Iterator[str]:
    for text in page.find_all(string=True):
        if type(text) is NavigableString and text.strip():
            yield " ".join(_ADDRESS.sub("", text).split())
    for part in page.find_all(True):
        yield from (str(part[name]) for name in _SPOKEN if isinstance(part, Tag) and part.get(name))
