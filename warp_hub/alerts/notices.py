"""Immediate notices: a warning that says "act today" reaches its receivers at once, each of them once, ever.

Who they are follows from the rule alone. A WARP's filter is kept: of what everybody may read, those are told
at once whose own WARP passed it on; the others' turn comes when theirs does. Whoever asked for it is told of what
meets their list alone, of less urgent warnings too. What is over a person's weekly limit waits for the digest, and
what comes in their quiet hours for the end of these.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock, mail
from warp_hub.alerts import choices, matching
from warp_hub.alerts.choices import STANDARD, Choice
from warp_hub.alerts.models import AlertSent, AtOnce
from warp_hub.db import session
from warp_hub.memberships import reach
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Membership, Person, Post, State
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, Outlet

KIND = "alert"
# To whoever asked for what meets their list alone: that it was written tells what they run, so no desk is shown it.
KIND_OF_LIST = "alert-of-list"
A_WEEK = timedelta(days=7)
WORTH_SENDING_FOR = timedelta(hours=24)

STOPPED = "does not want to be told at once"
OVER_THE_LIMIT = "{} in the last 7 days already"

_LOCK = 0x57415250_414C5254
_WIDE = (Marking.CLEAR, Marking.GREEN)


def announce(item_id: UUID) -> int:
    """Post a warning's notice to each receiver who asked for it and was not told of it yet; return how many letters.

    Called again after an edit it does nothing, and after another WARP's pass-on or the end of an embargo it
    reaches whom that added.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))  # two at once would break the weekly limit
    item = _urgent(item_id)
    if item is None:
        return 0
    via = _receivers(item)
    said = choices.choices_of(via.keys())
    mine = matching.matched_people(item_id)
    untold = sorted(
        person
        for person in via.keys() - _told([item_id, *filter(None, [item.same_as_id])])
        if said.get(person, STANDARD).concerns(item.severity, is_mine=person in mine)
    )
    refusals = _refusals(untold, said)
    _note(item_id, {person: refusals.get(person) for person in untold})
    reached = [person for person in untold if person not in refusals]
    for person in reached:
        choice = said.get(person, STANDARD)
        _send(person, item_id, via[person], choice, choice.quiet_till(item.severity, clock.now()))
    return len(reached)


def _urgent(item_id: UUID) -> Row[Any] | None:
    """Return what decides who is told; no title, no text."""
    columns: list[Any] = [*matching.HANDLING, Item.severity, Item.passed_by, Item.same_as_id]
    wanted: Select[Any] = select(*columns).where(Item.id == item_id, Item.kind == ItemKind.ADVISORY)
    wanted = wanted.where(Item.severity.in_(choices.severities_wanted()))
    return session.execute(house_read(wanted, "announce")).one_or_none()


def _receivers(item: Row[Any]) -> dict[UUID, UUID | None]:
    """Return everyone who is to be told, each with the WARP through which they are."""
    handling = matching.handling_of(item)
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


def _told(item_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return who was told of one of these: of the warning, or of the one that tells the same and leads it."""
    return frozenset(session.scalars(select(AlertSent.person_id).where(AlertSent.item_id.in_(item_ids))))


def _refusals(people: Collection[UUID], said: Mapping[UUID, Choice]) -> dict[UUID, str]:
    """Return why some of these people are not told at once."""
    had = _had_lately()
    most = {person: said.get(person, STANDARD).most_a_week for person in people}
    refusals = {who: OVER_THE_LIMIT.format(most[who]) for who in people if had.get(who, 0) >= most[who]}
    refusals |= {who: STOPPED for who in people if not said.get(who, STANDARD).wants}
    suspended = select(Person.id, Person.mail_suspended).where(Person.mail_suspended.is_not(None))
    return refusals | {person: f"mail suspended: {reason}" for person, reason in session.execute(suspended)}


def _had_lately() -> Mapping[UUID, int]:
    """Return how many notices people had in a week."""
    recent = (
        select(AlertSent.person_id, func.count())
        .where(AlertSent.at > clock.now() - A_WEEK, AlertSent.withheld.is_(None))
        .group_by(AlertSent.person_id)
    )
    return dict(session.execute(recent).all())


def _note(item_id: UUID, people: Mapping[UUID, str | None]) -> None:
    now = clock.now()
    rows = [{"person_id": who, "item_id": item_id, "at": now, "withheld": why} for who, why in people.items()]
    if rows:
        session.execute(insert(AlertSent), rows)


def _send(person: UUID, item_id: UUID, warp_id: UUID | None, choice: Choice, quiet_till: datetime | None) -> None:
    kind = KIND if choice.of_what is AtOnce.ALL else KIND_OF_LIST
    expires_at = (quiet_till or clock.now()) + WORTH_SENDING_FOR
    mail.post(kind, person, warp_id=warp_id, item_ids=[item_id], expires_at=expires_at, not_before=quiet_till)
