"""Who stands in for a coordinator who is away: named by them, until a day, ending by itself.

A stand-in is another coordinator of the same WARP, or a lead of one of its full members, who then runs the WARP
until that moment and no longer. They hand nothing on: no stand-in of their own, no new coordinator. The keys of
key holders belong to people and stay with them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import aliased

from warp_hub import audit, clock, mail
from warp_hub.db import new_id, session
from warp_hub.memberships.authority import for_good, require_for_good
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    MembershipKind,
    Organisation,
    Person,
    Post,
    PostKind,
    StandIn,
    State,
    Warp,
)

LONGEST = timedelta(days=92)
NAMED, ENDED = "stand_in_named", "stand_in_ended"
_LETTER_LIVES = timedelta(days=3)
_KEPT = timedelta(days=400)


class NotEligible(Exception):
    """This person cannot stand in here, or not until then."""


@dataclass(frozen=True)
class Candidate:
    """Someone who may be named; `place` is their organisation, empty for another coordinator."""

    person_id: UUID
    name: str
    place: str


@dataclass(frozen=True)
class Standing:
    """A stand-in as pages and letters name it."""

    stand_in: StandIn
    warp: Warp
    coordinator: str
    person: str

    @property
    def last_day(self) -> datetime:
        """Return a moment of the last day, for pages that say the day alone."""
        return self.stand_in.until - timedelta(seconds=1)


def candidates(warp_id: UUID, coordinator_id: UUID) -> list[Candidate]:
    """Return whom a coordinator of this WARP may name: its other coordinators, then its members' leads, by name."""
    run = (
        select(Person.id, Person.name)
        .join(Coordinator, Coordinator.person_id == Person.id)
        .where(Coordinator.warp_id == warp_id, Coordinator.state == State.ACTIVE, for_good(), _may_act())
    )
    others = [Candidate(who, name, "") for who, name in session.execute(run.order_by(Person.name))]
    known = {other.person_id for other in others}
    lead = select(Person.id, Person.name, func.min(Organisation.name)).where(*_leads(warp_id))
    rows = session.execute(lead.group_by(Person.id, Person.name).order_by(Person.name))
    leads = [Candidate(*row) for row in rows if row[0] not in known]
    return [found for found in (*others, *leads) if found.person_id != coordinator_id]


def name(coordinator_id: UUID, warp: Warp, person_id: UUID, until: datetime) -> StandIn:
    """Name who stands in for a coordinator until a moment, in place of whoever did; both get a letter.

    Raises NotTheirs for whoever does not run the WARP for good, NotEligible for whoever may not be named.
    """
    _take_turn(coordinator_id, warp.id)
    require_for_good(coordinator_id, warp)
    now = clock.now()
    eligible = {found.person_id for found in candidates(warp.id, coordinator_id)}
    if person_id not in eligible or not now < until <= now + LONGEST:
        raise NotEligible
    held = _open().where(StandIn.warp_id == warp.id, StandIn.coordinator_id == coordinator_id)
    before = session.scalars(held).one_or_none()
    if before is not None and before.person_id == person_id:
        before.until = until
        return _told(before, coordinator_id)
    if before is not None:
        _close(before, coordinator_id)
    made = StandIn(
        id=new_id(), warp_id=warp.id, coordinator_id=coordinator_id, person_id=person_id, named_at=now, until=until
    )
    session.add(made)
    return _told(made, coordinator_id)


def end(stand_in: StandIn, by: UUID) -> None:
    """End a stand-in before its day; any coordinator of the WARP may who runs it for good."""
    warp = session.scalars(select(Warp).where(Warp.id == stand_in.warp_id)).one()
    require_for_good(by, warp)
    held = session.scalars(_open().where(StandIn.id == stand_in.id)).one_or_none()
    if held is not None:
        _close(held, by)


def end_due() -> int:
    """End the stand-ins whose moment has come or whose ground has gone; return how many."""
    due = [one for one in session.scalars(_open()) if one.until <= clock.now() or not _stands(one)]
    for stand_in in due:
        _close(stand_in, None)
    return len(due)


def let_go(person_id: UUID, by: UUID | None, warp_id: UUID | None = None) -> None:
    """End what a person is a party to who is shut out, leaves or runs a WARP no longer."""
    theirs = _open().where((StandIn.coordinator_id == person_id) | (StandIn.person_id == person_id))
    for stand_in in session.scalars(theirs if warp_id is None else theirs.where(StandIn.warp_id == warp_id)):
        _close(stand_in, by)


def standing(warps: Collection[UUID]) -> Sequence[Standing]:
    """Return the stand-ins of these WARPs that hold now, with the names of both."""
    now = _named().where(StandIn.warp_id.in_(warps), StandIn.ended_at.is_(None), StandIn.until > clock.now())
    return [Standing(*row) for row in session.execute(now.order_by(Warp.name, StandIn.named_at))]


def find(stand_in_id: UUID) -> Standing | None:
    """Return one stand-in, whatever became of it."""
    row = session.execute(_named().where(StandIn.id == stand_in_id)).one_or_none()
    return None if row is None else Standing(*row)


def forget_old() -> int:
    """Remove what ended long ago; return how many."""
    gone = session.execute(delete(StandIn).where(StandIn.ended_at < clock.now() - _KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _take_turn(coordinator_id: UUID, warp_id: UUID) -> None:
    """Let somebody who presses twice name one stand-in, not two."""
    mine = select(Coordinator.id).where(Coordinator.person_id == coordinator_id, Coordinator.warp_id == warp_id)
    session.execute(mine.with_for_update())


def _may_act() -> ColumnElement[bool]:
    return Person.state == State.ACTIVE


def _leads(warp_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Say who leads for a full member: an associate never receives TLP:AMBER+STRICT, a coordinator decides over it."""
    return (
        Post.person_id == Person.id,
        Post.organisation_id == Organisation.id,
        Membership.organisation_id == Organisation.id,
        Post.kind == PostKind.LEAD,
        Post.state == State.ACTIVE,
        Membership.warp_id == warp_id,
        Membership.kind == MembershipKind.FULL,
        Membership.state == State.ACTIVE,
        _may_act(),
    )


def _stands(stand_in: StandIn) -> bool:
    return any(one.person_id == stand_in.person_id for one in candidates(stand_in.warp_id, stand_in.coordinator_id))


def _told(stand_in: StandIn, by: UUID) -> StandIn:
    session.flush()
    _lend(stand_in.warp_id, stand_in.person_id)
    _note("stand-in.named", stand_in, by)
    _write(NAMED, stand_in)
    return stand_in


def _close(stand_in: StandIn, by: UUID | None) -> None:
    stand_in.ended_at = clock.now()
    session.flush()
    _lend(stand_in.warp_id, stand_in.person_id)
    _note("stand-in.ended", stand_in, by)
    _write(ENDED, stand_in)


def _lend(warp_id: UUID, person_id: UUID) -> None:
    """Let someone run the WARP for as long as the longest open stand-in of theirs, and no longer."""
    role = session.scalars(
        select(Coordinator).where(Coordinator.warp_id == warp_id, Coordinator.person_id == person_id)
    ).one_or_none()
    if role is not None and role.until is None and role.state is State.ACTIVE:
        return
    theirs = _open().where(StandIn.warp_id == warp_id, StandIn.person_id == person_id)
    moments = [one.until for one in session.scalars(theirs)]
    if role is None and moments:
        role = Coordinator(id=new_id(), warp_id=warp_id, person_id=person_id)
        session.add(role)
    if role is not None:
        role.state, role.until = (State.ACTIVE, max(moments)) if moments else (State.LEFT, None)
    session.flush()


def _open() -> Select[Any]:
    return select(StandIn).where(StandIn.ended_at.is_(None)).order_by(StandIn.id).with_for_update()


def _named() -> Select[StandIn, Warp, str, str]:
    absent, acting = aliased(Person), aliased(Person)
    return (
        select(StandIn, Warp, absent.name, acting.name)
        .join(Warp, Warp.id == StandIn.warp_id)
        .join(absent, absent.id == StandIn.coordinator_id)
        .join(acting, acting.id == StandIn.person_id)
    )


def _note(action: str, stand_in: StandIn, by: UUID | None) -> None:
    detail = {
        "coordinator": str(stand_in.coordinator_id),
        "person": str(stand_in.person_id),
        "until": stand_in.until.isoformat(),
    }
    audit.record(action, actor=by, warp=stand_in.warp_id, detail=detail)


def _write(kind: str, stand_in: StandIn) -> None:
    both = [stand_in.coordinator_id, stand_in.person_id]
    expires = clock.now() + _LETTER_LIVES
    mail.post_all(kind, both, warp_id=stand_in.warp_id, item_ids=[stand_in.id], expires_at=expires)
