"""Who may change whose place: a coordinator within the WARPs they run, never an equal or a superior.

`by` is the person who asks; None is the operator at the console.
"""

import functools
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select

from warp_hub import clock
from warp_hub.db import UtcDateTime, session
from warp_hub.memberships.directory_models import Recusal
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    Organisation,
    Person,
    Post,
    PostKind,
    StandIn,
    State,
    Warp,
    WarpKind,
)

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
    held = (
        select(Membership.warp_id)
        .join(Post, Post.organisation_id == Membership.organisation_id)
        .where(Post.person_id == person_id, Membership.state.not_in(GONE))
    )
    theirs = held.where(Post.state.not_in((*GONE, State.INVITED)))
    # A name on a list gives no say over somebody who stands, or asked to stand, somewhere else.
    stands = exists().where(Post.person_id == person_id, Post.state.not_in((State.LEFT, State.INVITED)))
    listed = _runs(by, Coordinator.warp_id.in_(held.where(Post.state == State.INVITED))) & ~stands
    is_equal = exists().where(Coordinator.person_id == person_id, Coordinator.state == State.ACTIVE)
    return bool(session.scalar(select((_runs(by, Coordinator.warp_id.in_(theirs)) | listed) & ~is_equal)))


def serves_alone(by: UUID | None, organisation_id: UUID) -> bool:
    """Say whether this person runs every WARP in which the organisation has a place: nobody else looks after it."""
    if by is None:
        return True
    of = _warps_of(organisation_id)
    others = of.where(~_runs(by, Coordinator.warp_id == Membership.warp_id).correlate(Membership))
    return session.scalar(others.limit(1)) is None


def leads(by: UUID | None, organisation_id: UUID) -> bool:
    """Say whether this person leads the organisation, and it has a place in a WARP."""
    if by is None:
        return False
    held = (
        exists()
        .where(Post.person_id == by, Post.organisation_id == organisation_id)
        .where(Post.kind == PostKind.LEAD, Post.state == State.ACTIVE)
        .where(Person.id == Post.person_id, Person.state == State.ACTIVE)
        .where(Membership.organisation_id == Post.organisation_id, Membership.state == State.ACTIVE)
    )
    return bool(session.scalar(select(held)))


def may_change_post(by: UUID | None, person_id: UUID, organisation_id: UUID) -> bool:
    """Say whether this person may give, change or end the other's post at the organisation.

    A coordinator of its WARPs may, for anybody who runs none, and may add one who does; a lead of the organisation
    may, for whoever is neither lead there nor coordinator. Nobody changes a post of their own. Where another WARP looks
    after the organisation too, a coordinator changes what no lead there could: one lead while another remains, and
    everybody while there is none. Whoever was suspended by their own WARP is none the less one.
    """
    if by is None:
        return True
    held = exists().where(Post.person_id == person_id, Post.organisation_id == organisation_id)
    stands = held.where(Post.state == State.ACTIVE)
    if by == person_id:
        return False
    runs, is_there, is_lead = session.execute(
        select(runs_any(person_id), stands, stands.where(Post.kind == PostKind.LEAD))
    ).one()
    if may_serve(by, organisation_id) and not is_there:
        return True
    if may_serve(by, organisation_id) and not runs and _is_left_to(by, person_id, organisation_id):
        return True
    return not (runs or is_lead) and leads(by, organisation_id)


def may_name_lead(by: UUID | None, organisation_id: UUID) -> bool:
    """Say whether this person may make somebody lead of the organisation: its lead, or a coordinator.

    Where another WARP looks after it too, a coordinator only while nobody leads it.
    """
    if by is None or leads(by, organisation_id):
        return True
    return may_serve(by, organisation_id) and (serves_alone(by, organisation_id) or not _leads_of(by, organisation_id))


def is_led(by: UUID, organisation_id: UUID) -> bool:
    """Say whether somebody leads the organisation already, as `may_name_lead` counts them for this person."""
    return bool(_leads_of(by, organisation_id))


def require_post(by: UUID | None, person: Person, organisation: Organisation) -> None:
    """Raise NotTheirs unless this person may change the other's post at the organisation.

    Where another WARP looks after it too, a coordinator who changes one waits for whoever else does: each of two leads
    is "one of two" to those who end both at once.
    """
    if may_serve(by, organisation.id) and not serves_alone(by, organisation.id):
        turn = select(Organisation.id).where(Organisation.id == organisation.id)
        session.scalars(turn.with_for_update(key_share=True)).all()
    if not may_change_post(by, person.id, organisation.id):
        raise NotTheirs(str(person.id))


def runs_any(person_id: UUID) -> ColumnElement[bool]:
    """Say in SQL whether somebody runs a WARP, be it for another."""
    return exists().where(Coordinator.person_id == person_id, runs_now())


def may_decide(by: UUID | None, organisation_id: UUID, warp_id: UUID) -> bool:
    """Say whether this person may decide about an organisation's place in a WARP.

    Nobody does whose own organisation it is, or who said that they do not, unless nobody else could who runs the WARP
    for good. What somebody may not decide, whoever stands in for them may not either.
    """
    if by is None:
        return True
    if not may_run(by, warp_id):
        return False
    free = select(Coordinator.person_id).where(
        Coordinator.warp_id == warp_id, runs_now(), ~_is_partial(organisation_id)
    )
    free = free.join(Person, Person.id == Coordinator.person_id).where(Person.state == State.ACTIVE)
    unbiased = set(session.scalars(free))
    return by in unbiased or (not unbiased and runs_for_good(by, warp_id))


def require_decision(by: UUID | None, organisation: Organisation, warp: Warp) -> None:
    """Raise NotTheirs unless this person may decide about the organisation's place in the WARP."""
    if not may_decide(by, organisation.id, warp.id):
        raise NotTheirs(warp.slug)


def is_national(by: UUID | None) -> bool:
    """Say whether this person is of the national team, for good."""
    national = Coordinator.warp_id.in_(select(Warp.id).where(Warp.kind == WarpKind.NATIONAL))
    return by is not None and bool(session.scalar(select(_runs(by, national & for_good()))))


def runs_with(by: UUID, other: UUID | None) -> bool:
    """Say whether this person runs a WARP that the other runs or ran; always for nobody, and for oneself."""
    if other is None or other == by:
        return True
    theirs = select(Coordinator.warp_id).where(Coordinator.person_id == other)
    return bool(session.scalar(select(_runs(by, Coordinator.warp_id.in_(theirs.correlate(None))))))


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


@functools.cache
def runs_now() -> ColumnElement[bool]:
    """Say in SQL which coordinators run their WARP at this moment: a stand-in's time ends to the second."""
    now = bindparam(None, callable_=clock.now, type_=UtcDateTime())
    return (Coordinator.state == State.ACTIVE) & or_(for_good(), Coordinator.until > now)


def for_good() -> ColumnElement[bool]:
    """Say in SQL which coordinators are none by standing in for another."""
    return Coordinator.until.is_(None)


def stood_in_for(person_id: UUID, warp_id: UUID) -> Sequence[UUID]:
    """Return for whom somebody runs a WARP who only stands in; nobody for who runs it for good."""
    stands = exists().where(Coordinator.person_id == person_id, Coordinator.warp_id == warp_id, ~for_good())
    held = select(StandIn.coordinator_id).where(StandIn.person_id == person_id, StandIn.warp_id == warp_id)
    return session.scalars(held.where(StandIn.ended_at.is_(None), stands)).all()


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


def _is_partial(organisation_id: UUID) -> ColumnElement[bool]:
    """Say in SQL which coordinators do not decide about an organisation: themselves, or whom they stand in for."""
    absent = exists().where(
        StandIn.warp_id == Coordinator.warp_id,
        StandIn.person_id == Coordinator.person_id,
        StandIn.ended_at.is_(None),
        _is_partial_person(StandIn.coordinator_id, organisation_id),
    )
    return _is_partial_person(Coordinator.person_id, organisation_id) | (Coordinator.until.is_not(None) & absent)


def _is_partial_person(person_id: Any, organisation_id: UUID) -> ColumnElement[bool]:
    """Say in SQL that an organisation is somebody's own, or that they said that they do not decide about it.

    Where somebody else wrote them down, it is not theirs: else whoever did would be left to decide alone.
    """
    theirs = exists().where(Post.person_id == person_id, Post.organisation_id == organisation_id)
    said = exists().where(
        Recusal.warp_id == Coordinator.warp_id,
        Recusal.person_id == person_id,
        Recusal.organisation_id == organisation_id,
    )
    return theirs.where(Post.state.not_in((*GONE, State.INVITED))) | said


def _is_left_to(by: UUID, person_id: UUID, organisation_id: UUID) -> bool:
    """Say whether a coordinator's word alone is enough: no other WARP looks after it, or no lead there could."""
    if serves_alone(by, organisation_id):
        return True
    leading = _leads_of(by, organisation_id)
    is_there = leading.pop(person_id, None)
    return not leading if is_there is None else any(leading.values())


def _leads_of(by: UUID, organisation_id: UUID) -> dict[UUID, bool]:
    """Return who leads an organisation, each with whether they can act now.

    Whom the WARP of `by` shut out leads it still for `by`: else that would be the way to a body of another WARP.
    """
    held = select(Person.id, Person.state, Person.shut_out_by).join(Post, Post.person_id == Person.id)
    held = held.where(Post.organisation_id == organisation_id, Post.kind == PostKind.LEAD, Post.state == State.ACTIVE)
    found = session.execute(held.where(Person.state != State.LEFT)).all()
    return {
        one.id: one.state is State.ACTIVE
        for one in found
        if one.state is State.ACTIVE or (one.shut_out_by and runs_with(by, one.shut_out_by))
    }


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
