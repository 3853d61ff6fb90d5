"""What the entries of a feed say, whichever of RSS and Atom it is written in, and the reports they become."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, tostring

from feeds import made, moments, plain_html, vectors
from feeds.made import Stix

_ROOTS = frozenset({"rss", "feed", "RDF"})
# Extensions have titles and links of their own, which are not the entry's.
_SPACES = frozenset(
    {
        "",
        "http://www.w3.org/2005/Atom",
        "http://purl.org/rss/1.0/",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://purl.org/rss/1.0/modules/content/",
    }
)
_DATES = ("updated", "modified", "pubDate", "date", "published", "issued", "created")
_FIRST_DATES = ("published", "issued", "created", "pubDate", "date")
_TLP = re.compile(r"[\[(]?\s*\bTLP\s*[:\-]\s*([A-Z]{2,12}(?:\s*\+\s*STRICT)?)\b\s*[\])]?\s*[:|–—-]?\s*", re.IGNORECASE)
_GRADE = re.compile(r"\[(\w{3,10})\]")
_PREFIX = re.compile(r"(?<=<)(/?)[A-Za-z0-9]+:")
_MOST_LABELS = 20


@dataclass(frozen=True)
class Entry:
    """One entry: `dated` is when it last changed, as far as it says."""

    element: Element
    key: str
    title: str
    text: str
    link: str
    external_id: str
    dated: str | None
    published: str | None
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """A feed and its entries, in the order in which they stand."""

    title: str
    is_feed: bool
    entries: list[Entry]


def feed_of(root: Element, url: str) -> Feed:
    """Return what a document says; a single entry is a feed of its own."""
    entries = [each for each in root.iter() if _name(each) in ("item", "entry")]
    channel = next((each for each in root.iter() if _name(each) == "channel"), root)
    title = made.line(_text(_children(channel).get("title")), 200)
    return Feed(title, _name(root) in _ROOTS, [_entry(each, url) for each in entries])


def report_of(feed: Feed, entry: Entry, version: str) -> tuple[Stix, Stix]:
    """Return the publisher and the warning that an entry becomes."""
    publisher = made.identity(feed.title or "Feed")
    title = _TLP.sub(" ", entry.title).strip(" :|-–—") or entry.title or entry.link
    words = [found[1] for each in (entry.title, *entry.labels) for found in _TLP.finditer(each)]
    graded = (made.severity(word) for word in _GRADE.findall(entry.title))
    score, vector = vectors.highest(entry.title, entry.text, *entry.labels) or (None, "")
    reference = {"source_name": feed.title or "Feed", "url": entry.link, "external_id": entry.external_id}
    begun = entry.published if entry.published and entry.published < version else version
    report = {
        "type": "report",
        "spec_version": "2.1",
        "id": made.stix_id("report", "feed", entry.key),
        "created_by_ref": publisher["id"],
        "created": begun,
        "modified": version,
        "name": made.line(title),
        "description": entry.text,
        "published": begun,
        "object_refs": [publisher["id"]],
        "labels": [label for label in entry.labels if not _TLP.fullmatch(label)],
        "external_references": [made.compact(reference)] if entry.link or entry.external_id else [],
        "object_marking_refs": list(dict.fromkeys(made.label_ref(word) for word in words)),
        made.SEVERITY: next(filter(None, graded), ""),
        made.CVSS: score,
        made.CVSS_VECTOR: vector,
    }
    return publisher, made.compact(report)


def _entry(element: Element, url: str) -> Entry:
    parts = _children(element)
    link = made.web(_absolute(_link(element), url))
    named = made.line(_text(parts.get("guid")) or _text(parts.get("id")), 500)
    title = made.line(_words_of(parts.get("title")))
    text = _body(parts)
    return Entry(
        element=element,
        key=named or link or title or text,
        title=title,
        text=text,
        link=link or made.web(named),
        external_id="" if made.web(named) or len(named) > 80 else named,
        dated=_date(parts, _DATES),
        published=_date(parts, _FIRST_DATES),
        labels=tuple(_labels(element))[:_MOST_LABELS],
    )


def _children(element: Element) -> dict[str, Element]:
    """Return the first child of each name, of those that are the feed's own."""
    found: dict[str, Element] = {}
    for child in element:
        if _space(child) in _SPACES:
            found.setdefault(_name(child), child)
    return found


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _space(element: Element) -> str:
    return element.tag[1:].partition("}")[0] if isinstance(element.tag, str) and element.tag.startswith("{") else ""


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _words_of(element: Element | None) -> str:
    """Return a title without the HTML it may hold."""
    html = _text(element)
    return re.sub(r"<[^<>]{0,300}>", "", html) if "<" in html else html


def _body(parts: dict[str, Element]) -> str:
    for name in ("encoded", "content", "description", "summary"):
        element = parts.get(name)
        if element is not None:
            html = _PREFIX.sub(r"\1", tostring(element, "unicode")) if len(element) else _text(element)
            if html.strip():
                return plain_html.markdown_of(html)
    return ""


def _link(element: Element) -> str:
    for child in element:
        if _name(child) == "link" and _space(child) in _SPACES and child.get("rel", "alternate") == "alternate":
            return (child.get("href") or child.text or "").strip()
    return ""


def _absolute(link: str, url: str) -> str:
    try:
        return urljoin(url, link) if link and url else link
    except ValueError:
        return ""


def _date(parts: dict[str, Element], names: tuple[str, ...]) -> str | None:
    for name in names:
        written = _text(parts.get(name))
        if written and (moment := moments.of_rfc3339(written) or moments.of_mail(written)):
            return moment
    return None


def _labels(element: Element) -> Iterator[str]:
    for child in element:
        if _name(child) in ("category", "subject") and _space(child) in _SPACES:
            label = made.line(child.get("term") or _text(child), 100)
            if label:
                yield label
