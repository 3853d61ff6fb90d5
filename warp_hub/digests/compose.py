"""Composing a digest: what one person may read of what one WARP passed on, since they were last told.

One select by the rule through MAIL loads what may be printed; one through NOTICE only counts the rest. This
module knows no page and no letter.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_
from sqlalchemy.orm import load_only

from warp_hub import clock
from warp_hub.alerts import matching
from warp_hub.alerts.printing import COLUMNS, PLACES, Entry, entry
from warp_hub.db import app_now, session
from warp_hub.digests.told import NOTHING, News, Told, told_before
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.sameness import shown_once
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

CARRIED = tuple(PLACES)
MOST_ENTRIES = 40  # mail programs cut a letter off at about 100 KB


@dataclass(frozen=True)
class Notice:
    """A count of things that may be read in the portal alone."""

    marking: Marking
    kind: ItemKind
    news: News
    count: int


@dataclass(frozen=True)
class Digest:
    """What a digest says; `more` counts what it could print but leaves to the portal for its length.

    `mine` are those of what is printed that meet their reader's list; a letter never says what on it.
    """

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    notices: tuple[Notice, ...]
    needs_attention: bool
    more: int
    new_in_all: int
    changed_in_all: int
    noticed: frozenset[UUID]
    mine: frozenset[UUID] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to tell."""
        return not (self.new or self.changed or self.notices or self.needs_attention)

    @property
    def highest(self) -> Marking | None:
        """Return the strictest label of what is printed; None when nothing is."""
        entries = (*self.new, *self.changed)
        return strictest(one.marking for one in entries) if entries else None

    @property
    def withheld(self) -> int:
        """Return how many things the label keeps in the portal."""
        return sum(notice.count for notice in self.notices)

    @property
    def printed(self) -> frozenset[UUID]:
        """Return the ids of what is printed."""
        return frozenset(one.id for one in (*self.new, *self.changed))


def compose(viewer: Viewer, warp_id: UUID, since: datetime, until: datetime | None = None) -> Digest:
    """Return one WARP's digest for a viewer, of what was stamped after `since` and, if given, not after `until`."""
    window = carried_by(warp_id, since, until)
    once, counted_once = (shown_once(viewer, outlet, carried_by=warp_id) for outlet in (Outlet.MAIL, Outlet.NOTICE))
    printable = session.scalars(_printable(viewer).where(*window, once)).all()
    unprinted = Item.id.not_in([item.id for item in printable])
    waiting = session.execute(_waiting(viewer).where(*window, unprinted, counted_once)).all()
    told = _told(viewer, warp_id, since, [*printable, *waiting])
    mine = matching.matching_among([item.id for item in printable], viewer, Outlet.MAIL)
    new, changed = _by_news(printable, told, mine)
    return replace(_digest(new, changed, _still_news(waiting, told)), mine=mine)


def carried_by(warp_id: UUID, since: datetime, until: datetime | None = None) -> list[ColumnElement[bool]]:
    """Return the conditions of being in a WARP's digest between two stamps, whoever reads it.

    What has come out of embargo waits for the stamp of its lifting, so that it is not told twice.
    """
    is_stamped = or_(Item.embargo_until.is_(None), Item.embargo_until > app_now(), Item.embargo_until <= Item.added_at)
    conditions = [Item.kind.in_(CARRIED), Item.passed_by.contains([warp_id]), Item.added_at > since, is_stamped]
    return conditions if until is None else [*conditions, Item.added_at <= until]


def _printable(viewer: Viewer) -> Any:
    return select_visible(Item, viewer, Outlet.MAIL).options(load_only(*COLUMNS, raiseload=True))


def _waiting(viewer: Viewer) -> Any:
    counted = (Item.id, Item.kind, Item.marking, Item.published_at, Item.revised_at, Item.embargo_until)
    return select_visible(Item, viewer, Outlet.NOTICE).with_only_columns(*counted)


def _told(viewer: Viewer, warp_id: UUID, since: datetime, items: Iterable[Any]) -> Told:
    # What was first published after `since` cannot have been told before: most digests ask nothing here.
    older = [item.id for item in items if item.published_at <= since]
    if viewer.person is None:
        return NOTHING
    return told_before(warp_id, [viewer.person], older).get(viewer.person, NOTHING)


def _by_news(items: Iterable[Item], told: Told, mine: Collection[UUID]) -> tuple[list[Entry], list[Entry]]:
    sorted_out: dict[News | None, list[Entry]] = {News.NEW: [], News.CHANGED: [], None: []}
    for item in items:
        sorted_out[told.news(item.id, item.revised_at, is_printable=True)].append(entry(item))
    for entries in sorted_out.values():
        entries.sort(key=lambda one: (one.id not in mine, *_urgency(one)))
    return sorted_out[News.NEW], sorted_out[News.CHANGED]


def _still_news(items: Iterable[Row[Any]], told: Told) -> list[tuple[Row[Any], News]]:
    found = ((item, told.news(item.id, item.revised_at, is_printable=False)) for item in items)
    return [(item, news) for item, news in found if news is not None]


def _digest(new: list[Entry], changed: list[Entry], waiting: list[tuple[Row[Any], News]]) -> Digest:
    shown_new = new[:MOST_ENTRIES]
    shown_changed = changed[: MOST_ENTRIES - len(shown_new)]
    left_out = [*new[len(shown_new) :], *changed[len(shown_changed) :]]
    named = [item for item, _ in waiting if _is_for_named_people(item)]
    return Digest(
        new=tuple(shown_new),
        changed=tuple(shown_changed),
        notices=_count([(item, news) for item, news in waiting if item not in named]),
        needs_attention=bool(named),
        more=len(left_out),
        new_in_all=len(new),
        changed_in_all=len(changed),
        noticed=frozenset(one.id for one in left_out) | frozenset(item.id for item, _ in waiting),
    )


def _is_for_named_people(item: Row[Any]) -> bool:
    is_early = item.embargo_until is not None and item.embargo_until > clock.now()
    return is_early or item.marking is Marking.RED


def _count(waiting: Collection[tuple[Row[Any], News]]) -> tuple[Notice, ...]:
    counted = Counter((item.marking, item.kind, news) for item, news in waiting)
    order = sorted(counted, key=lambda key: (CARRIED.index(key[1]), key[2] is News.CHANGED, key[0].rank))
    return tuple(Notice(*key, counted[key]) for key in order)


def _urgency(one: Entry) -> tuple[int, int, float]:
    severity = one.severity.rank if one.severity is not None else len(PLACES)
    moment = one.revised_at or one.published_at
    return CARRIED.index(one.kind), severity, -moment.timestamp() if moment else 0.0
