"""RSS and Atom: a file or one web address; each entry becomes a warning.

Such feeds leave entries out as they grow old and seldom say when one changed: what was taken is remembered.
"""

import json
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from feeds import documents, rss_entries
from feeds.contract import MEBIBYTE, STANDARD_LIMITS, BadObject, Endpoint, Limits, NotStix, Original, Page, StixObject
from feeds.files import Wanted, one_file
from feeds.portions import Result, paged
from feeds.remembered import Remembered
from feeds.rss_entries import Entry, Feed
from feeds.strict_json import Raw

_WANTED = Wanted(
    frozenset({".xml", ".rss", ".atom", ".rdf"}),
    "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
    "RSS",
)
_LARGEST, _MOST_TAGS, _MOST_SIGNS, _MOST_ENTRIES, _REMEMBERED = 8 * MEBIBYTE, 300_000, 300_000, 2_000, 5_000
_DEEPEST, _CUT_OFF = 100, "warp-hub-cut-off"


def pull(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield the entries that are new or changed since the cursor, oldest first."""
    place = Remembered("rss", cursor, _REMEMBERED, limits)
    feed = _read(one_file(endpoint, limits, _WANTED), endpoint.url)
    yield from paged(_parts(feed, place, limits), place.written, limits)


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    count = len(_read(one_file(endpoint, limits, _WANTED), endpoint.url).entries)
    return f"A feed with {count} entr{'y' if count == 1 else 'ies'} to read."


def again(raw: Raw, limits: Limits) -> list[StixObject | BadObject]:
    """Return what comes of an entry that was refused before."""
    feed = rss_entries.feed_of(_tree(raw), "")
    return [result for entry in feed.entries for result in _judged(feed, entry, entry.dated, limits)]


def _read(raw: Raw, url: str) -> Feed:
    documents.refuse_what_is_no_text(raw, "an RSS or Atom feed")
    feed = rss_entries.feed_of(_tree(raw), url if url.startswith("http") else "")
    if not feed.is_feed:
        raise NotStix("This is XML, but not an RSS or Atom feed.")
    if len(feed.entries) > _MOST_ENTRIES:
        raise NotStix(f"This feed holds more than {_MOST_ENTRIES:,} entries.")
    return feed


def _tree(raw: Raw) -> Element:
    if not bytes(raw[:2048]).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise NotStix("This is not an RSS or Atom feed.")
    if len(raw) > _LARGEST or raw.count(b"<") > _MOST_TAGS or raw.count(b"=") > _MOST_SIGNS:
        raise NotStix(f"This feed is larger than {_LARGEST:,} bytes or has too many parts.")
    try:
        tree: Element = fromstring(bytes(raw), forbid_dtd=True)
    except DefusedXmlException:
        raise NotStix("This feed defines entities of its own, as attacks do; it was not read.") from None
    except (ParseError, ValueError, LookupError):
        raise NotStix("This is not proper XML.", permanent=False) from None
    _cut_off(tree)
    return tree


def _cut_off(tree: Element) -> None:
    """Take off what lies deeper than anybody writes: it would cost the whole feed, and so costs its entry alone."""
    level = [tree]
    for _ in range(_DEEPEST):
        level = [child for each in level for child in each]
    for each in level:
        del each[:]
        each.set(_CUT_OFF, "")


def _parts(feed: Feed, place: Remembered, limits: Limits) -> Iterator[list[Result]]:
    # The newest stands first, and what has no date keeps its place.
    entries = feed.entries[::-1]
    entries.sort(key=lambda one: one.dated or one.published or "")
    # Of several under one name the last counts: each would pass for a change of the other at every pull.
    for entry in {one.key: one for one in entries}.values():
        content = json.dumps([entry.title, entry.text, entry.link, entry.dated, entry.labels]).encode("ascii")
        version = place.version(entry.key, content, entry.dated)
        if version is not None:
            yield _judged(feed, entry, version, limits)


def _judged(feed: Feed, entry: Entry, version: str | None, limits: Limits) -> list[Result]:
    raw = tostring(entry.element, "utf-8")
    try:
        if any(_CUT_OFF in each.attrib for each in entry.element.iter()):
            raise documents.Refused("its parts lie too deep in one another")
        if not entry.title and not entry.link:
            raise documents.Refused("it has neither a title nor a link")
        if version is None:
            raise documents.Refused("it has no date")
        publisher, report = rss_entries.report_of(feed, entry, version)
        original = Original("application/xml", f"{report['id'].removeprefix('report--')}.xml", raw)
        return [documents.sound(publisher, limits), documents.sound(report, limits, original)]
    except documents.Refused as refused:
        return [BadObject(raw[: limits.object_bytes], str(refused))]
