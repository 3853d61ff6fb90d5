"""What is due at the end of a run, in steps that each fit one transaction and can be taken up again.

A trusted source passes on by itself, for all its WARPs, what stands behind its warnings first. Of any other
source, what came late goes out with the warnings that coordinators have passed on already.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import aliased

from warp_hub import background
from warp_hub.advisories import gathering, heading, same
from warp_hub.advisories.scopes import Scope, house
from warp_hub.advisories.serving import Serving
from warp_hub.alerts import choices
from warp_hub.db import among, session
from warp_hub.sharing import bulk, store
from warp_hub.sharing.models import Choice, Decision, Item, ItemKind, ItemVersion, Reference
from warp_hub.tlp import Marking

AT_ONCE = 2000


def settle_some(serving: Serving, now: datetime) -> bool:
    """Do the next step in the caller's transaction; return False when nothing was left to do."""
    heading.raise_heads(serving, now)
    if not serving.trusted:
        return _follow_published(serving, now)
    if support := _ready(serving, ItemKind.SUPPORT):
        bulk.publish_all(support, to=serving.warps, passed_by=serving.warps, publicly=serving.publicly)
        return True
    if warnings := _ready(serving, ItemKind.ADVISORY):
        bulk.publish_all(warnings, to=serving.warps, passed_by=serving.warps, publicly=serving.publicly)
        _decide(warnings, serving, now)
        same.link(warnings, serving.id)
        _announce_urgent(warnings, now)
        return True
    open_up(house, serving.id, now)
    return False


def keep_early(serving: Serving) -> None:
    """Let what stands only behind an early warning be as early as the warning is."""
    early = _unpublished(serving).where(Item.kind == ItemKind.ADVISORY, Item.embargo_until.is_not(None))
    for warning in session.scalars(early).all():
        as_early_as(house, warning, gathering.behind(house, warning))


def _unpublished(serving: Serving) -> Any:
    return house(Item).where(
        Item.keepers.overlap(list(serving.warps)),
        Item.originator == serving.id,
        Item.published_at.is_(None),
        Item.held.is_(None),
        Item.withdrawn_at.is_(None),
    )


def _ready(serving: Serving, kind: ItemKind) -> Sequence[UUID]:
    # A RED item whose people could not be named reaches nobody: it stays where it is.
    addressed = or_(Item.marking != Marking.RED, func.cardinality(Item.recipients) > 0)
    ready = _unpublished(serving).where(Item.kind == kind, addressed).with_only_columns(Item.id)
    found: Sequence[UUID] = session.scalars(ready.limit(AT_ONCE)).all()
    return found


def _decide(warnings: Sequence[UUID], serving: Serving, now: datetime) -> None:
    """Note for each WARP that the source passed it on; what was waiting waits no longer."""
    rows = [
        {"item_id": item_id, "keeper": warp, "choice": Choice.PASS_ON, "decided_at": now, "decided_by": None}
        for item_id in warnings
        for warp in serving.warps
    ]
    waiting = update(Decision).where(among(Decision.item_id, warnings), Decision.choice.is_(None))
    session.execute(waiting.values(choice=Choice.PASS_ON, decided_at=now).execution_options(synchronize_session=False))
    store.load(Decision, rows)


def _announce_urgent(warnings: Sequence[UUID], now: datetime) -> None:
    urgent = house(Item).where(
        among(Item.id, warnings),
        Item.severity.in_(choices.severities_wanted()),
        Item.published_at.is_not(None),
        or_(Item.embargo_until.is_(None), Item.embargo_until <= now),
    )
    ids = session.scalars(urgent.with_only_columns(Item.id)).all()
    background.defer_many(session, "announce", [{"item_id": str(item_id)} for item_id in ids])


def as_early_as(scope: Scope, warning: Item, behind: dict[UUID, str]) -> None:
    """Let what stands behind an early warning alone be as early as the warning is."""
    session.execute(
        update(Item)
        .where(among(Item.id, gathering.out_with_none(scope, warning, behind)))
        .where(Item.published_at.is_(None), Item.embargo_until.is_(None))
        .values(embargo_until=warning.embargo_until, early=warning.early)
        .execution_options(synchronize_session=False)
    )


def open_up(scope: Scope, originator: UUID, now: datetime) -> None:
    """Let what stands behind an early warning go when one that is out for everybody names it as well."""
    early = (
        scope(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(Item.originator == originator, Item.kind == ItemKind.SUPPORT, Item.embargo_until > now)
        .with_only_columns(Item.id, ItemVersion.stix_id)
    )
    found = {row.id: row.stix_id for row in session.execute(early)}
    if not found:
        return
    naming = scope(Reference).where(
        among(Reference.target, found.values()),
        Item.originator == originator,
        Item.kind == ItemKind.ADVISORY,
        Item.published_at.is_not(None),
        Item.withdrawn_at.is_(None),
        or_(Item.embargo_until.is_(None), Item.embargo_until <= now),
    )
    named = set(session.scalars(naming.with_only_columns(Reference.target).distinct()))
    # It ends now; the tick stamps it anew, as it does for every early notice that ends.
    ended = update(Item).where(among(Item.id, [item_id for item_id, name in found.items() if name in named]))
    session.execute(ended.values(embargo_until=now).execution_options(synchronize_session=False))


def _follow_published(serving: Serving, now: datetime) -> bool:
    """Publish what came late behind warnings that were passed on; one round does them all."""
    warnings = session.scalars(house(Item).where(among(Item.id, _with_late_support(serving)))).all()
    for warning in warnings:
        behind = gathering.behind(house, warning)
        if warning.embargo_until is not None and warning.embargo_until > now:
            as_early_as(house, warning, behind)
        bulk.publish_all(
            list(behind),
            to=warning.passed_by,
            passed_by=warning.passed_by,
            publicly=warning.is_public,
        )
    open_up(house, serving.id, now)
    return False


def _with_late_support(serving: Serving) -> Sequence[UUID]:
    """Return the published warnings that name something unpublished, or something that this names."""
    late, version, link = aliased(Item), aliased(ItemVersion), aliased(Reference)
    is_late = and_(
        late.originator == serving.id,
        late.kind == ItemKind.SUPPORT,
        late.keepers.overlap(list(serving.warps)),
        late.published_at.is_(None),
        late.held.is_(None),
        late.withdrawn_at.is_(None),
    )
    itself = select(version.stix_id).join(late, late.id == version.item_id).where(is_late)
    what_it_names = select(link.target).join(late, late.id == link.item_id).where(is_late)
    naming = house(Reference).where(
        Item.originator == serving.id,
        Item.kind == ItemKind.ADVISORY,
        Item.published_at.is_not(None),
        Item.withdrawn_at.is_(None),
        Reference.target.in_(itself.union(what_it_names)),
    )
    heads = house(Item).join(ItemVersion, ItemVersion.item_id == Item.id)
    linked = heads.where(
        Item.originator == serving.id,
        Item.kind == ItemKind.ADVISORY,
        Item.published_at.is_not(None),
        Item.withdrawn_at.is_(None),
        ItemVersion.stix_id.in_(what_it_names),
    )
    found: set[UUID] = set(session.scalars(naming.with_only_columns(Item.id).distinct()))
    return [*found, *(one for one in session.scalars(linked.with_only_columns(Item.id).distinct()) if one not in found)]
