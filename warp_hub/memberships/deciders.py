"""Who may decide an application: never somebody whom it concerns, and the national team where that leaves nobody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships import authority, organisations
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.directory_models import Recusal
from warp_hub.memberships.models import Coordinator, Organisation, Person, Post, State, Warp, WarpKind
from warp_hub.memberships.reading import SHARED_DOMAINS, domain_of

_NEVER_THERE = (State.LEFT, State.APPLIED, State.INVITED)


def may_decide(by: UUID | None, application: Application) -> bool:
    """Say whether this person may decide it: runs the WARP, or is of the national team where nobody else may."""
    if by is None:
        return True
    if _is_own(by, application):
        return False
    if authority.may_run(by, application.warp_id):
        return True
    return _is_national(by) and not any(not _is_own(one, application) for one in _runners(application.warp_id))


def left_to_national(by: UUID) -> list[UUID]:
    """Return the applications that nobody of their own WARP may decide, for somebody of the national team."""
    if not _is_national(by):
        return []
    waiting = session.scalars(select(Application).where(Application.state == ApplicationState.SENT))
    return [one.id for one in waiting if not authority.may_run(by, one.warp_id) and may_decide(by, one)]


def deciders_of(application: Application) -> Sequence[UUID]:
    """Return the coordinators of its WARP who may decide an application."""
    return [one for one in _runners(application.warp_id) if not _is_own(one, application)]


def belongs(person_id: UUID, organisation_ids: Sequence[UUID]) -> bool:
    """Say whether somebody has a post at one of these organisations."""
    held = select(Post.id).where(
        Post.person_id == person_id,
        Post.organisation_id.in_(organisation_ids),
        Post.state.not_in(_NEVER_THERE),
    )
    return session.scalar(held.limit(1)) is not None


def _is_own(person_id: UUID, application: Application) -> bool:
    """Say whether an application concerns somebody, or one for whom they only stand in."""
    acting = (person_id, *authority.stood_in_for(person_id, application.warp_id))
    return any(_concerns(one, application) for one in acting)


def _concerns(person_id: UUID, application: Application) -> bool:
    """Say whether an application is somebody's own, or concerns an organisation of theirs or one they stay out of."""
    email = session.scalar(select(Person.email).where(Person.id == person_id)) or ""
    domain = domain_of(application.email)
    if email.lower() == application.email.lower() or (domain_of(email) == domain and domain not in SHARED_DOMAINS):
        return True
    if _is_called(person_id, application.organisation_name):
        return True
    concerned = [one.id for one in organisations.find_organisations_by_address(application.email)]
    concerned += [application.organisation_id] if application.organisation_id else []
    said = select(Recusal.organisation_id).where(Recusal.person_id == person_id, Recusal.warp_id == application.warp_id)
    return belongs(person_id, concerned) or bool(set(session.scalars(said)) & set(concerned))


def _is_called(person_id: UUID, name: str) -> bool:
    """Say whether an organisation at which somebody has a post is called so."""
    held = select(Organisation).join(Post, Post.organisation_id == Organisation.id)
    theirs = session.scalars(held.where(Post.person_id == person_id, Post.state.not_in(_NEVER_THERE)))
    names = {known.casefold() for one in theirs for known in (one.name, one.short_name, *one.also_known_as) if known}
    return name.casefold() in names


def _is_national(person_id: UUID) -> bool:
    held = (
        select(Coordinator.id)
        .join(Warp, Warp.id == Coordinator.warp_id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.person_id == person_id, Warp.kind == WarpKind.NATIONAL, runs_now())
        .where(Person.state == State.ACTIVE)
    )
    return session.scalar(held.limit(1)) is not None


def _runners(warp_id: UUID) -> Sequence[UUID]:
    held = (
        select(Coordinator.person_id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.warp_id == warp_id, runs_now(), Person.state == State.ACTIVE)
    )
    return session.scalars(held).all()
