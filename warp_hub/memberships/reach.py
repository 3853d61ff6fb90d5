"""The inverse of the rule: who receives an item. The only source of "Who will see this?"."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships.models import Coordinator, Membership, MembershipKind, Person, Post, State
from warp_hub.memberships.viewers import Proof, select_places, viewers_in_absence, viewers_of
from warp_hub.tlp import TRAVELS, Handling, Marking, Outlet, permits

# Where its reader is there; what goes out by any other way does so in their absence.
IN_PERSON = frozenset({Outlet.PAGE, Outlet.SEARCH, Outlet.DESK, Outlet.PUBLIC})


@dataclass(frozen=True)
class Audience:
    """Who will see an item once it is published: numbers for a sentence."""

    organisations: int
    people: int
    by_mail: int
    notice_only: int


def receivers(handling: Handling, outlet: Outlet, at: datetime | None = None) -> frozenset[UUID]:
    """Return everyone who may receive an item of this handling through this outlet, fully signed in.

    Through what goes out in their absence, whoever is long away receives no TLP:AMBER.
    """
    moment = at or clock.now()
    if outlet is not Outlet.DESK and outlet not in TRAVELS[_effective(handling, moment)]:
        return frozenset()
    candidates = _candidates(handling, outlet, moment)
    viewers = viewers_of(candidates, Proof.FULL) if outlet in IN_PERSON else viewers_in_absence(candidates)
    return frozenset(person for person, viewer in viewers.items() if permits(viewer, handling, outlet, moment))


def audience(handling: Handling, at: datetime | None = None) -> Audience:
    """Return how many would see an item of this handling, by mail and by notice."""
    by_page = receivers(handling, Outlet.PAGE, at)
    by_mail = receivers(handling, Outlet.MAIL, at)
    return Audience(_organisations(by_page, handling, at), len(by_page), len(by_mail), len(by_page - by_mail))


def _organisations(people: Collection[UUID], handling: Handling, at: datetime | None) -> int:
    """Count the organisations by which these people receive it: no other at which they hold a post as well."""
    held = select_places(func.count(Post.organisation_id.distinct())).where(Post.person_id.in_(people))
    marking, to = _effective(handling, at or clock.now()), handling.recipients
    if marking in (Marking.AMBER, Marking.AMBER_STRICT):
        addressed = (Membership.warp_id, Membership.organisation_id, Post.person_id)
        held = held.where(or_(*(address.in_(to) for address in addressed)))
    if marking is Marking.AMBER_STRICT:
        held = held.where(Membership.kind == MembershipKind.FULL)
    return session.scalar(held) or 0


def _effective(handling: Handling, moment: datetime) -> Marking:
    return Marking.RED if handling.under_embargo(moment) else handling.marking


def _candidates(handling: Handling, outlet: Outlet, moment: datetime) -> Collection[UUID]:
    if outlet is Outlet.DESK:
        return _behind(handling.keepers)
    if handling.under_embargo(moment):
        return handling.early
    if handling.marking in (Marking.CLEAR, Marking.GREEN):
        return _everyone()
    return _behind(handling.recipients)


def _everyone() -> Collection[UUID]:
    posts = select(Post.person_id).where(Post.state == State.ACTIVE)
    coordinators = select(Coordinator.person_id).where(Coordinator.state == State.ACTIVE)
    return session.scalars(posts.union(coordinators)).all()


def _behind(addresses: Collection[UUID]) -> Collection[UUID]:
    members = (
        select(Post.person_id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Membership.warp_id.in_(addresses) | Membership.organisation_id.in_(addresses))
    )
    coordinators = select(Coordinator.person_id).where(Coordinator.warp_id.in_(addresses))
    named = select(Person.id).where(Person.id.in_(addresses))
    return session.scalars(members.union(coordinators, named)).all()
