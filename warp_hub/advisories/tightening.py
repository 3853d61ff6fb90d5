"""An unmarked object takes the strictest of its source's default and of every report, note or grouping of
that source that names it, in whichever order they come, and through reports that are unmarked themselves.

A container whose own label could not be read holds back what it alone gives a label to. The same code
serves the worker at a pull and a coordinator who raises a label: it reads through a scope.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, update

from warp_hub.advisories import labels, sorting
from warp_hub.advisories.scopes import GATHERS, Scope, is_of, of_types
from warp_hub.db import among, session
from warp_hub.sharing.models import Item, ItemVersion, Reference
from warp_hub.tlp import Marking, strictest

DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Pressure:
    """What the containers of an object demand of it."""

    marking: Marking
    held: bool

    def with_(self, marking: Marking, held: bool) -> "Pressure":
        return Pressure(strictest([self.marking, marking]), self.held or held)


def tighten(
    scope: Scope,
    source_id: UUID,
    *,
    containers: Collection[UUID],
    unmarked: Collection[str],
    named: Collection[UUID],
    floor: Marking = Marking.CLEAR,
) -> None:
    """Raise what these containers name, and these unmarked objects by whatever names them.

    `floor` is the source's default: no unmarked object is below it, so what asks no more is not looked up.
    """
    demands = demands_on(scope, source_id, unmarked, floor)
    frontier = containers
    for _ in range(DEEPEST):
        for target, pressure in _demands_of(scope, frontier, floor).items():
            before = demands.get(target)
            demands[target] = before.with_(pressure.marking, pressure.held) if before else pressure
        frontier = _apply(scope, source_id, demands, named) if demands else ()
        demands = {}
        if not frontier:
            return


def demands_on(
    scope: Scope, source_id: UUID, stix_ids: Collection[str], floor: Marking = Marking.CLEAR
) -> dict[str, Pressure]:
    """Return what the containers of these objects demand of them, where it is more than the floor."""
    if not stix_ids:
        return {}
    naming = (
        scope(Reference)
        .join(ItemVersion, ItemVersion.item_id == Reference.item_id)
        .where(among(Reference.target, stix_ids), Item.originator == source_id, of_types(GATHERS), _above(floor))
    )
    return _summed(session.execute(naming.with_only_columns(Reference.target, Item.marking, Item.held)))


def _demands_of(scope: Scope, containers: Collection[UUID], floor: Marking) -> dict[str, Pressure]:
    if not containers:
        return {}
    named = scope(Reference).where(among(Reference.item_id, containers), _above(floor))
    rows = session.execute(named.with_only_columns(Reference.target, Item.marking, Item.held))
    return _summed(rows)


def _above(floor: Marking) -> ColumnElement[bool]:
    return or_(Item.held.is_not(None), Item.marking.in_([one for one in Marking if one.rank > floor.rank]))


def _summed(rows: Iterable[Any]) -> dict[str, Pressure]:
    found: dict[str, Pressure] = {}
    for target, marking, held in rows:
        before = found.get(target)
        found[target] = before.with_(marking, bool(held)) if before else Pressure(marking, bool(held))
    return found


def _apply(scope: Scope, source_id: UUID, demands: Mapping[str, Pressure], named: Collection[UUID]) -> list[UUID]:
    """Tighten the unmarked objects under pressure; return those that are containers themselves."""
    found = _unmarked(scope, source_id, demands)
    moved = [(row, name) for row, name in found if _must_move(row, demands[name])]
    by_outcome: dict[tuple[Marking, bool], list[UUID]] = {}
    for row, name in moved:
        if row.published_at is None:
            to = strictest([row.marking, demands[name].marking])
            by_outcome.setdefault((to, demands[name].held), []).append(row.id)
    for (to, held), item_ids in by_outcome.items():
        _set(item_ids, to, held, named)
    published = {row.id: demands[name].marking for row, name in moved if row.published_at is not None}
    _raise_published(scope, published, named)
    return [row.id for row, name in moved if is_of(name, GATHERS)]


def _unmarked(scope: Scope, source_id: UUID, demands: Mapping[str, Pressure]) -> list[tuple[Any, str]]:
    # Two plain look-ups: joined, they make the planner read all there is while its statistics are young.
    named = scope(ItemVersion).where(among(ItemVersion.stix_id, demands), ~of_types(("marking-definition",)))
    rows = session.execute(named.with_only_columns(ItemVersion.item_id, ItemVersion.stix_id))
    stix_ids = {row.item_id: row.stix_id for row in rows}
    if not stix_ids:
        return []
    unmarked = scope(Item).where(among(Item.id, stix_ids), Item.originator == source_id, Item.label_assumed)
    found = session.execute(unmarked.with_only_columns(Item.id, Item.marking, Item.held, Item.published_at))
    return [(row, stix_ids[row.id]) for row in found]


def _must_move(row: Any, pressure: Pressure) -> bool:
    held_back = pressure.held and row.held is None and row.published_at is None
    return held_back or bool(pressure.marking.rank > row.marking.rank)


def _set(item_ids: list[UUID], to: Marking, held: bool, named: Collection[UUID]) -> None:
    values: dict[str, object] = {"marking": to}
    if to is Marking.RED:
        values["recipients"] = list(named)
    if held:
        values["held"] = func.coalesce(Item.held, sorting.UNREADABLE_REPORT)
    tightened = update(Item).where(among(Item.id, item_ids)).values(values)
    session.execute(tightened.execution_options(synchronize_session=False))


def _raise_published(scope: Scope, to: Mapping[UUID, Marking], named: Collection[UUID]) -> None:
    if not to:
        return
    for item in session.scalars(scope(Item).where(among(Item.id, to))):
        labels.make_stricter(item, to[item.id], named)
    session.flush()
