"""The people of one organisation, kept by its lead: added by invitation, made a lead; `leaving` takes them out."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from warp_hub.db import session
from warp_hub.memberships import invitations, organisations, people
from warp_hub.memberships.authority import GONE, NotTheirs, leads, may_serve, runs_any, serves_alone
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State
from warp_hub.memberships.reading import domain_of, read_address


class NotTheirDomain(Exception):
    """The address is not under a domain of the organisation: whoever runs all its WARPs may add it, nobody else."""


class AlreadyHere(Exception):
    """This address has a post at the organisation."""


class ShutOut(Exception):
    """Somebody of this address is shut out of the hub: no invitation undoes that."""


def people_of(organisation_id: UUID) -> Sequence[tuple[Person, Post]]:
    """Return the people of an organisation who have not gone, leads first, then by name."""
    held = (
        select(Person, Post)
        .join(Post, Post.person_id == Person.id)
        .where(Post.organisation_id == organisation_id, Post.state != State.LEFT, Person.state != State.LEFT)
        .order_by(Post.kind != PostKind.LEAD, Person.name, Person.id)
    )
    return [(person, post) for person, post in session.execute(held)]


def led_by(person_id: UUID) -> Sequence[Organisation]:
    """Return the organisations that a person leads now, by name."""
    held = select(Organisation).join(Post, Post.organisation_id == Organisation.id).where(Post.person_id == person_id)
    held = held.where(Post.kind == PostKind.LEAD, Post.state == State.ACTIVE)
    return [found for found in session.scalars(held.order_by(Organisation.name)) if leads(person_id, found.id)]


def invite_colleague(organisation: Organisation, email: str, name: str, by: UUID) -> Person:
    """Add somebody to an organisation; their post counts from when they follow the letter.

    At once it counts for who stands in a WARP of the organisation already: for anybody else it would give that WARP's
    coordinators a say over a person of another. Nobody makes a place count for who runs a WARP but they themselves: it
    keeps them from deciding about the organisation.
    Raises NotTheirs, NotTheirDomain, AlreadyHere, ShutOut, or Unreadable for what is no address or name.
    """
    address = read_address(email)
    runs = may_serve(by, organisation.id)
    if not runs and not leads(by, organisation.id):
        raise NotTheirs(str(organisation.id))
    is_theirs = domain_of(address) in organisations.live_domains(organisation.id)
    if not is_theirs and not (runs and serves_alone(by, organisation.id)):
        raise NotTheirDomain
    person = people.find_person_by_email(address)
    if person is not None:
        _require_free(person, organisation)
    is_known = person is not None and _counts_at_once(person, organisation, by)
    person = person or people.add_person(address, name, by=by)
    state = State.ACTIVE if is_known else State.INVITED
    people.appoint(person, organisation, PostKind.OFFICER, by, state=state)
    if not is_known:
        write_again(person, by)
    return person


def write_again(person: Person, by: UUID) -> None:
    """Send an invitation for what `by` speaks for; one they sent before is over."""
    invitations.write_to(person, by)


def make_lead(person: Person, organisation: Organisation, by: UUID) -> None:
    """Let an officer of an organisation lead it too; raise TooManyLeads beyond the limit."""
    change_kind(person, organisation, PostKind.LEAD, by)


def change_kind(person: Person, organisation: Organisation, kind: PostKind, by: UUID) -> None:
    """Make somebody a lead of their organisation, or an officer again; raise TooManyLeads beyond the limit."""
    post = people.find_post(person, organisation)
    if post is None or post.state is not State.ACTIVE or person.state is not State.ACTIVE:
        raise NotTheirs(str(person.id))
    if post.kind is not kind:
        people.appoint(person, organisation, kind, by)


def _require_free(person: Person, organisation: Organisation) -> None:
    post = people.find_post(person, organisation)
    if post is not None and post.state not in GONE:
        raise AlreadyHere
    if person.state is not State.ACTIVE:
        raise ShutOut


def _counts_at_once(person: Person, organisation: Organisation, by: UUID) -> bool:
    if not _stands_near(person.id, organisation.id) or _runs_any(person.id):
        return False
    # Whom its lead took out of a body of two WARPs, a coordinator of one does not put back alone.
    is_new = people.find_post(person, organisation) is None
    return is_new or leads(by, organisation.id) or serves_alone(by, organisation.id)


def _stands_near(person_id: UUID, organisation_id: UUID) -> bool:
    """Say whether somebody holds a post in a WARP in which the organisation has a place."""
    here = select(Membership.warp_id).where(Membership.organisation_id == organisation_id)
    held = (
        exists()
        .where(Post.person_id == person_id, Post.state == State.ACTIVE)
        .where(Membership.organisation_id == Post.organisation_id, Membership.state == State.ACTIVE)
        .where(Membership.warp_id.in_(here.where(Membership.state == State.ACTIVE).correlate(None)))
    )
    return bool(session.scalar(select(held)))


def _runs_any(person_id: UUID) -> bool:
    return bool(session.scalar(select(runs_any(person_id))))
