"""Warnings of a WARP's own: pasted, sent by mail or written, on its desk until a coordinator passes them on.

Their source is the WARP. One without a label is held: it cannot go out before somebody has chosen one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from feeds.contract import Original
from warp_hub import audit, clock
from warp_hub.advisories import originals, telling, writing_stix
from warp_hub.advisories.models import Advisory
from warp_hub.advisories.reading_in import Draft
from warp_hub.advisories.serving import coordinators_of
from warp_hub.advisories.telling import Told
from warp_hub.advisories.writings import Way, Writing
from warp_hub.alerts import keys
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Warp
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Choice, Decision, Indicator, Item, ItemKind, Subject
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Marking, Outlet, Viewer

NO_LABEL = "No label could be read"


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
    telling.say(item, advisory, writing, told)
    advisory.modified = clock.now()
    for part in (Indicator, Subject):
        of_item = delete(part).where(part.item_id == item.id)
        session.execute(of_item.execution_options(synchronize_session=False))
    session.add_all(telling.parts(item.id, told))
    session.flush()
    telling.let_find(item, advisory, told)
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
    told = telling.read_back(item, advisory, writing, viewer)
    return Own(told, writing.warp_id, writing.way, advisory.modified.isoformat())


def _rows(item: Item, viewer: Viewer) -> tuple[Advisory, Writing]:
    advisory: Advisory = find_visible(Advisory, item.id, viewer, Outlet.DESK)
    writing: Writing = find_visible(Writing, item.id, viewer, Outlet.DESK)
    return advisory, writing


def _new(told: Told, warp_id: UUID, way: Way, by: UUID | None) -> Item:
    now = clock.now()
    name = session.scalars(select(Warp.name).where(Warp.id == warp_id)).one()
    item = Item(
        id=new_id(),
        kind=ItemKind.ADVISORY,
        title="",
        originator=warp_id,
        originator_name=name,
        marking=Marking.AMBER,
        keepers=[warp_id],
    )
    _handle(item, told, by)
    advisory = Advisory(id=item.id, stix_id=f"report--{item.id}", why="", received_at=now, modified=now)
    writing = Writing(id=item.id, warp_id=warp_id, way=way)
    telling.say(item, advisory, writing, told)
    session.add(item)
    session.flush()
    session.add_all([advisory, writing, *telling.parts(item.id, told)])
    session.flush()
    telling.let_find(item, advisory, told)
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


def _in_english(said: str) -> dict[str, str]:
    return {"en": said} if said.strip() else {}


def _with(people: Iterable[UUID], by: UUID | None) -> list[UUID]:
    return sorted({*people, *([by] if by else [])})
