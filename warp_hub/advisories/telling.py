"""What a warning of a WARP's own says, as its coordinators wrote it and as the rows that pages and search read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from warp_hub import text
from warp_hub.advisories import finding
from warp_hub.advisories.models import Advisory
from warp_hub.advisories.writings import Writing
from warp_hub.db import new_id, session
from warp_hub.sharing import words
from warp_hub.sharing.models import Indicator, Item, Severity, Subject
from warp_hub.sharing.visibility import select_visible
from warp_hub.stix import IndicatorKind, IndicatorValue, safe_url
from warp_hub.tlp import Marking, Outlet, Viewer

WITHOUT_TITLE = "A warning without a title"


@dataclass(frozen=True)
class Told:
    """What a warning of a WARP's own says, and how it is to be handled; texts are Markdown by language."""

    title: str
    summary: str = ""
    body: Mapping[str, str] = field(default_factory=dict)
    to_do: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    cves: Sequence[str] = ()
    products: Sequence[str] = ()
    indicators: Sequence[IndicatorValue] = ()
    links: Sequence[str] = ()
    marking: Marking | None = None
    named: Sequence[UUID] = ()
    early_until: datetime | None = None
    early: Sequence[UUID] = ()


def say(item: Item, advisory: Advisory, writing: Writing, told: Told) -> None:
    """Write a warning's words on its rows: the Markdown for editing, clean HTML for readers."""
    item.title = text.one_line(told.title) or WITHOUT_TITLE
    item.summary = text.one_line(told.summary, 300) or _beginning(told.body)
    if item.severity is not told.severity:  # the reason that was given for it is none for another
        item.severity, advisory.why = told.severity, ""
    writing.body, writing.to_do = dict(told.body), dict(told.to_do)
    advisory.body, advisory.to_do = _clean(told.body), _clean(told.to_do)
    advisory.links = [_link(url) for url in told.links if safe_url(url)]


def parts(item_id: UUID, told: Told) -> list[Indicator | Subject]:
    """Return what a warning says to look for and what it is about, as its parts."""
    values = [Indicator(id=new_id(), item_id=item_id, kind=one.kind.value, value=one.value) for one in told.indicators]
    return [*values, *(Subject(id=new_id(), item_id=item_id, kind=kind, value=about) for kind, about in _about(told))]


def _about(told: Told) -> list[tuple[str, str]]:
    cves, products = (("cve", cve.upper()) for cve in told.cves), (("product", name) for name in told.products)
    return list(dict.fromkeys([*cves, *products]))


def let_find(item: Item, advisory: Advisory, told: Told) -> None:
    """Let a warning be found by what it says by now."""
    shown = {"title": item.title, "summary": item.summary}
    said = {"links": advisory.links, "to_do": advisory.to_do, "body": advisory.body}
    words.put_all([finding.words_of(item.id, shown, said, [about for _, about in _about(told)])])


def read_back(item: Item, advisory: Advisory, writing: Writing, viewer: Viewer) -> Told:
    """Return what a warning says by its rows, as it was told."""
    values, about = _held(item, viewer, Indicator), _held(item, viewer, Subject)
    return Told(
        title=item.title,
        summary="" if item.summary == _beginning(writing.body) else item.summary,
        body=writing.body,
        to_do=writing.to_do,
        severity=item.severity,
        cves=[one.value for one in about if one.kind == "cve"],
        products=[one.value for one in about if one.kind == "product"],
        indicators=[IndicatorValue(IndicatorKind(one.kind), one.value) for one in values],
        links=[link["url"] for link in advisory.links if link["url"]],
        marking=None if item.held else item.marking,
        named=item.recipients,
        early_until=item.embargo_until,
        early=item.early,
    )


def _held(item: Item, viewer: Viewer, part: type[Any]) -> Sequence[Any]:
    of_item = select_visible(part, viewer, Outlet.DESK).where(part.item_id == item.id)
    return session.scalars(of_item.order_by(part.kind, part.value)).all()


def _beginning(body: Mapping[str, str]) -> str:
    return text.first_paragraph(body.get("en") or next(iter(body.values()), ""))


def _link(url: str) -> dict[str, str | None]:
    return {"name": urlsplit(url).hostname, "url": url, "external_id": None, "description": ""}


def _clean(told: Mapping[str, str]) -> dict[str, str]:
    return {language: text.clean_html(said) for language, said in told.items() if said.strip()}
