"""Immediate notices: a warning that says "act today" reaches its receivers at once, each of them once, ever.

Who they are follows from the rule alone. A WARP's filter is kept: of what everybody may read, those are told
at once whose own WARP passed it on; the others' turn comes when theirs does. What is over a person's weekly
limit waits for the digest.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock, mail
from warp_hub.alerts import choices
from warp_hub.alerts.models import AlertSent
from warp_hub.db import session
from warp_hub.memberships import reach
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Membership, Person, Post, State
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Handling, Marking, Outlet

KIND = "alert"
MOST_A_WEEK = 5
A_WEEK = timedelta(days=7)
WORTH_SENDING_FOR = timedelta(hours=24)

STOPPED = "does not want to be told at once"
OVER_THE_LIMIT = f"{MOST_A_WEEK} in the last 7 days already"

_LOCK = 0x57415250_414C5254
_WIDE = (Marking.CLEAR, Marking.GREEN)


def announce(item_id: UUID) -> int:
    """Post an urgent item's notice to each receiver who was not told of it yet; return how many letters.

    Called again after an edit it does nothing, and after another WARP's pass-on or the end of an embargo it
    reaches whom that added.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))  # two at once would break the weekly limit
    item = _urgent(item_id)
    if item is None:
        return 0
    via = _receivers(item)
    untold = sorted(via.keys() - _told(item_id))
    refusals = _refusals(untold)
    _note(item_id, {person: refusals.get(person) for person in untold})
    reached = [person for person in untold if person not in refusals]
    for person in reached:
        _send(person, item_id, via[person])
    return len(reached)


def _urgent(item_id: UUID) -> Row[Any] | None:
    """Return what decides who is told; no title, no text."""
    handling = (Item.marking, Item.keepers, Item.recipients, Item.early, Item.is_public)
    times = (Item.published_at, Item.embargo_until, Item.withdrawn_at)
    columns: list[Any] = [*handling, *times, Item.passed_by]
    wanted: Select[Any] = select(*columns).where(Item.id == item_id, Item.severity == Severity.ACT_TODAY)
    return session.execute(house_read(wanted.where(Item.kind == ItemKind.ADVISORY), "announce")).one_or_none()


def _receivers(item: Row[Any]) -> dict[UUID, UUID | None]:
    """Return everyone who is to be told, each with the WARP through which they are."""
    handling = Handling(
        marking=item.marking,
        keepers=frozenset(item.keepers),
        recipients=frozenset(item.recipients),
        early=frozenset(item.early),
        published_at=item.published_at,
        embargo_until=item.embargo_until,
        withdrawn_at=item.withdrawn_at,
        is_public=item.is_public,
    )
    people = reach.receivers(handling, Outlet.NOTICE)
    via = _through(item.passed_by)
    is_for_everybody = item.marking in _WIDE and not handling.under_embargo(clock.now())
    if is_for_everybody and item.passed_by:
        people &= via.keys()
    return {person: via.get(person) for person in people}


def _through(warps: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Return the people of these WARPs, each with the first of them they belong to."""
    members = (
        select(Post.person_id, Membership.warp_id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Membership.warp_id.in_(warps), Membership.state == State.ACTIVE, Post.state == State.ACTIVE)
    )
    run = select(Coordinator.person_id, Coordinator.warp_id).where(Coordinator.warp_id.in_(warps), runs_now())
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for person, warp in session.execute(members.union(run)):
        found[person].add(warp)
    return {person: next(warp for warp in warps if warp in theirs) for person, theirs in found.items()}


def _told(item_id: UUID) -> frozenset[UUID]:
    return frozenset(session.scalars(select(AlertSent.person_id).where(AlertSent.item_id == item_id)))


def _refusals(people: Collection[UUID]) -> dict[UUID, str]:
    """Return why some of these people are not told at once."""
    refusals = dict.fromkeys(_with_enough(), OVER_THE_LIMIT)
    refusals |= dict.fromkeys(choices.who_stopped(people), STOPPED)
    suspended = select(Person.id, Person.mail_suspended).where(Person.mail_suspended.is_not(None))
    return refusals | {person: f"mail suspended: {reason}" for person, reason in session.execute(suspended)}


def _with_enough() -> frozenset[UUID]:
    recent = (
        select(AlertSent.person_id)
        .where(AlertSent.at > clock.now() - A_WEEK, AlertSent.withheld.is_(None))
        .group_by(AlertSent.person_id)
        .having(func.count() >= MOST_A_WEEK)
    )
    return frozenset(session.scalars(recent))


def _note(item_id: UUID, people: Mapping[UUID, str | None]) -> None:
    now = clock.now()
    rows = [{"person_id": who, "item_id": item_id, "at": now, "withheld": why} for who, why in people.items()]
    if rows:
        session.execute(insert(AlertSent), rows)


def _send(person: UUID, item_id: UUID, warp_id: UUID | None) -> None:
    mail.post(KIND, person, warp_id=warp_id, item_ids=[item_id], expires_at=clock.now() + WORTH_SENDING_FOR)
