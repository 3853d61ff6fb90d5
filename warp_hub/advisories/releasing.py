"""Letting go of what was held back, once the label it waited for can be read or was chosen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update

from warp_hub import stix
from warp_hub.advisories import labels, sorting, tightening
from warp_hub.advisories.scopes import GATHERS, Scope, house, is_of
from warp_hub.advisories.serving import Serving
from warp_hub.db import among, session
from warp_hub.sharing.models import Item, ItemVersion, LabelChange, Reference
from warp_hub.tlp import Marking, strictest

_AT_ONCE = 500


@dataclass
class Released:
    """What was let go: reports and the like by their item ids, unmarked objects by their STIX ids."""

    containers: list[UUID] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)


def release_labelled(defined: Collection[str], serving: Serving, now: datetime) -> Released:
    """Read again what was held for want of these labels, now that their definitions are here."""
    released = Released()
    if not defined:
        return released
    waiting = (
        house(Reference)
        .where(among(Reference.target, defined), Item.originator == serving.id, Item.held.is_not(None))
        .with_only_columns(Item.id)
        .distinct()
    )
    item_ids = iter(session.scalars(waiting).all())
    while batch := list(islice(item_ids, _AT_ONCE)):
        _read_again(batch, serving, now, released)
        session.flush()
    freed = release_dependents(house, serving.id, released)
    # They had what their containers were given while nobody could read those: they are asked anew, as they came.
    while freed:
        _read_again(freed[:_AT_ONCE], serving, now, Released())
        del freed[:_AT_ONCE]
    session.flush()
    return released


def release_dependents(scope: Scope, source_id: UUID, released: Released) -> list[UUID]:
    """Let go of the unmarked objects that were held only because these reports were; return their item ids.

    All that these reports held comes free at first, also in a circle; whoever calls tightens what was released, which
    holds again what another report still holds.
    """
    frontier: Collection[UUID] = list(released.containers)
    everything: list[UUID] = []
    for _ in range(tightening.DEEPEST):
        if not frontier:
            break
        freed = _dependents(scope, source_id, frontier)
        _free(freed)
        everything += freed
        released.unmarked += freed.values()
        frontier = [item_id for item_id, stix_id in freed.items() if is_of(stix_id, GATHERS)]
        released.containers += frontier
    return everything


def _dependents(scope: Scope, source_id: UUID, containers: Collection[UUID]) -> dict[UUID, str]:
    named = scope(Reference).where(among(Reference.item_id, containers)).with_only_columns(Reference.target)
    targets = session.scalars(named.distinct()).all()
    held = (
        scope(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(
            Item.originator == source_id, Item.held == sorting.UNREADABLE_REPORT, among(ItemVersion.stix_id, targets)
        )
    )
    rows = session.execute(held.with_only_columns(Item.id, ItemVersion.stix_id)) if targets else ()
    return {row.id: row.stix_id for row in rows}


def _free(item_ids: Collection[UUID]) -> None:
    if item_ids:
        freed = update(Item).where(among(Item.id, item_ids)).values(held=None)
        session.execute(freed.execution_options(synchronize_session=False))


def _read_again(item_ids: list[UUID], serving: Serving, now: datetime, released: Released) -> None:
    versions, decided = _versions_of(item_ids), _decided(item_ids)
    for item in session.scalars(house(Item).where(among(Item.id, item_ids))):
        objects = versions[item.id]
        said = [sorting.label_of(obj, stix.version_of(obj), serving.definitions, now) for obj in objects]
        if any(label.held for label in said):
            continue
        standing = labels.after_all(said, None, serving.marking)
        # Never published: what its containers asked of it meanwhile is asked again where it is unmarked.
        marking = strictest([standing.marking, decided.get(item.id, standing.marking)])
        item.held, item.label_assumed, item.marking = None, standing.assumed, marking
        if marking is not Marking.RED:
            item.recipients = []
        elif decided.get(item.id) is not Marking.RED:
            item.recipients = list(serving.coordinators)
        _keep_limits(item, said)
        if is_of(objects[-1]["id"], GATHERS):
            released.containers.append(item.id)
        if standing.assumed:
            released.unmarked.append(objects[-1]["id"])


def _decided(item_ids: list[UUID]) -> dict[UUID, Marking]:
    """Return the label that a coordinator gave last to each of these, where one did: no source goes below it."""
    changes = house(LabelChange).where(among(LabelChange.item_id, item_ids)).order_by(LabelChange.changed_at)
    rows = session.execute(changes.with_only_columns(LabelChange.item_id, LabelChange.after))
    return {row.item_id: row.after for row in rows}


def _keep_limits(item: Item, said: Iterable[sorting.Label]) -> None:
    *_, newest = said
    item.chatham_house, item.pap, item.restrictions = newest.chatham_house, newest.pap, newest.restrictions


def _versions_of(item_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = (
        house(ItemVersion)
        .where(among(ItemVersion.item_id, item_ids))
        .order_by(ItemVersion.modified)
        .with_only_columns(ItemVersion.item_id, ItemVersion.content)
    )
    found: dict[UUID, list[dict[str, Any]]] = {item_id: [] for item_id in item_ids}
    for item_id, content in session.execute(rows):
        found[item_id].append(orjson.loads(content))
    return found
