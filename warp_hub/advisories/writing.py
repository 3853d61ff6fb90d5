"""Warnings of a WARP's own: pasted, sent by mail or written, on its desk until a coordinator passes them on.

Their source is the WARP. One without a label is held: it cannot go out before somebody has chosen one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select

from feeds.contract import Original
from warp_hub import audit, clock, text
from warp_hub.advisories import finding, originals, writing_stix
from warp_hub.advisories.models import Advisory
from warp_hub.advisories.reading_in import Draft
from warp_hub.advisories.serving import coordinators_of
from warp_hub.advisories.writings import Way, Writing
from warp_hub.alerts import keys
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Warp
from warp_hub.sharing import publishing, words
from warp_hub.sharing.models import Choice, Decision, Indicator, Item, ItemKind, Severity, Subject
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.stix import IndicatorKind, IndicatorValue, safe_url
from warp_hub.tlp import Marking, Outlet, Viewer

NO_LABEL = "No label could be read"
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


@dataclass(frozen=True)
class Own:
    """A warning of a WARP's own: what it says, how it came, and a stamp that another change makes a different one."""

    told: Told
    warp: UUID
    way: Way
    stamp: str


def put_on_desk(draft: Draft, warp_id: UUID, *, original: Original | None = None, by: UUID | None = None) -> UUID:
    """Put what was read on a WARP's desk, where it waits to be decided over like any warning; return its id.

    Nobody receives it before a coordinator passes it on. TLP:RED is for whoever pasted it, or for the coordinators
    whose mailbox it came to.
    """
    told = Told(
        title=draft.title,
        summary=draft.summary,
        body=_in_english(draft.body),
        to_do=_in_english(draft.to_do),
        severity=draft.severity,
        cves=draft.cves,
        products=draft.products,
        indicators=draft.indicators,
        links=draft.links,
        marking=draft.marking,
        named=() if by else coordinators_of([warp_id]),
    )
    item = _new(told, warp_id, Way.READ_IN, by)
    session.add(Decision(id=new_id(), item_id=item.id, keeper=warp_id))
    if original is not None:
        originals.add({item.id: original})
    audit.record("added a warning", actor=by, item=item.id, warp=warp_id)
    session.flush()
    return item.id


def begin(told: Told, warp_id: UUID, by: UUID) -> Item:
    """Keep a warning that somebody writes on their WARP's desk, among what is kept for later."""
    item = _new(told, warp_id, Way.WRITTEN, by)
    kept = Decision(id=new_id(), item_id=item.id, keeper=warp_id)
    kept.choice, kept.decided_at, kept.decided_by = Choice.KEEP, clock.now(), by
    session.add(kept)
    audit.record("began a warning", actor=by, item=item.id, warp=warp_id)
    session.flush()
    return item


def change(item: Item, told: Told, viewer: Viewer) -> None:
    """Change what a warning of a WARP's own says; of one that is out this makes a newer version under the same label.

    The label, its named people and the early notice change only as long as it is not out.
    """
    advisory, writing = _rows(item, viewer)
    if item.published_at is None:
        _handle(item, told, viewer.person)
    _say(item, advisory, writing, told)
    advisory.modified = clock.now()
    for part in (Indicator, Subject):
        of_item = delete(part).where(part.item_id == item.id)
        session.execute(of_item.execution_options(synchronize_session=False))
    session.add_all(_parts(item.id, told))
    session.flush()
    _let_find(item, advisory, told)
    if item.published_at is not None:
        writing_stix.state(item, viewer)
        publishing.revise(item)
    keys.renew([item.id], viewer)
    audit.record("changed a warning", actor=viewer.person, item=item.id, warp=writing.warp_id)


def is_by_hand(item: Item, viewer: Viewer) -> bool:
    """Say whether no source sent a warning, but a coordinator added or wrote it."""
    return find_visible(Writing, item.id, viewer, Outlet.DESK) is not None


def find(item: Item, viewer: Viewer) -> Own | None:
    """Return what a warning of a WARP's own says, or None for one that a source sent."""
    if not is_by_hand(item, viewer):
        return None
    advisory, writing = _rows(item, viewer)
    told = _told_by(item, advisory, writing, viewer)
    return Own(told, writing.warp_id, writing.way, advisory.modified.isoformat())


def _told_by(item: Item, advisory: Advisory, writing: Writing, viewer: Viewer) -> Told:
    values, about = _parts_of(item, viewer, Indicator), _parts_of(item, viewer, Subject)
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


def _rows(item: Item, viewer: Viewer) -> tuple[Advisory, Writing]:
    advisory: Advisory = find_visible(Advisory, item.id, viewer, Outlet.DESK)
    writing: Writing = find_visible(Writing, item.id, viewer, Outlet.DESK)
    return advisory, writing


def _parts_of(item: Item, viewer: Viewer, part: type[Any]) -> Sequence[Any]:
    of_item = select_visible(part, viewer, Outlet.DESK).where(part.item_id == item.id)
    return session.scalars(of_item.order_by(part.kind, part.value)).all()


def _new(told: Told, warp_id: UUID, way: Way, by: UUID | None) -> Item:
    now = clock.now()
    name = session.scalars(select(Warp.name).where(Warp.id == warp_id)).one()
    item = Item(
        id=new_id(),
        kind=ItemKind.ADVISORY,
        title=WITHOUT_TITLE,
        originator=warp_id,
        originator_name=name,
        marking=Marking.AMBER,
        keepers=[warp_id],
    )
    _handle(item, told, by)
    advisory = Advisory(id=item.id, stix_id=f"report--{item.id}", why="", received_at=now, modified=now)
    writing = Writing(id=item.id, warp_id=warp_id, way=way)
    _say(item, advisory, writing, told)
    session.add(item)
    session.flush()
    session.add_all([advisory, writing, *_parts(item.id, told)])
    session.flush()
    _let_find(item, advisory, told)
    keys.renew([item.id], _at_desk(warp_id, by) if by else None)
    return item


def _at_desk(warp_id: UUID, by: UUID) -> Viewer:
    """Return whoever writes as one who may read here what they have just written, and nothing else."""
    return Viewer(person=by, keeps=frozenset({warp_id}), red=frozenset({by}))


def _handle(item: Item, told: Told, by: UUID | None) -> None:
    """Give what is not out yet its label, its named people and its early notice."""
    item.held = NO_LABEL if told.marking is None else None
    item.marking = told.marking or Marking.AMBER
    item.recipients = _with(told.named, by) if told.marking is Marking.RED else []
    item.embargo_until = told.early_until
    item.early = _with(told.early, by) if told.early_until else []


def _say(item: Item, advisory: Advisory, writing: Writing, told: Told) -> None:
    item.title = text.one_line(told.title) or WITHOUT_TITLE
    item.summary = text.one_line(told.summary, 300) or _beginning(told.body)
    if item.severity is not told.severity:  # the reason that was given for it is none for another
        item.severity, advisory.why = told.severity, ""
    writing.body, writing.to_do = dict(told.body), dict(told.to_do)
    advisory.body, advisory.to_do = _clean(told.body), _clean(told.to_do)
    advisory.links = [_link(url) for url in told.links if safe_url(url)]


def _beginning(body: Mapping[str, str]) -> str:
    return text.first_paragraph(body.get("en") or next(iter(body.values()), ""))


def _link(url: str) -> dict[str, str | None]:
    return {"name": urlsplit(url).hostname, "url": url, "external_id": None, "description": ""}


def _parts(item_id: UUID, told: Told) -> list[Indicator | Subject]:
    values = [Indicator(id=new_id(), item_id=item_id, kind=one.kind.value, value=one.value) for one in told.indicators]
    return [*values, *(Subject(id=new_id(), item_id=item_id, kind=kind, value=about) for kind, about in _about(told))]


def _about(told: Told) -> list[tuple[str, str]]:
    cves, products = (("cve", cve.upper()) for cve in told.cves), (("product", name) for name in told.products)
    return list(dict.fromkeys([*cves, *products]))


def _let_find(item: Item, advisory: Advisory, told: Told) -> None:
    shown = {"title": item.title, "summary": item.summary}
    said = {"links": advisory.links, "to_do": advisory.to_do, "body": advisory.body}
    words.put_all([finding.words_of(item.id, shown, said, [about for _, about in _about(told)])])


def _clean(told: Mapping[str, str]) -> dict[str, str]:
    return {language: text.clean_html(said) for language, said in told.items() if said.strip()}


def _in_english(said: str) -> dict[str, str]:
    return {"en": said} if said.strip() else {}


def _with(people: Iterable[UUID], by: UUID | None) -> list[UUID]:
    return sorted({*people, *([by] if by else [])})
