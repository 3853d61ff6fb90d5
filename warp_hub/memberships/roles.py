"""Who runs a WARP: one coordinator proposes, another confirms; no one alone makes or unmakes an equal.

Who confirms is another coordinator of the WARP, neither the one who proposed nor the one it is about; where there is
nobody like that, the national team. Nobody there either: the operator at the console.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships import people
from warp_hub.memberships.authority import NotTheirs, for_good, is_national, require_for_good, runs_for_good
from warp_hub.memberships.directory_models import RoleProposal
from warp_hub.memberships.models import Coordinator, Membership, Person, Post, State, Warp


class NotEligible(Exception):
    """This person cannot be proposed: no member of the WARP, or already what is proposed."""


class AlreadyDecided(Exception):
    """Somebody has answered this proposal, or it was never open."""


@dataclass(frozen=True)
class Proposed:
    """A proposal as pages show it."""

    proposal: RoleProposal
    warp: Warp
    person: str
    by: str


def propose(person: Person, warp: Warp, reason: str, by: UUID, *, grant: bool) -> RoleProposal:
    """Propose that somebody should run a WARP, or run it no longer; an open proposal about them is replaced."""
    require_for_good(by, warp)
    _take_turn(warp)
    if not may_be_proposed(person, warp, by) or runs(person.id, warp.id) is grant:
        raise NotEligible
    for held in session.scalars(_open().where(RoleProposal.warp_id == warp.id, RoleProposal.person_id == person.id)):
        _close(held, by, is_confirmed=False)
    session.flush()
    made = RoleProposal(
        id=new_id(), warp_id=warp.id, person_id=person.id, is_grant=grant, reason=reason, proposed_by=by
    )
    made.proposed_at = clock.now()
    session.add(made)
    session.flush()
    _note("proposed" if grant else "removal-proposed", made, by)
    return made


def may_be_proposed(person: Person, warp: Warp, by: UUID) -> bool:
    """Say whether somebody may be proposed: to run the WARP, as a member of it; to run it no longer, as who does."""
    if by == person.id or person.state is not State.ACTIVE:
        return False
    return runs(person.id, warp.id) or _belongs(person.id, warp.id)


def runs(person_id: UUID, warp_id: UUID) -> bool:
    """Say whether somebody runs a WARP for good."""
    held = select(Coordinator.id).where(Coordinator.person_id == person_id, Coordinator.warp_id == warp_id)
    return session.scalar(held.where(Coordinator.state == State.ACTIVE, for_good())) is not None


def confirm(proposal: RoleProposal, by: UUID) -> None:
    """Do what was proposed; raise LastCoordinator if the WARP would be left without anybody.

    Raises NotEligible where somebody should run it who has gone since, or whom somebody proposed who has.
    """
    warp, person = _locked(proposal)
    if not may_confirm(proposal, by):
        raise NotTheirs(warp.slug)
    if proposal.is_grant and not _still_holds(proposal, person, warp):
        raise NotEligible
    _close(proposal, by, is_confirmed=True)
    if proposal.is_grant:
        people.give_coordination(person, warp, by, proposal.reason)
    else:
        people.end_coordination(person, warp, by, proposal.reason)


def refuse(proposal: RoleProposal, by: UUID) -> None:
    """Answer no; whoever proposed it takes it back that way."""
    warp, _person = _locked(proposal)
    if by != proposal.proposed_by and not may_confirm(proposal, by):
        raise NotTheirs(warp.slug)
    _close(proposal, by, is_confirmed=False)
    _note("proposal-refused", proposal, by)


def may_confirm(proposal: RoleProposal, by: UUID) -> bool:
    """Say whether this person may answer: by rank, not the one who proposed it nor the one it is about."""
    involved = (proposal.proposed_by, proposal.person_id)
    if by in involved:
        return False
    others = select(Coordinator.person_id).join(Person, Person.id == Coordinator.person_id)
    others = others.where(Coordinator.warp_id == proposal.warp_id, Coordinator.state == State.ACTIVE, for_good())
    able = set(session.scalars(others.where(Person.state == State.ACTIVE, Person.id.not_in(involved))))
    return by in able if able else is_national(by)


def open_to(by: UUID, warps: Collection[UUID]) -> Sequence[Proposed]:
    """Return the open proposals of these WARPs, and those that wait for the national team if this is one of them."""
    proposer = aliased(Person)
    held = (
        select(RoleProposal, Warp, Person.name, proposer.name)
        .join(Warp, Warp.id == RoleProposal.warp_id)
        .join(Person, Person.id == RoleProposal.person_id)
        .join(proposer, proposer.id == RoleProposal.proposed_by)
        .where(RoleProposal.decided_at.is_(None))
        .order_by(RoleProposal.proposed_at, RoleProposal.id)
    )
    if not is_national(by):
        held = held.where(RoleProposal.warp_id.in_(warps))
    rows = [Proposed(*row) for row in session.execute(held)]
    return [row for row in rows if row.warp.id in warps or may_confirm(row.proposal, by)]


def find_open(proposal_id: UUID, by: UUID, warps: Collection[UUID]) -> Proposed | None:
    """Return an open proposal that this person may see, or None."""
    return next((row for row in open_to(by, warps) if row.proposal.id == proposal_id), None)


def confirmer_is_national(proposal: RoleProposal) -> bool:
    """Say whether nobody of the WARP itself may answer, so that it waits for the national team."""
    involved = (proposal.proposed_by, proposal.person_id)
    others = select(Coordinator.id).where(Coordinator.warp_id == proposal.warp_id, Coordinator.state == State.ACTIVE)
    return session.scalar(others.where(for_good(), Coordinator.person_id.not_in(involved)).limit(1)) is None


def coordinators_by_warp() -> dict[UUID, list[str]]:
    """Return the names of those who run each WARP for good."""
    held = (
        select(Coordinator.warp_id, Person.name)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.state == State.ACTIVE, for_good(), Person.state == State.ACTIVE)
        .order_by(Person.name)
    )
    found: dict[UUID, list[str]] = {}
    for warp, name in session.execute(held):
        found.setdefault(warp, []).append(name)
    return found


def _belongs(person_id: UUID, warp_id: UUID) -> bool:
    held = select(Post.id).join(Membership, Membership.organisation_id == Post.organisation_id)
    held = held.where(Post.person_id == person_id, Post.state == State.ACTIVE)
    held = held.where(Membership.warp_id == warp_id, Membership.state == State.ACTIVE)
    return session.scalar(held.limit(1)) is not None


def _take_turn(warp: Warp) -> None:
    session.scalars(select(Warp).where(Warp.id == warp.id).with_for_update(key_share=True)).one()


def _locked(proposal: RoleProposal) -> tuple[Warp, Person]:
    """Hold WARP and proposal until the end: two who answer at once take turns, and the second comes too late."""
    warp = session.scalars(select(Warp).where(Warp.id == proposal.warp_id).with_for_update(key_share=True)).one()
    held = select(RoleProposal).where(RoleProposal.id == proposal.id).with_for_update()
    session.scalars(held.execution_options(populate_existing=True)).one()
    if proposal.decided_at is not None:
        raise AlreadyDecided
    about = select(Person).where(Person.id == proposal.person_id).with_for_update(key_share=True)
    return warp, session.scalars(about.execution_options(populate_existing=True)).one()


def _still_holds(proposal: RoleProposal, person: Person, warp: Warp) -> bool:
    by = proposal.proposed_by
    return runs_for_good(by, warp.id) and may_be_proposed(person, warp, by)


def _close(proposal: RoleProposal, by: UUID, *, is_confirmed: bool) -> None:
    proposal.decided_at, proposal.decided_by, proposal.is_confirmed = clock.now(), by, is_confirmed


def _open() -> Select[RoleProposal]:
    return select(RoleProposal).where(RoleProposal.decided_at.is_(None)).with_for_update()


def _note(what: str, proposal: RoleProposal, by: UUID) -> None:
    detail = {"person": str(proposal.person_id), "reason": proposal.reason}
    audit.record(f"coordinator.{what}", actor=by, warp=proposal.warp_id, detail=detail)
