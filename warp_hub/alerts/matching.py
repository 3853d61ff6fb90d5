"""Which warnings are for whom, and why: keys of items against what people and organisations run and follow.

Everything here goes by the rule: a warning that somebody may not have is not theirs, and a key counts for them only
where they may have the item that says it. Who watches what is read by the worker alone, for notices.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, false, func, or_, select

from warp_hub.alerts import products
from warp_hub.alerts.interest_models import Interest, InterestKind, MatchKey
from warp_hub.alerts.keys import ALONE
from warp_hub.db import among, session
from warp_hub.memberships import reach
from warp_hub.memberships.models import Post, State
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.sharing.visibility import house_read, owned_by, part_visible, select_owned, select_visible
from warp_hub.tlp import Handling, Outlet, Viewer

NEWEST = 500  # warnings whose sources are offered

# All of an item that decides who may have it; no title, no text.
HANDLING: tuple[Any, ...] = (
    Item.marking,
    Item.keepers,
    Item.recipients,
    Item.early,
    Item.published_at,
    Item.embargo_until,
    Item.withdrawn_at,
    Item.is_public,
)


@dataclass(frozen=True)
class Reason:
    """One thing on a list that a warning meets: what it is, in its owner's words, and whose list it is on."""

    kind: InterestKind
    words: str
    is_organisations: bool


def matching_items(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of the warnings and incidents this viewer may have that meet a list of theirs."""
    return select_visible(Item, viewer, outlet).where(Item.kind.in_(ALONE), for_me(viewer, outlet))


def for_me(viewer: Viewer, outlet: Outlet = Outlet.PAGE, of: Any = Item) -> ColumnElement[bool]:
    """Say of items, within a select by the rule, that they meet this viewer's list; nothing meets an empty one."""
    lists = [
        and_(_is_urgent_enough(floor, of), of.id == any_(func.array(_met_by(keys, viewer, outlet).scalar_subquery())))
        for floor, keys in _keys_by_floor(viewer).items()
    ]
    return or_(false(), *lists)


def matching_among(item_ids: Collection[UUID], viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> frozenset[UUID]:
    """Return those of these items that meet this viewer's list."""
    if not item_ids:
        return frozenset()
    asked = matching_items(viewer, outlet).where(among(Item.id, item_ids)).with_only_columns(Item.id)
    return frozenset(session.scalars(asked))


def reasons(item_id: UUID, viewer: Viewer) -> list[Reason]:
    """Return what on this viewer's list, or their organisation's, a warning meets."""
    return reasons_of([item_id], viewer).get(item_id, [])


def reasons_of(item_ids: Collection[UUID], viewer: Viewer) -> Mapping[UUID, list[Reason]]:
    """Return the same for several warnings; those that meet nothing are left out."""
    if viewer.person is None or not item_ids:
        return {}
    met = (
        select_visible(MatchKey, viewer, Outlet.PAGE)
        .join(Interest, Interest.key == MatchKey.key)
        .join(Item, Item.id == MatchKey.warning_id)
        .where(among(MatchKey.warning_id, item_ids), owned_by(viewer, Interest), _reaches_its_floor())
    )
    columns: tuple[Any, ...] = (MatchKey.warning_id, Interest.kind, Interest.value, Interest.organisation_id)
    named = met.with_only_columns(*columns, Item.originator_name).distinct()
    found: dict[UUID, list[Reason]] = defaultdict(list)
    for row in session.execute(named.order_by(Interest.kind, Interest.value)):
        words = _words(row.kind, row.value, row.originator_name)
        found[row.warning_id].append(Reason(row.kind, words, row.organisation_id is not None))
    return found


def why_mine(item_id: UUID, viewer: Viewer) -> list[str]:
    """Return in their own words what on this viewer's list, or their organisation's, a warning meets."""
    return list(dict.fromkeys(reason.words for reason in reasons(item_id, viewer)))


def sources_met(viewer: Viewer, and_these: Collection[UUID] = ()) -> Mapping[UUID, str]:
    """Return the sources of the newest warnings this viewer may have, by name, and those they follow already."""
    newest = select_visible(Item, viewer, Outlet.PAGE).where(Item.kind == ItemKind.ADVISORY)
    newest = newest.order_by(Item.published_at.desc(), Item.id.desc()).limit(NEWEST)
    found = {row.originator: row.originator_name for row in session.execute(_named(newest))}
    for source in and_these:
        row = session.execute(_named(_of_source(source, viewer))).first()
        found |= {source: row.originator_name} if row and source not in found else {}
    return dict(sorted(found.items(), key=lambda one: str(one[1]).casefold()))


def matched_people(item_id: UUID) -> frozenset[UUID]:
    """Return everyone whose list, or whose organisation's, a warning meets; the worker alone may ask.

    A key counts for those who may have the item that says it. Whether they may have the warning is not asked here.
    """
    columns: tuple[Any, ...] = (MatchKey.item_id, Interest.person_id, Interest.organisation_id)
    met = (
        select(*columns)
        .join(Interest, Interest.key == MatchKey.key)
        .join(Item, Item.id == MatchKey.warning_id)
        .where(MatchKey.warning_id == item_id, _reaches_its_floor())
        .distinct()
    )
    by_item: dict[UUID, set[UUID]] = defaultdict(set)
    organisations: dict[UUID, set[UUID]] = defaultdict(set)
    for said_by, person, organisation in session.execute(house_read(met, "who watches this")):
        (by_item[said_by] if person else organisations[said_by]).add(person or organisation)
    posts = _people_at({one for several in organisations.values() for one in several})
    for said_by, several in organisations.items():
        by_item[said_by] |= {person for one in several for person in posts.get(one, ())}
    return frozenset().union(*(_who_may(said_by, item_id, people) for said_by, people in by_item.items()))


def _named(warnings: Select[Any]) -> Select[Any]:
    columns: tuple[Any, ...] = (Item.originator, Item.originator_name)
    return warnings.with_only_columns(*columns)


def _of_source(source: UUID, viewer: Viewer) -> Select[Any]:
    of = select_visible(Item, viewer, Outlet.PAGE).where(Item.kind == ItemKind.ADVISORY, Item.originator == source)
    return of.order_by(Item.published_at.desc(), Item.id.desc()).limit(1)


def _keys_by_floor(viewer: Viewer) -> Mapping[Severity | None, list[str]]:
    mine = select_owned(Interest, viewer).where(Interest.kind != InterestKind.NOTHING)
    found: dict[Severity | None, list[str]] = defaultdict(list)
    for row in session.execute(mine.with_only_columns(Interest.key, Interest.floor).distinct()):
        found[row.floor].append(row.key)
    return found


def _met_by(keys: list[str], viewer: Viewer, outlet: Outlet) -> Select[Any]:
    """Return the warnings that have one of these keys, within a select that asks the rule about the warnings.

    They are handed over as one array: of a plain IN the planner makes a look-up for each warning there is.
    """
    its_own = (
        MatchKey.item_id == MatchKey.warning_id
    )  # asked already: a third of the time for whoever runs what all run
    return select(MatchKey.warning_id).where(
        among(MatchKey.key, keys), or_(its_own, part_visible(MatchKey, viewer, outlet))
    )


def _is_urgent_enough(floor: Severity | None, of: Any = Item) -> ColumnElement[bool]:
    enough: ColumnElement[bool] = of.id.is_not(None)
    return enough if floor is None else of.severity.in_(list(Severity)[: floor.rank + 1])


def _reaches_its_floor() -> ColumnElement[bool]:
    """Say that a warning is as urgent as the list asks for."""
    reached = [and_(Interest.floor == floor, _is_urgent_enough(floor)) for floor in Severity]
    return or_(Interest.floor.is_(None), *reached)


def _people_at(organisations: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    held = select(Post.organisation_id, Post.person_id).where(
        Post.organisation_id.in_(organisations), Post.state == State.ACTIVE
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for organisation, person in session.execute(held):
        found[organisation].append(person)
    return found


def _who_may(said_by: UUID, warning: UUID, people: set[UUID]) -> set[UUID]:
    """Return those of these people who may have the object behind a warning that says a key."""
    if said_by == warning:
        return people
    row = session.execute(house_read(select(*HANDLING).where(Item.id == said_by), "who watches this")).one()
    return people & reach.receivers(handling_of(row), Outlet.NOTICE)


def handling_of(row: Any) -> Handling:
    """Return how an item is to be handled, from a row with the columns of HANDLING."""
    return Handling(
        marking=row.marking,
        keepers=frozenset(row.keepers),
        recipients=frozenset(row.recipients),
        early=frozenset(row.early),
        published_at=row.published_at,
        embargo_until=row.embargo_until,
        withdrawn_at=row.withdrawn_at,
        is_public=row.is_public,
    )


def _words(kind: InterestKind, value: str, source: str) -> str:
    """Return what is on a list as a page says it; topics and sectors have their words in the page's language."""
    product = products.by_id(value) if kind is InterestKind.PRODUCT else None
    if product is not None:
        return product.name
    return source if kind is InterestKind.SOURCE else value
