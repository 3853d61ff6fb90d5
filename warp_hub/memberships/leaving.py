"""Leaving: a person by themselves, a person whom their lead or coordinator takes out, an organisation with its people.

The door shuts in the caller's one transaction: `void_before` ends every session, token, calendar address, link and
invitation, nobody is `left` and a viewer, and no letter goes to them. What then lies about of theirs (places in
training to come, what they follow, their lists and choices) a worker clears up, put on the queue in the same
transaction. Sealed records stay until their own day. Whoever comes back is invited anew, as somebody new.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, exists, select

from warp_hub import audit, background, clock
from warp_hub.db import session
from warp_hub.memberships import people
from warp_hub.memberships.authority import GONE, NotTheirs, require_post, runs_any
from warp_hub.memberships.models import Membership, Organisation, Person, Post, State, Warp

CLEAR_UP = "clear_up_after"


def leave(person: Person, by: UUID | None = None) -> None:
    """Let a person go for good, at their own wish or by whoever may; raise NotTheirs or LastCoordinator."""
    people.leave(person, by)
    _clear_up(person)


def take_out(person: Person, organisation: Organisation, by: UUID | None, reason: str = "") -> bool:
    """End somebody's post at an organisation; who then belongs nowhere is gone for good, which is returned.

    Whoever is suspended stays so: gone, their address would be free, and what a coordinator decided undone. Whoever
    has no post left that counts is signed out everywhere. Raises NotTheirs unless `by` may change the post.
    """
    require_post(by, person, organisation)
    post = people.find_post(person, organisation)
    if post is None or post.state is State.LEFT:
        raise NotTheirs(str(person.id))
    people.leave_post(person, organisation, by, reason)
    session.flush()
    if _stands_elsewhere(person, organisation) or person.state is State.SUSPENDED:
        _sign_out_who_receives_nothing(person)
        return False
    people.let_go(person, by, reason)
    _clear_up(person)
    return True


def take_out_of(person: Person, organisations: Iterable[Organisation], by: UUID | None, reason: str = "") -> None:
    """End somebody's posts at several organisations, as `take_out` does each."""
    for organisation in organisations:
        if person.state is not State.LEFT:
            take_out(person, organisation, by, reason)


def let_people_go(organisation: Organisation, warp: Warp, by: UUID | None) -> list[UUID]:
    """Let those go whose organisation has just left a WARP, and who belong nowhere else; return who they are.

    While it is a member of another WARP, nobody of its people loses their post. Who may say so is the caller's to have
    asked, when it let the organisation leave.
    """
    session.flush()
    going, reason = who_would_go(organisation, warp), f"{organisation.name} left {warp.name}"
    if not _is_elsewhere(organisation, warp):
        for post in session.scalars(_posts_at(organisation)):
            post.state = State.LEFT
            if post.person_id not in {person.id for person in going}:
                told = {"person": str(post.person_id), "organisation": str(organisation.id), "reason": reason}
                audit.record("person.left-post", actor=by, detail=told)
    for person in going:
        people.let_go(person, by, reason)
        _clear_up(person)
    detail = {"organisation": str(organisation.id), "people": len(going)}
    audit.record("leaving.organisation", actor=by, warp=warp.id, detail=detail)
    return [person.id for person in going]


def who_would_go(organisation: Organisation, warp: Warp) -> Sequence[Person]:
    """Return whose place ends with that of their organisation in this WARP, by name."""
    if _is_elsewhere(organisation, warp):
        return []
    held = select(Person).join(Post, Post.person_id == Person.id).order_by(Person.name, Person.id)
    held = held.where(Post.organisation_id == organisation.id, Post.state != State.LEFT, Person.state != State.LEFT)
    return [person for person in session.scalars(held) if not _stands_elsewhere(person, organisation)]


def _stands_elsewhere(person: Person, organisation: Organisation) -> bool:
    """Say whether somebody runs a WARP, holds a post at another organisation that belongs to one, or asked for one."""
    other = exists().where(Post.person_id == person.id, Post.organisation_id != organisation.id)
    belongs = other.where(Post.state.not_in(GONE), Membership.organisation_id == Post.organisation_id)
    asked = other.where(Post.state == State.APPLIED)
    stands = belongs.where(Membership.state.not_in(GONE)) | asked | runs_any(person.id)
    return bool(session.scalar(select(stands)))


def _sign_out_who_receives_nothing(person: Person) -> None:
    counts = exists().where(Post.person_id == person.id, Post.state == State.ACTIVE)
    if not session.scalar(select(counts | runs_any(person.id))):
        person.void_before = clock.now()


def _is_elsewhere(organisation: Organisation, warp: Warp) -> bool:
    other = exists().where(Membership.organisation_id == organisation.id, Membership.warp_id != warp.id)
    return bool(session.scalar(select(other.where(Membership.state.not_in(GONE)))))


def _posts_at(organisation: Organisation) -> Select[Post]:
    return select(Post).where(Post.organisation_id == organisation.id, Post.state != State.LEFT)


def _clear_up(person: Person) -> None:
    background.defer(session, CLEAR_UP, person_id=str(person.id))
