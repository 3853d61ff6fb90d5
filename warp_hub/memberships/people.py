"""People, their posts, and how they come and go.

Whoever is suspended, lapses or leaves is out in one transaction: `void_before` makes every session, link,
invitation and token from before then worthless, wherever it is kept.
"""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships import stand_ins
from warp_hub.memberships.authority import (
    GONE,
    NotTheirs,
    keep_a_coordinator,
    may_manage,
    may_name_lead,
    require_person,
    require_post,
    runs_with,
)
from warp_hub.memberships.editions import require_unchanged
from warp_hub.memberships.models import Coordinator, Membership, Organisation, Person, Post, PostKind, State, Warp
from warp_hub.memberships.reading import Unreadable, read_address, read_name
from warp_hub.memberships.settings import settings_of

MOST_LEADS = 2


class AddressTaken(Exception):
    """Somebody has this address already."""


class TooManyLeads(Unreadable):
    """The organisation has as many leads as its WARPs let it have."""


class NotRestorable(Exception):
    """Only someone suspended or lapsed can be restored; one who left comes back as somebody new."""


def add_person(email: str, name: str, *, language: str = "en", by: UUID | None = None) -> Person:
    """Add a person, who receives nothing until they hold a post or run a WARP."""
    address = read_address(email)
    if find_person_by_email(address) is not None:
        raise AddressTaken(address)
    person = Person(id=new_id(), email=address, name=read_name(name), language=language, state=State.ACTIVE)
    session.add(person)
    session.flush()
    audit.record("person.added", actor=by, detail={"person": str(person.id)})
    return person


def find_person(person_id: UUID) -> Person | None:
    """Return the person of this id, or None."""
    return session.scalars(select(Person).where(Person.id == person_id)).one_or_none()


def find_person_by_email(text: str) -> Person | None:
    """Return whoever has exactly this address, in capitals or small letters; None for anything unreadable."""
    try:
        address = read_address(text)
    except Unreadable:
        return None
    return session.scalars(select(Person).where(func.lower(Person.email) == address.lower())).one_or_none()


def find_post(person: Person, organisation: Organisation) -> Post | None:
    """Return the post a person holds or held at an organisation, or None."""
    held = select(Post).where(Post.person_id == person.id, Post.organisation_id == organisation.id)
    return session.scalars(held).one_or_none()


def appoint(
    person: Person,
    organisation: Organisation,
    kind: PostKind = PostKind.OFFICER,
    by: UUID | None = None,
    *,
    state: State = State.ACTIVE,
    reason: str = "",
) -> Post:
    """Give a person a post at an organisation, or change the one they hold; raise TooManyLeads beyond the limit."""
    require_post(by, person, organisation)
    post = find_post(person, organisation)
    if kind is PostKind.LEAD and (post is None or post.kind is not kind or post.state is not State.ACTIVE):
        if not may_name_lead(by, organisation.id):
            raise NotTheirs(str(organisation.id))
        _require_room_for_a_lead(organisation)
    if post is None:
        post = Post(id=new_id(), person_id=person.id, organisation_id=organisation.id)
        session.add(post)
    post.kind = kind
    post.state = state
    session.flush()
    _note("person.appointed", person, by, organisation=str(organisation.id), kind=kind.value, reason=reason)
    return post


def leave_post(person: Person, organisation: Organisation, by: UUID | None = None, reason: str = "") -> None:
    """End a person's post at one organisation; their other posts stay."""
    if by != person.id:
        require_post(by, person, organisation)
    post = find_post(person, organisation)
    if post is not None:
        post.state = State.LEFT
        _note("person.left-post", person, by, organisation=str(organisation.id), reason=reason)


def most_leads(organisation: Organisation) -> int:
    """Return how many leads an organisation may have: the fewest that a WARP of its lets it."""
    held = select(Warp).join(Membership, Membership.warp_id == Warp.id)
    held = held.where(Membership.organisation_id == organisation.id, Membership.state.not_in(GONE))
    limits = [settings_of(warp).most_leads for warp in session.scalars(held)]
    return min(limits, default=MOST_LEADS)


def has_room_for_a_lead(organisation: Organisation) -> bool:
    """Say whether one more may lead an organisation; two who name one at once take turns, to the end of theirs."""
    session.scalars(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update(key_share=True))
    held = select(func.count()).select_from(Post).where(Post.organisation_id == organisation.id)
    held = held.where(Post.kind == PostKind.LEAD, Post.state.not_in(GONE))
    return (session.scalar(held) or 0) < most_leads(organisation)


def appoint_coordinator(person: Person, warp: Warp, by: UUID | None = None) -> Coordinator:
    """Let a person run a WARP, by the operator's word; coordinators propose and confirm (`roles`)."""
    if by is not None:
        raise NotTheirs(warp.slug)
    return give_coordination(person, warp, by)


def give_coordination(person: Person, warp: Warp, by: UUID | None, reason: str = "") -> Coordinator:
    """Let a person run a WARP for good; who may say so is the caller's to have asked."""
    role = _find_role(person, warp)
    if role is None:
        role = Coordinator(id=new_id(), person_id=person.id, warp_id=warp.id)
        session.add(role)
    role.state, role.until = State.ACTIVE, None
    session.flush()
    audit.record("coordinator.appointed", actor=by, warp=warp.id, detail={"person": str(person.id), "reason": reason})
    return role


def step_down(person: Person, warp: Warp, by: UUID | None = None) -> None:
    """End one's own running of a WARP; raise LastCoordinator if nobody else runs it."""
    if by not in (None, person.id):
        raise NotTheirs(warp.slug)
    end_coordination(person, warp, by)


def end_coordination(person: Person, warp: Warp, by: UUID | None, reason: str = "") -> None:
    """End a person's running of a WARP, unless nobody else runs it; who may say so is the caller's to have asked."""
    keep_a_coordinator(person, warp)
    role = _find_role(person, warp)
    if role is not None:
        role.state, role.until = State.LEFT, None
        stand_ins.let_go(person.id, by, warp.id)
        detail = {"person": str(person.id), "reason": reason}
        audit.record("coordinator.stepped-down", actor=by, warp=warp.id, detail=detail)


def rename(person: Person, name: str, seen: str, by: UUID) -> None:
    """Correct somebody's name; raise ChangedMeanwhile where it is no longer the one that was `seen`."""
    require_person(by, person)
    session.refresh(person, with_for_update={"key_share": True})
    require_unchanged(seen, [person.name])
    after = read_name(name)
    if after != person.name:
        person.name = after
        _note("person.renamed", person, by)


def suspend(person: Person, reason: str, by: UUID | None = None) -> None:
    """Shut a person out at once, saying why; raise LastCoordinator if a WARP would have nobody to run it."""
    require_person(by, person)
    _shut_out(person, State.SUSPENDED, by, reason=reason)


def lapse(person: Person, by: UUID | None = None) -> None:
    """Shut out a person who did not confirm that they are still there."""
    require_person(by, person)
    _shut_out(person, State.LAPSED, by)


def leave(person: Person, by: UUID | None = None) -> None:
    """Let a person go for good: posts and roles end, and their address is free for somebody new.

    Whoever returns is a new person, to whom nothing that was addressed to the old one is addressed.
    """
    if by != person.id:
        require_person(by, person)
    let_go(person, by)


def let_go(person: Person, by: UUID | None, reason: str = "") -> None:
    """Let a person go for good, as `leave` does; who may say so is the caller's to have asked."""
    _shut_out(person, State.LEFT, by, **({"reason": reason} if reason else {}))
    person.email = f"{person.id}@left.invalid"
    for post in session.scalars(select(Post).where(Post.person_id == person.id)):
        post.state = State.LEFT
    for role in session.scalars(select(Coordinator).where(Coordinator.person_id == person.id)):
        role.state = State.LEFT


def restore(person: Person, by: UUID | None = None, reason: str = "") -> None:
    """Let a suspended or lapsed person back in; what was worthless stays worthless. May raise NotRestorable."""
    if not may_restore(by, person):
        raise NotTheirs(str(person.id))
    if person.state not in (State.SUSPENDED, State.LAPSED):
        raise NotRestorable(person.state.value)
    person.state, person.shut_out_by = State.ACTIVE, None
    _note("person.restored", person, by, reason=reason)


def may_restore(by: UUID | None, person: Person) -> bool:
    """Say whether this person may let the other back in: whose place they may change, and nobody of another WARP ended.

    Being shut out holds in every WARP, so that to end it is for the WARP of whoever did it.
    """
    return may_manage(by, person.id) and (by is None or runs_with(by, person.shut_out_by))


def resume_mail(person: Person, by: UUID | None = None) -> None:
    """Write to a person again whose address was refused for good."""
    if person.mail_suspended is not None:
        person.mail_suspended = None
        _note("mail.resumed", person, by)


def _shut_out(person: Person, state: State, by: UUID | None, **detail: str) -> None:
    keep_a_coordinator(person)
    held = select(Person).where(Person.id == person.id).with_for_update(key_share=True)
    session.scalars(held.execution_options(populate_existing=True)).one()
    person.state, person.shut_out_by = state, None if state is State.LEFT else by
    person.void_before = clock.now()
    stand_ins.let_go(person.id, by)
    _note(f"person.{state.value}", person, by, **detail)


def _note(action: str, person: Person, by: UUID | None, **detail: str) -> None:
    audit.record(action, actor=by, detail={"person": str(person.id), **detail})


def _require_room_for_a_lead(organisation: Organisation) -> None:
    if not has_room_for_a_lead(organisation):
        told = _("%(name)s has %(count)s main contacts already", name=organisation.name, count=most_leads(organisation))
        raise TooManyLeads(told)


def _find_role(person: Person, warp: Warp) -> Coordinator | None:
    held = select(Coordinator).where(Coordinator.person_id == person.id, Coordinator.warp_id == warp.id)
    return session.scalars(held).one_or_none()
