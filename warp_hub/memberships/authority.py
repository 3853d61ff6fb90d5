"""Who may change whose place: a coordinator within the WARPs they run, never an equal or a superior.

`by` is the person who asks; None is the operator at the console.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships.models import Coordinator, Membership, Organisation, Person, Post, State, Warp

GONE = (State.LEFT, State.APPLIED)


class NotTheirs(Exception):
    """Someone tried to change what is not theirs to change."""


class LastCoordinator(Exception):
    """A WARP would be left without a coordinator; the text is its name."""


def may_run(by: UUID | None, warp_id: UUID) -> bool:
    """Say whether this person runs the WARP."""
    return by is None or bool(session.scalar(select(_runs(by, Coordinator.warp_id == warp_id))))


def runs_for_good(by: UUID | None, warp_id: UUID) -> bool:
    """Say whether this person runs the WARP and does not only stand in for somebody."""
    return by is None or bool(session.scalar(select(_runs(by, (Coordinator.warp_id == warp_id) & for_good()))))


def may_serve(by: UUID | None, organisation_id: UUID) -> bool:
    """Say whether this person runs a WARP of which the organisation is a member."""
    return by is None or bool(session.scalar(select(_runs(by, Coordinator.warp_id.in_(_warps_of(organisation_id))))))


def may_manage(by: UUID | None, person_id: UUID) -> bool:
    """Say whether this person may change the other's place: runs a WARP of theirs, and they run none."""
    if by is None:
        return True
    theirs = (
        select(Membership.warp_id)
        .join(Post, Post.organisation_id == Membership.organisation_id)
        .where(Post.person_id == person_id, Post.state.not_in(GONE), Membership.state.not_in(GONE))
    )
    is_equal = exists().where(Coordinator.person_id == person_id, Coordinator.state == State.ACTIVE)
    return bool(session.scalar(select(_runs(by, Coordinator.warp_id.in_(theirs)) & ~is_equal)))


def require_warp(by: UUID | None, warp: Warp) -> None:
    """Raise NotTheirs unless this person runs the WARP."""
    if not may_run(by, warp.id):
        raise NotTheirs(warp.slug)


def require_organisation(by: UUID | None, organisation: Organisation) -> None:
    """Raise NotTheirs unless this person runs a WARP of the organisation."""
    if not may_serve(by, organisation.id):
        raise NotTheirs(str(organisation.id))


def require_person(by: UUID | None, person: Person) -> None:
    """Raise NotTheirs unless this person may change the other's place."""
    if not may_manage(by, person.id):
        raise NotTheirs(str(person.id))


def runs_now() -> ColumnElement[bool]:
    """Say in SQL which coordinators run their WARP at this moment: a stand-in's time ends to the second."""
    return (Coordinator.state == State.ACTIVE) & or_(for_good(), Coordinator.until > clock.now())


def for_good() -> ColumnElement[bool]:
    """Say in SQL which coordinators are none by standing in for another."""
    return Coordinator.until.is_(None)


def require_for_good(by: UUID | None, warp: Warp) -> None:
    """Raise NotTheirs unless this person runs the WARP for good: a stand-in hands nothing on."""
    if not runs_for_good(by, warp.id):
        raise NotTheirs(warp.slug)


def keep_a_coordinator(person: Person, warp: Warp | None = None) -> None:
    """Raise LastCoordinator if a WARP (or this one) has nobody else to run it; two who try at once take turns."""
    run = select(Coordinator.warp_id).where(Coordinator.person_id == person.id, Coordinator.state == State.ACTIVE)
    # NO KEY UPDATE: one turn at a time, while new members may still point at the WARP.
    held = select(Warp).where(Warp.id.in_(run)).order_by(Warp.id).with_for_update(key_share=True)
    for found in session.scalars(held if warp is None else held.where(Warp.id == warp.id)).all():
        others = (
            exists()
            .where(Coordinator.warp_id == found.id, Coordinator.person_id != person.id)
            .where(Coordinator.state == State.ACTIVE, for_good())
            .where(Person.id == Coordinator.person_id, Person.state == State.ACTIVE)
        )
        if not session.scalar(select(others)):
            raise LastCoordinator(found.name)


def _runs(by: UUID, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        exists()
        .where(Coordinator.person_id == by, runs_now(), which)
        .where(Person.id == Coordinator.person_id, Person.state == State.ACTIVE)
    )


def _warps_of(organisation_id: UUID) -> Select[UUID]:
    return select(Membership.warp_id).where(
        Membership.organisation_id == organisation_id, Membership.state.not_in(GONE)
    )
