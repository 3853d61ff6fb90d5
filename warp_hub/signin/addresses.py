"""A person's change of address: asked for with a fresh proof, made by a button in the new mailbox, undone from the old.

A letter goes to both. Nothing changes before the new one answers, and for seven days after that the old one can
take it all back.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from warp_hub import audit, clock, mail
from warp_hub.db import new_id, session
from warp_hub.mail import links
from warp_hub.memberships import confirming, people
from warp_hub.memberships.models import OrganisationDomain, Person, Post, State
from warp_hub.memberships.reading import read_address
from warp_hub.signin import sessions, taking_back
from warp_hub.signin.models import AddressChange

CONFIRM_WITHIN = timedelta(days=1)
UNDO_WITHIN = timedelta(days=7)
KEPT_FOR = timedelta(days=30)
TO_NEW, TO_OLD = "address_confirm", "address_asked"


class NotOfTheirs(Exception):
    """The address is of no domain of the person's organisations, so nothing shows that they work there."""


class AddressKept(Exception):
    """The address is the one they have already."""


class LinkOver(Exception):
    """The link was used, ran out, or the change was stopped or replaced."""


def ask(person: Person, typed: str) -> AddressChange:
    """Ask for a change, in place of one asked for before, and write to both addresses.

    Whether somebody else has the new address is not said here: only its mailbox learns it.
    """
    new = read_address(typed)
    if new.lower() == person.email.lower():
        raise AddressKept
    if not _is_theirs(person, new):
        raise NotOfTheirs
    now = clock.now()
    for before in _open(person.id):
        before.ended_at = now
    change = AddressChange(id=new_id(), person_id=person.id, old_email=person.email, new_email=new, asked_at=now)
    session.add(change)
    session.flush()
    mail.post(TO_NEW, person.id, item_ids=[change.id], expires_at=now + CONFIRM_WITHIN)
    mail.post(TO_OLD, person.id, item_ids=[change.id], expires_at=now + UNDO_WITHIN)
    audit.record("address.asked-for", actor=person.id)
    return change


def pending(person_id: UUID) -> AddressChange | None:
    """Return the change that waits for the new mailbox, if there is one."""
    waiting = [change for change in _open(person_id) if change.changed_at is None and _is_young(change)]
    return waiting[0] if waiting else None


def token(change: AddressChange, kind: str) -> str:
    """Return what the letter of this kind carries."""
    return links.sign(kind, change.person_id, change=str(change.id))


def to_confirm(secret: str) -> AddressChange | None:
    """Return the change that this link of the new mailbox's would make now."""
    change = _of_link(TO_NEW, secret, CONFIRM_WITHIN)
    return change if change and change.changed_at is None and _is_young(change) else None


def to_undo(secret: str) -> AddressChange | None:
    """Return the change that this link of the old mailbox's would stop, or take back, now."""
    change = _of_link(TO_OLD, secret, CONFIRM_WITHIN + UNDO_WITHIN)
    if change is None or (change.changed_at is None and not _is_young(change)):
        return None
    return change if clock.now() <= (change.changed_at or change.asked_at) + UNDO_WITHIN else None


def confirm(secret: str) -> Person:
    """Change the address, and remember that from now on letters go there; raise LinkOver or people.AddressTaken."""
    change, person = _locked(to_confirm(secret))
    if people.find_person_by_email(change.new_email) is not None:
        raise people.AddressTaken(change.new_email)
    person.email, change.changed_at = change.new_email, clock.now()
    session.flush()
    confirming.confirm_mailbox(person, "a new address")
    audit.record("address.changed", actor=person.id)
    return person


def undo(secret: str) -> Person:
    """Stop a change, or take it back; every session, token and link of before is void then. May raise LinkOver.

    What whoever asked for it did since ends too: other changes of address, passkeys, recovery codes, the password.
    Raise people.AddressTaken where somebody else has the old address by now.
    """
    change, person = _locked(to_undo(secret))
    if change.changed_at is not None:
        if people.find_person_by_email(change.old_email) is not None:
            raise people.AddressTaken(change.old_email)
        person.email = change.old_email
    taking_back.end_ways_in(person.id, since=change.asked_at)
    change.ended_at = person.void_before = clock.now()
    session.flush()
    later = (AddressChange.person_id == person.id, AddressChange.asked_at >= change.asked_at)
    session.execute(update(AddressChange).where(*later, AddressChange.ended_at.is_(None)).values(ended_at=clock.now()))
    sessions.end_others(person.id, None)
    audit.record("address.undone", actor=person.id)
    return person


def stop(person_id: UUID) -> None:
    """Stop what waits for a new mailbox: whoever chose a new password by letter may not have asked for it."""
    for waiting in _open(person_id):
        waiting.ended_at = clock.now()


def sweep() -> int:
    """Forget changes of long ago; return how many."""
    old = delete(AddressChange).where(AddressChange.asked_at < clock.now() - KEPT_FOR)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def find(change_id: UUID) -> AddressChange | None:
    """Return the change of this id that was neither stopped nor replaced, or None."""
    return session.scalars(
        select(AddressChange).where(AddressChange.id == change_id, AddressChange.ended_at.is_(None))
    ).one_or_none()


def _open(person_id: UUID) -> list[AddressChange]:
    held = select(AddressChange).where(AddressChange.person_id == person_id, AddressChange.ended_at.is_(None))
    return list(session.scalars(held.where(AddressChange.changed_at.is_(None))))


def _of_link(kind: str, secret: str, lives: timedelta) -> AddressChange | None:
    claim = links.read(kind, secret, lives)
    change = None if claim is None else find(UUID(claim.data["change"]))
    if change is None or claim is None or change.person_id != claim.person_id:
        return None
    person = people.find_person(change.person_id)
    return change if person is not None and person.state is State.ACTIVE else None


def _locked(change: AddressChange | None) -> tuple[AddressChange, Person]:
    """Return the change and its person for us alone, still as it was."""
    if change is None:
        raise LinkOver
    was_changed = change.changed_at
    held = (
        select(AddressChange, Person)
        .join(Person, Person.id == AddressChange.person_id)
        .where(AddressChange.id == change.id, AddressChange.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.execute(held).one_or_none()
    if found is None or found[0].changed_at != was_changed:
        raise LinkOver
    return found[0], found[1]


def _is_young(change: AddressChange) -> bool:
    """Say whether a change can still be made: soon enough, and with nothing since that made void what was before."""
    void = session.scalar(select(Person.void_before).where(Person.id == change.person_id))
    return clock.now() <= change.asked_at + CONFIRM_WITHIN and (void is None or change.asked_at > void)


def _is_theirs(person: Person, address: str) -> bool:
    """Say whether an address is of the domain they have now, or of one of the organisations they work for."""
    domain = address.rpartition("@")[2].lower()
    if domain == person.email.rpartition("@")[2].lower():
        return True
    held = (
        select(OrganisationDomain.domain)
        .join(Post, Post.organisation_id == OrganisationDomain.organisation_id)
        .where(Post.person_id == person.id, Post.state == State.ACTIVE, OrganisationDomain.is_former.is_(False))
        .where(OrganisationDomain.domain == domain)
    )
    return session.scalar(held.limit(1)) is not None
