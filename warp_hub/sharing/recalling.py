"""Recalls: what went out and is withdrawn, or whose label was raised, is said to those who had it, and no more.

A recall is an item with the handling that the recalled one had before, so the rule says who may learn of it. It holds
the revoked STIX ids, or "label changed", and a title and reason only where those may still be told. It is written in
the transaction that narrows; the letters follow by `claim_told`, each person once, whatever is killed meanwhile.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.orm import aliased

from warp_hub import clock
from warp_hub.db import among, new_id, session
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Delivery, Item, ItemKind, ItemVersion, Recall, RecallKind, RecallTold
from warp_hub.sharing.publishing import ADDRESSED
from warp_hub.sharing.visibility import house_read, select_visible, visible_to
from warp_hub.tlp import Handling, Outlet, Viewer

# What is of a kind that people read by itself; what stands behind a warning is recalled for tools alone.
TOLD_OF = (ItemKind.ADVISORY, ItemKind.SHARED_INCIDENT, ItemKind.QUESTION)
# A letter that was being written while its item was recalled is noted a moment later.
LATE = timedelta(minutes=5)
TOLD_WITHIN = timedelta(days=7)  # longer than a worker stands still over a holiday
_LOCK = 0x57415250_5245434C
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def withdraw(
    item: Item, reason: str = "", *, along: Collection[Item] = (), tells: bool = False, viewer: Viewer | None = None
) -> None:
    """Take an item, and what stands behind it alone, back from everybody, and recall it from those who had it.

    `tells` says that its title and the reason may be told to whoever could read it. Without a viewer the worker asks.
    """
    if item.withdrawn_at is not None:
        return
    narrowed = [one for one in (item, *along) if one.withdrawn_at is None]
    for one in narrowed:
        publishing.withdraw(one)
    recall(item, reason, along=narrowed, tells=tells, viewer=viewer)


def recall(
    item: Item,
    reason: str = "",
    *,
    along: Iterable[Item] = (),
    tells: bool = False,
    by_source: bool = False,
    viewer: Viewer | None = None,
) -> Item | None:
    """Recall an item that was withdrawn in this transaction, with others that went with it; return the leading recall.

    What never went out needs none; of items under several handlings there is one recall for each, so that no id is told
    further than its item went.
    """
    groups = _by_handling(one for one in {each.id: each for each in (item, *along)}.values() if _went_out(one))
    groups.sort(key=lambda group: item not in group)
    lead: Item | None = None
    for group in groups:
        of = item if item in group else group[0]
        made = _item(of, of.handling(), reason, tells=tells and of is item)
        lead = lead or made
        _issue(made, of, lead.id, RecallKind.WITHDRAWN, group, by_source=by_source)
        session.add_all(_revoked(made, group, viewer))
        _let_out(made)
    return lead


def recall_revoked(items: Sequence[Item]) -> None:
    """Recall what its source withdrew: each warning by itself, what stands behind warnings together."""
    warnings = [item for item in items if item.kind in TOLD_OF]
    for warning in warnings:
        recall(warning, tells=True, by_source=True)
    behind = [item for item in items if item not in warnings]
    if behind:
        recall(behind[0], along=behind, by_source=True)


def label_changed(item: Item, before: Handling, *, along: Iterable[Item] = ()) -> Item | None:
    """Tell those who had an item under its handling before that its label is stricter now, and nothing it says."""
    if item.kind not in TOLD_OF or not _had_receivers(before):
        return None
    made = _item(item, before)
    _issue(made, item, made.id, RecallKind.LABEL_CHANGED, [item, *along], by_source=False)
    _let_out(made)
    return made


def due(now: datetime) -> Sequence[Recall]:
    """Return the recalls whose letters may not all be posted yet."""
    recent = select(Recall).where(Recall.is_told_of, Recall.id == Recall.act_id, Recall.issued_at > now - TOLD_WITHIN)
    return session.scalars(house_read(recent.order_by(Recall.issued_at), "recall")).all()


def claim_told(recalled: Recall) -> Sequence[UUID]:
    """Note those who were handed what is recalled and were not told of it yet; return who they are, each once ever.

    Whoever claims waits until another has committed.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    same_act = select(func.unnest(Recall.covers)).where(Recall.act_id == recalled.act_id)
    about = select(Item.id).where(Item.about_id.in_(same_act), Item.kind != ItemKind.RECALL)
    told = select(RecallTold.person_id).where(RecallTold.recall_id == recalled.id)
    had: Any = select(Delivery.person_id).where(Delivery.person_id.not_in(told))
    had = had.where(or_(Delivery.item_id.in_(same_act), Delivery.item_id.in_(about)))
    if recalled.what is RecallKind.LABEL_CHANGED:
        # A mere count a moment later was made under the new label.
        late = and_(Delivery.outlet != Outlet.NOTICE, Delivery.first_at <= recalled.issued_at + LATE)
        had = had.where(or_(Delivery.first_at <= recalled.issued_at, late))
    people: Sequence[UUID] = session.scalars(house_read(had.distinct(), "recall")).all()
    if people:
        session.execute(insert(RecallTold), [{"recall_id": recalled.id, "person_id": person} for person in people])
    return people


def select_recalls(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Any:
    """Return the select of the recalls that this viewer may learn of, each with its item, for a list.

    That a label changed is listed for whoever still receives what it is about: to lose sight is silent.
    """
    still = aliased(Item)
    seen = select(still.id).where(still.id == Item.about_id, visible_to(viewer, outlet, still)).scalar_subquery()
    told_of = Recall.is_told_of & (Recall.id == Recall.act_id)
    listed = or_(Recall.what == RecallKind.WITHDRAWN, Item.about_id == seen)
    return select_visible(Recall, viewer, outlet).where(told_of, listed).add_columns(Item)


def still_there(recalls: Iterable[tuple[Recall, Item]], viewer: Viewer) -> dict[UUID, Item]:
    """Return, by their ids, those items whose label changed and that this viewer still receives."""
    about = [item.about_id for recalled, item in recalls if recalled.what is RecallKind.LABEL_CHANGED]
    seen = select_visible(Item, viewer, Outlet.PAGE).where(among(Item.id, about))
    return {item.id: item for item in session.scalars(seen)} if about else {}


def _went_out(item: Item) -> bool:
    return _had_receivers(item.handling())


def _had_receivers(before: Handling) -> bool:
    is_out = before.published_at is not None and before.published_at <= clock.now()
    return is_out and (before.marking not in ADDRESSED or bool(before.recipients))


def _by_handling(items: Iterable[Item]) -> list[list[Item]]:
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        groups.setdefault(tuple(map(str, _receivers(item.handling()).values())), []).append(item)
    return list(groups.values())


def _receivers(before: Handling) -> dict[str, Any]:
    """Return who had it, as columns; what was early when it was recalled is never said to others."""
    is_early = before.under_embargo(clock.now())
    return {
        "marking": before.marking,
        "recipients": sorted(before.recipients) if before.marking in ADDRESSED else (),
        "early": sorted(before.early) if is_early else (),
        "embargo_until": NEVER if is_early else None,
        "is_public": before.is_public,
    }


def _item(of: Item, before: Handling, reason: str = "", *, tells: bool = False) -> Item:
    receivers = _receivers(before)
    return Item(
        id=new_id(),
        kind=ItemKind.RECALL,
        about_id=of.id,
        title=of.title if tells else "",
        summary=reason if tells else "",
        originator=of.originator,
        originator_name=of.originator_name if tells else "",
        keepers=list(of.keepers),
        passed_by=list(of.passed_by),
        **receivers | {name: list(receivers[name]) for name in ("recipients", "early")},
    )


def _issue(made: Item, of: Item, act_id: UUID, what: RecallKind, covers: Sequence[Item], *, by_source: bool) -> None:
    session.add(made)
    session.flush()
    session.add(
        Recall(
            id=made.id,
            act_id=act_id,
            what=what,
            of_kind=of.kind,
            by_source=by_source,
            covers=[one.id for one in covers],
            is_told_of=of.kind in TOLD_OF,
            issued_at=clock.now(),
        )
    )


def _revoked(made: Item, items: Sequence[Item], viewer: Viewer | None) -> list[ItemVersion]:
    """Return a bare revoked version of each object that had versions to begin with."""
    asked = select_visible(ItemVersion, viewer, Outlet.DESK) if viewer else house_read(select(ItemVersion), "recall")
    held = asked.where(among(ItemVersion.item_id, [one.id for one in items]))
    columns = held.with_only_columns(ItemVersion.stix_id, ItemVersion.modified, ItemVersion.content)
    newest = {row.stix_id: row for row in session.execute(columns.order_by(ItemVersion.modified))}
    versions = [found for row in newest.values() if (found := _revoked_version(made, row)) is not None]
    for version in versions:
        version.take_handling(made)
    return versions


def _revoked_version(made: Item, row: Any) -> ItemVersion | None:
    said = orjson.loads(row.content)
    if "created" not in said or "modified" not in said:
        return None  # an observed object or a label has no versions, so it cannot be revoked
    modified = row.modified if said.get("revoked") is True else clock.now()
    content = {
        "type": said["type"],
        "spec_version": "2.1",
        "id": row.stix_id,
        "created": said["created"],
        "modified": f"{modified:%Y-%m-%dT%H:%M:%S}.{modified.microsecond // 1000:03d}Z",
        "revoked": True,
    }
    return ItemVersion(
        id=new_id(), item_id=made.id, stix_id=row.stix_id, modified=modified, content=orjson.dumps(content).decode()
    )


def _let_out(made: Item) -> None:
    session.flush()
    publishing.publish([made], to=made.recipients, passed_by=made.passed_by)
    session.flush()
