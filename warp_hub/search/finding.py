"""What a reader finds: all of it by the rule, at the outlet SEARCH, by which nothing under TLP:RED travels."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from warp_hub.db import session
from warp_hub.pages import paging
from warp_hub.pages.paging import Page, Place
from warp_hub.search import exact, passages, places
from warp_hub.search.places import GROUPS, Group
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import best_visible, search_visible, select_visible, visible_to
from warp_hub.tlp import Outlet, Viewer

BEST, MOST_COUNTED = 5, 100
_ABOUT = aliased(Item)

# Given ids and who asks, the plain text of those they may read; each room has its own.
ReadTexts = Callable[[Collection[UUID], Viewer, Outlet], Mapping[UUID, str]]
Readers = Mapping[ItemKind, ReadTexts]


@dataclass(frozen=True)
class Hit:
    """One thing found: its item, with title and passage as `marked` takes them, and where it is read."""

    item: Item
    title: str
    passage: str
    address: str


@dataclass(frozen=True)
class Shelf:
    """What was found of one kind: the best of it, and how many there are, counted to MOST_COUNTED + 1."""

    group: Group
    hits: Sequence[Hit]
    count: int


@dataclass(frozen=True)
class Found:
    """Everything one page of results shows."""

    shelves: Sequence[Shelf] = ()
    sightings: Sequence[exact.Sighting] = ()
    has_more_sightings: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show; why, nobody is told."""
        return not (self.shelves or self.sightings)


def find(query: str, viewer: Viewer, readers: Readers) -> Found:
    """Return the best of each kind, and what begins like the address that was typed."""
    _plan_anew()
    shelves, found = [], search_visible(query, viewer)
    for group in GROUPS:
        items, count = best_visible(_of(group, found, viewer), query, BEST, MOST_COUNTED)
        if items:
            shelves.append(Shelf(group, _hits(items, query, viewer, readers), count))
    return Found(shelves, *exact.look_up(query, viewer))


def turn_pages(group: Group, query: str, viewer: Viewer, place: Place | None, readers: Readers) -> Page[Hit]:
    """Return one page of everything of one kind, newest first."""
    _plan_anew()
    asked = paging.turn_to(_of(group, search_visible(query, viewer), viewer), Item.published_at, Item.id, place)
    page = paging.cut(session.scalars(asked).all(), place, lambda item: (item.published_at, item.id))
    return Page(_hits(page.rows, query, viewer, readers), page.newer, page.older)


def _of(group: Group, found: Select[Any], viewer: Viewer) -> Select[Any]:
    found = found.where(Item.kind == group.kind)
    if group.kind is not ItemKind.NOTE:
        return found
    # A note is read on the page of what it is about: to whoever may not have that, it is not there.
    received = select(_ABOUT.id).where(_ABOUT.id == Item.about_id, visible_to(viewer, Outlet.SEARCH, _ABOUT))
    return found.where(Item.about_id == received.scalar_subquery())


def _hits(items: Sequence[Item], query: str, viewer: Viewer, readers: Readers) -> list[Hit]:
    titles = passages.marked_titles(_titles(items, viewer), query)
    texts = _texts(items, viewer, readers)
    shown = passages.marked_passages([texts.get(item.id) or item.summary for item in items], query)
    return [
        Hit(item, title, passage or item.summary, places.address_of(item))
        for item, title, passage in zip(items, titles, shown, strict=True)
    ]


def _titles(items: Sequence[Item], viewer: Viewer) -> list[str]:
    """Return the titles; a note has none and bears that of what it is about."""
    about = [item.about_id for item in items if item.about_id and not item.title]
    titles: dict[UUID | None, str] = {}
    if about:
        named = select_visible(Item, viewer, Outlet.SEARCH).where(Item.id.in_(about))
        titles = dict(session.execute(named.with_only_columns(Item.id, Item.title)).all())
    return [item.title or titles.get(item.about_id, "") for item in items]


def _texts(items: Sequence[Item], viewer: Viewer, readers: Readers) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for kind in {item.kind for item in items} & set(readers):
        found |= readers[kind]([item.id for item in items if item.kind is kind], viewer, Outlet.SEARCH)
    return found


def _plan_anew() -> None:
    """Let the database plan for the words that were typed: a plan for any words at all reads far too much for some."""
    session.execute(select(func.set_config("plan_cache_mode", "force_custom_plan", True)))
