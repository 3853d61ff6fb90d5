"""What stands behind a warning: the objects it names, what those name, and the links between them, bounded."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, func

from warp_hub.advisories.scopes import LINKS, Scope, of_types
from warp_hub.db import among, session
from warp_hub.sharing.models import Item, ItemKind, ItemVersion, Reference

DEEPEST, MOST = 3, 10_000


def behind(scope: Scope, warning: Item, most: int = MOST) -> dict[UUID, str]:
    """Return the support items of a warning with their STIX ids, as far as this scope reaches.

    Another warning that this one names is not among them: each is decided over by itself.
    """
    found: dict[UUID, str] = {}
    frontier: Collection[UUID] = [warning.id]
    for _ in range(DEEPEST):
        named = _named_by(scope, warning.originator, frontier, most - len(found))
        frontier = [item_id for item_id in named if item_id not in found]
        found |= named
        if not frontier or len(found) >= most:
            break
    if not found:
        found = _linked_to(scope, warning, most)
    if len(found) < most:
        found |= _links_between(scope, warning.originator, set(found.values()), most - len(found))
    return found


def only_behind(scope: Scope, warning: Item, behind: dict[UUID, str]) -> set[UUID]:
    """Return those of the support items of a warning that no other warning names, early and withdrawn ones apart."""
    return _unnamed(scope, warning, behind, Item.embargo_until.is_(None))


def out_with_none(scope: Scope, warning: Item, behind: dict[UUID, str]) -> set[UUID]:
    """Return those of the support items of a warning that no other warning has brought into the open."""
    return _unnamed(scope, warning, behind, Item.published_at.is_not(None), Item.embargo_until.is_(None))


def _unnamed(scope: Scope, warning: Item, behind: dict[UUID, str], *others_are: ColumnElement[bool]) -> set[UUID]:
    if not behind:
        return set()
    others = scope(Reference).where(
        among(Reference.target, behind.values()),
        Item.id != warning.id,
        Item.originator == warning.originator,
        Item.kind == ItemKind.ADVISORY,
        Item.withdrawn_at.is_(None),
        *others_are,
    )
    named = set(session.scalars(others.with_only_columns(Reference.target).distinct()))
    return {item_id for item_id, stix_id in behind.items() if stix_id not in named}


def _named_by(scope: Scope, originator: UUID, item_ids: Collection[UUID], most: int) -> dict[UUID, str]:
    named = scope(Reference).where(among(Reference.item_id, item_ids)).with_only_columns(Reference.target)
    targets = session.scalars(named.distinct().limit(most)).all()
    if not targets:
        return {}
    objects = (
        scope(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(Item.originator == originator, Item.kind == ItemKind.SUPPORT, among(ItemVersion.stix_id, targets))
    )
    rows = session.execute(objects.with_only_columns(Item.id, ItemVersion.stix_id).distinct())
    return {row.id: row.stix_id for row in rows}


def _linked_to(scope: Scope, warning: Item, most: int) -> dict[UUID, str]:
    """Return what links a warning that names nothing itself with others, and those: a malware and its indicators."""
    own = scope(ItemVersion).where(ItemVersion.item_id == warning.id).with_only_columns(ItemVersion.stix_id).limit(1)
    stix_id = session.scalar(own)
    linking = (
        scope(Reference)
        .join(ItemVersion, ItemVersion.item_id == Reference.item_id)
        .where(Item.originator == warning.originator, Reference.target == stix_id, of_types(LINKS))
        .with_only_columns(Reference.item_id, ItemVersion.stix_id)
        .distinct()
        .limit(most // 2)
    )
    links = {row.item_id: row.stix_id for row in session.execute(linking)}
    return links | _named_by(scope, warning.originator, links, most - len(links)) if links else {}


def _links_between(scope: Scope, originator: UUID, stix_ids: Collection[str], most: int) -> dict[UUID, str]:
    if len(stix_ids) < 2:
        return {}
    linking = (
        scope(Reference)
        .join(ItemVersion, ItemVersion.item_id == Reference.item_id)
        .where(Item.originator == originator, among(Reference.target, stix_ids), of_types(LINKS))
        .with_only_columns(Reference.item_id, ItemVersion.stix_id)
        .group_by(Reference.item_id, ItemVersion.stix_id)
        .having(func.count(Reference.target.distinct()) > 1)
        .limit(most)
    )
    return {row.item_id: row.stix_id for row in session.execute(linking)}
