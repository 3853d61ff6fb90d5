"""An unmarked object takes the strictest of its source's default and of every report, note or grouping of
that source that names it, in whichever order they come, and through reports that are unmarked themselves.

A container whose own label could not be read holds back what it alone gives a label to. The same code
serves the worker at a pull and a coordinator who raises a label: it reads through a scope.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from warp_hub.advisories import labels, sorting
from warp_hub.advisories.scopes import GATHERS, Scope, is_of, of_types
from warp_hub.db import session
from warp_hub.sharing.models import Item, ItemVersion, Reference
from warp_hub.tlp import Marking, strictest

DEEPEST = 20
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class _Pressure:
    """What the containers of an object demand of it."""

    marking: Marking
    held: bool

    def with_(self, marking: Marking, held: bool) -> "_Pressure":
        return _Pressure(strictest([self.marking, marking]), self.held or held)


def tighten(
    scope: Scope,
    source_id: UUID,
    *,
    containers: Collection[UUID],
    unmarked: Collection[str],
    named: Collection[UUID],
) -> None:
    """Raise what these containers name, and these unmarked objects by whatever names them."""
    demands = demands_on(scope, source_id, unmarked)
    frontier = containers
    for _ in range(DEEPEST):
        for target, pressure in _demands_of(scope, frontier).items():
            demands[target] = (
                pressure if target not in demands else demands[target].with_(pressure.marking, pressure.held)
            )
        frontier = _apply(scope, source_id, demands, named) if demands else ()
        demands = {}
        if not frontier:
            return


def _demands_of(scope: Scope, containers: Collection[UUID]) -> dict[str, _Pressure]:
    if not containers:
        return {}
    named = scope(Reference).where(Reference.item_id.in_(list(containers)))
    rows = session.execute(named.with_only_columns(Reference.target, Item.marking, Item.held))
    return _summed(rows)


def demands_on(scope: Scope, source_id: UUID, stix_ids: Collection[str]) -> dict[str, _Pressure]:
    if not stix_ids:
        return {}
    naming = (
        scope(Reference)
        .join(ItemVersion, ItemVersion.item_id == Reference.item_id)
        .where(Reference.target.in_(list(stix_ids)), Item.originator == source_id, of_types(GATHERS))
    )
    return _summed(session.execute(naming.with_only_columns(Reference.target, Item.marking, Item.held)))


def _summed(rows: Iterable[Any]) -> dict[str, _Pressure]:
    found: dict[str, _Pressure] = {}
    for target, marking, held in rows:
        before = found.get(target)
        found[target] = before.with_(marking, bool(held)) if before else _Pressure(marking, bool(held))
    return found


def _apply(scope: Scope, source_id: UUID, demands: Mapping[str, _Pressure], named: Collection[UUID]) -> list[UUID]:
    """Tighten the unmarked objects under pressure; return those that are containers themselves."""
    moved = [row for row in _unmarked(scope, source_id, demands) if _must_move(row, demands[row.stix_id])]
    by_outcome: dict[tuple[Marking, bool], list[UUID]] = {}
    for row in moved:
        pressure = demands[row.stix_id]
        if row.published_at is None:
            to = strictest([row.marking, pressure.marking])
            by_outcome.setdefault((to, pressure.held), []).append(row.id)
    for (to, held), item_ids in by_outcome.items():
        _set(item_ids, to, held, named)
    _raise_published(scope, [row for row in moved if row.published_at is not None], demands, named)
    return [row.id for row in moved if is_of(row.stix_id, GATHERS)]


def _unmarked(scope: Scope, source_id: UUID, demands: Mapping[str, _Pressure]) -> list[Any]:
    found = (
        scope(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(Item.originator == source_id, Item.label_assumed, ItemVersion.stix_id.in_(list(demands)))
        .where(~of_types(("marking-definition",)))
    )
    columns = (Item.id, Item.marking, Item.held, Item.published_at, ItemVersion.stix_id)
    return list(session.execute(found.with_only_columns(*columns).distinct()))


def _must_move(row: Any, pressure: _Pressure) -> bool:
    held_back = pressure.held and row.held is None and row.published_at is None
    return held_back or bool(pressure.marking.rank > row.marking.rank)


def _set(item_ids: list[UUID], to: Marking, held: bool, named: Collection[UUID]) -> None:
    values: dict[str, object] = {"marking": to}
    if to is Marking.RED:
        values["recipients"] = list(named)
    if held:
        values["held"] = func.coalesce(Item.held, sorting.UNREADABLE_REPORT)
    for start in range(0, len(item_ids), _AT_ONCE):
        session.execute(
            update(Item)
            .where(Item.id.in_(item_ids[start : start + _AT_ONCE]))
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _raise_published(
    scope: Scope,
    rows: Collection[Any],
    demands: Mapping[str, _Pressure],
    named: Collection[UUID],
) -> None:
    asked = {row.id: demands[row.stix_id].marking for row in rows}
    for item in session.scalars(scope(Item).where(Item.id.in_(asked))) if asked else ():
        labels.make_stricter(item, asked[item.id], named)
    session.flush()
