"""Who wants which digest how often, and how one stops it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.digests.models import Subscription
from warp_hub.memberships import agreements
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Membership, Person, Post, State, Warp
from warp_hub.memberships.settings import Cadence, settings_of


def due_people(warp_id: UUID, cadence: Cadence) -> dict[UUID, str | None]:
    """Return the people of a WARP who want its digest at this cadence, each with the reason why no mail goes."""
    warp = session.scalars(select(Warp).where(Warp.id == warp_id)).one()
    chosen = Subscription.cadence == cadence
    wanting = or_(chosen, Subscription.cadence.is_(None)) if settings_of(warp).default_cadence is cadence else chosen
    return _reachable(warp_id, wanting)


def subscribers(warp_id: UUID) -> dict[UUID, str | None]:
    """Return the people of a WARP who want its digest at all, each with the reason why no mail goes."""
    warp = session.scalars(select(Warp).where(Warp.id == warp_id)).one()
    chosen = Subscription.cadence != Cadence.NEVER
    by_default = settings_of(warp).default_cadence is not Cadence.NEVER
    return _reachable(warp_id, or_(chosen, Subscription.cadence.is_(None)) if by_default else chosen)


def cadence_of(person_id: UUID, warp: Warp) -> Cadence:
    """Return how often a person gets a WARP's digest."""
    chosen = select(Subscription.cadence).where(Subscription.person_id == person_id, Subscription.warp_id == warp.id)
    return session.scalars(chosen).one_or_none() or settings_of(warp).default_cadence


def choose(person_id: UUID, warp: Warp, cadence: Cadence) -> None:
    """Keep how often a person wants a WARP's digest; choosing what is chosen already changes nothing."""
    before = cadence_of(person_id, warp)
    if before is cadence:
        return
    stopped_at = clock.now() if cadence is Cadence.NEVER else None
    chosen = insert(Subscription).values(
        person_id=person_id, warp_id=warp.id, cadence=cadence, unsubscribed_at=stopped_at
    )
    session.execute(
        chosen.on_conflict_do_update(
            index_elements=[Subscription.person_id, Subscription.warp_id],
            set_={"cadence": chosen.excluded.cadence, "unsubscribed_at": chosen.excluded.unsubscribed_at},
        )
    )
    detail = {"before": before.value, "after": cadence.value}
    audit.record("digest.cadence_chosen", actor=person_id, warp=warp.id, detail=detail)


def _reachable(warp_id: UUID, wanting: ColumnElement[bool]) -> dict[UUID, str | None]:
    wishes = and_(Subscription.person_id == Person.id, Subscription.warp_id == warp_id)
    people = (
        select(Person.id, Person.mail_suspended)
        .outerjoin(Subscription, wishes)
        .where(Person.id.in_(_people_of(warp_id)), Person.state == State.ACTIVE, wanting)
        .order_by(Person.id)
    )
    return {
        person: None if suspended is None else f"mail suspended: {suspended}"
        for person, suspended in session.execute(people)
    }


def _people_of(warp_id: UUID) -> CompoundSelect[Any]:
    joined = select(Post.person_id).join(Membership, Membership.organisation_id == Post.organisation_id)
    members = joined.where(Membership.warp_id == warp_id, _active_membership(), Post.state == State.ACTIVE)
    run = select(Coordinator.person_id).where(Coordinator.warp_id == warp_id, runs_now())
    return members.union(run)


def _active_membership() -> ColumnElement[bool]:
    return (Membership.state == State.ACTIVE) & agreements.is_accepted()
