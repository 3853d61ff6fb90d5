"""The sharing agreement of a WARP: what its members promise each other, in versions.

Until an organisation has accepted the version that binds now, or a later one, its place in that WARP gives its
people no address at all: pages, letters, tools and files follow, since all of them ask for the addresses.
A WARP that never published one asks for none.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from warp_hub import audit, clock
from warp_hub.db import UtcDateTime, session
from warp_hub.memberships.agreement_models import Acceptance, Agreement
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State, Warp


class NotTheirAgreement(Exception):
    """Whoever would accept holds no post at the organisation, or the agreement is not one to accept."""


@dataclass(frozen=True)
class Demand:
    """What must be accepted for an organisation before its people read what a WARP shares, and who leads it."""

    agreement: Agreement
    warp: Warp
    organisation: Organisation
    leads: Sequence[str]
    is_lead: bool
    is_first: bool


@dataclass(frozen=True)
class Accepted:
    """What was accepted for an organisation, and by whom."""

    agreement: Agreement
    warp: Warp
    organisation: Organisation
    accepted: Acceptance
    by: str


@functools.cache
def is_accepted() -> ColumnElement[bool]:
    """Say in SQL of which memberships nothing is left to accept: the one clause that cuts or gives addresses."""
    now = bindparam(None, callable_=clock.now, type_=UtcDateTime())
    later = aliased(Agreement)
    accepts = (
        exists()
        .where(Acceptance.organisation_id == Membership.organisation_id, Acceptance.agreement_id == later.id)
        .where(later.warp_id == Agreement.warp_id, later.version >= Agreement.version)
        .correlate(Agreement, Membership)
    )
    binds = exists().where(Agreement.warp_id == Membership.warp_id, Agreement.binds_from <= now, ~accepts)
    return ~binds.correlate(Membership)


def outstanding(organisation_id: UUID) -> list[Agreement]:
    """Return the agreements that an organisation has to accept before the next read, one for each of its WARPs."""
    places = select(Membership.warp_id).where(
        Membership.organisation_id == organisation_id, Membership.state == State.ACTIVE, ~is_accepted()
    )
    found = [in_force(warp_id) for warp_id in session.scalars(places)]
    return [one for one in found if one is not None]


def demands(person_id: UUID) -> list[Demand]:
    """Return what has to be accepted for the organisations at which a person holds a post."""
    held = (
        select(Warp, Organisation, Post.kind)
        .join(Membership, Membership.warp_id == Warp.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Post, Post.organisation_id == Organisation.id)
        .where(Post.person_id == person_id, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
        .where(~is_accepted())
        .order_by(Organisation.name, Warp.name)
    )
    return [_demand(warp, organisation, kind) for warp, organisation, kind in session.execute(held)]


def coming(person_id: UUID) -> list[Demand]:
    """Return what will have to be accepted from a day on that is already known."""
    held = (
        select(Warp, Organisation, Post.kind)
        .join(Membership, Membership.warp_id == Warp.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Post, Post.organisation_id == Organisation.id)
        .join(Agreement, Agreement.warp_id == Warp.id)
        .where(Post.person_id == person_id, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
        .where(is_accepted(), Agreement.binds_from > clock.now(), Agreement.id == _newest_of_its_warp())
        .where(~exists().where(Acceptance.agreement_id == Agreement.id, Acceptance.organisation_id == Organisation.id))
        .order_by(Organisation.name, Warp.name)
    )
    return [_demand(warp, organisation, kind) for warp, organisation, kind in session.execute(held)]


def accepted(person_id: UUID) -> list[Accepted]:
    """Return what was accepted for the organisations at which a person holds a post, the newest first."""
    held = (
        select(Agreement, Warp, Organisation, Acceptance, Person.name)
        .join(Acceptance, Acceptance.agreement_id == Agreement.id)
        .join(Warp, Warp.id == Agreement.warp_id)
        .join(Organisation, Organisation.id == Acceptance.organisation_id)
        .join(Post, Post.organisation_id == Organisation.id)
        .join(Person, Person.id == Acceptance.person_id)
        .where(Post.person_id == person_id, Post.state == State.ACTIVE)
        .order_by(Acceptance.at.desc())
    )
    return [Accepted(*row) for row in session.execute(held)]


def find(agreement_id: UUID) -> Agreement | None:
    """Return a published agreement, or None."""
    held = select(Agreement).where(Agreement.id == agreement_id, Agreement.published_at.is_not(None))
    return session.scalars(held).one_or_none()


def in_force(warp_id: UUID) -> Agreement | None:
    """Return the version that binds a WARP's members now, or None."""
    held = select(Agreement).where(Agreement.warp_id == warp_id, Agreement.binds_from <= clock.now())
    return session.scalars(held.order_by(Agreement.version.desc()).limit(1)).one_or_none()


def newest(warp_id: UUID) -> Agreement | None:
    """Return the version published last, which may bind only from a later day: the one to accept."""
    held = select(Agreement).where(Agreement.warp_id == warp_id, Agreement.published_at.is_not(None))
    return session.scalars(held.order_by(Agreement.version.desc()).limit(1)).one_or_none()


def accept(agreement: Agreement, organisation: Organisation, person: Person) -> None:
    """Accept an agreement for an organisation at which this person holds a post; said twice, it counts once."""
    held = select(Post.kind).where(
        Post.person_id == person.id, Post.organisation_id == organisation.id, Post.state == State.ACTIVE
    )
    kind = session.scalar(held)
    place = exists().where(
        Membership.organisation_id == organisation.id,
        Membership.warp_id == agreement.warp_id,
        Membership.state == State.ACTIVE,
    )
    if kind is None or agreement.published_at is None or not session.scalar(select(place)):
        raise NotTheirAgreement
    as_lead = kind is PostKind.LEAD
    told = {"agreement_id": agreement.id, "organisation_id": organisation.id, "person_id": person.id}
    row = insert(Acceptance).values(**told, at=clock.now(), as_lead=as_lead, digest=agreement.digest)
    added = session.execute(row.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if added.rowcount:  # type: ignore[attr-defined]
        detail = {"organisation": str(organisation.id), "version": agreement.version, "as_lead": as_lead}
        detail["digest"] = agreement.digest or ""
        audit.record("agreement.accepted", actor=person.id, warp=agreement.warp_id, detail=detail)


def leads_of_members(warp_id: UUID) -> Sequence[UUID]:
    """Return the leads of a WARP's members, and of members without a lead everybody."""
    led = select(Post.organisation_id).where(Post.kind == PostKind.LEAD, Post.state == State.ACTIVE)
    held = (
        select(Post.person_id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .join(Person, Person.id == Post.person_id)
        .where(Membership.warp_id == warp_id, Membership.state == State.ACTIVE, Post.state == State.ACTIVE)
        .where(Person.state == State.ACTIVE, (Post.kind == PostKind.LEAD) | Post.organisation_id.not_in(led))
        .distinct()
    )
    return session.scalars(held).all()


def _demand(warp: Warp, organisation: Organisation, kind: PostKind) -> Demand:
    agreement = newest(warp.id)
    assert agreement is not None  # nothing would be left to accept
    before = exists().where(
        Acceptance.organisation_id == organisation.id,
        Acceptance.agreement_id == Agreement.id,
        Agreement.warp_id == warp.id,
    )
    is_first = not session.scalar(select(before))
    return Demand(agreement, warp, organisation, _leads(organisation.id), kind is PostKind.LEAD, is_first)


def _leads(organisation_id: UUID) -> Sequence[str]:
    held = (
        select(Person.name)
        .join(Post, Post.person_id == Person.id)
        .where(Post.organisation_id == organisation_id, Post.kind == PostKind.LEAD, Post.state == State.ACTIVE)
        .where(Person.state == State.ACTIVE)
    )
    return session.scalars(held.order_by(Person.name)).all()


def _newest_of_its_warp() -> ColumnElement[UUID]:
    other = aliased(Agreement)
    held = select(other.id).where(other.warp_id == Warp.id, other.published_at.is_not(None)).correlate(Warp)
    return held.order_by(other.version.desc()).limit(1).scalar_subquery()
