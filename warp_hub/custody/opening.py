"""Opening the record of who sent a report: with a reason, by a key, never silently, and shown once.

What the database gives out, it gives with a row in the audit: whoever calls commits whatever is raised here, or
nothing was read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, select

from warp_hub import audit, clock, mail
from warp_hub.custody import holders, sealing
from warp_hub.custody.lookups import lookup_of
from warp_hub.custody.sealing import CannotUnseal, Unsealed
from warp_hub.db import session
from warp_hub.mail import Letter
from warp_hub.memberships import authority, organisations, people
from warp_hub.memberships.models import Organisation, Person, Post, State

NOT_TOLD = "record.sender-not-told"
KIND = "record_opened"
SHORTEST_REASON, LONGEST_REASON = 10, 500
MESSAGE_LIVES = timedelta(days=30)


@dataclass(frozen=True)
class Opened:
    """Who sent a report, and whether they could be told: to be shown once and kept nowhere."""

    person_id: UUID
    person_name: str
    organisation_name: str
    is_told: bool = True


class NoReason(Exception):
    """No reason was given, or one too short to be any."""


class NotOpened(Exception):
    """There is no such record, or not for this person or their key; which of these is not said."""


class SameOrganisation(Exception):
    """Whoever opens belongs, or once belonged, to an organisation of the sender's, and learns nothing else."""


def open_record(record_id: UUID, by: UUID, reason: str, passphrase: str) -> Opened:
    """Return who sent this, for a coordinator of the WARP who holds a key it was sealed to.

    Raises NoReason, holders.NoKey, holders.WrongPassphrase, tries.TooManyTries, NotOpened or SameOrganisation. Once
    the record was read the event stands and the sender is told, whatever is raised; where no letter reaches them,
    that is written down.
    """
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise NoReason
    private = holders.unlock(by, passphrase)
    found = _unsealed(record_id, by, reason, private)
    sender = people.find_person(found.sender.person_id)
    mail.post(KIND, found.sender.person_id, expires_at=clock.now() + MESSAGE_LIVES)
    is_told = sender is not None and sender.state is State.ACTIVE and sender.mail_suspended is None
    if not is_told:
        audit.record(NOT_TOLD, warp=found.warp_id)
    if found.sender.person_id == by or _belongs_with(by, found):
        raise SameOrganisation
    return _named(found, sender, is_told=is_told)


def messages_to(person_id: UUID) -> list[datetime]:
    """Return when records of what somebody sent were opened, newest first."""
    told = select(Letter.created_at).where(Letter.kind == KIND, Letter.person_id == person_id)
    recent = told.where(Letter.created_at > clock.now() - MESSAGE_LIVES)
    return list(session.scalars(recent.order_by(Letter.created_at.desc())))


def forget_messages() -> int:
    """Remove the letters that say whose record was opened, once they had time to be read; return how many."""
    gone = session.execute(delete(Letter).where(Letter.kind == KIND, Letter.created_at < clock.now() - MESSAGE_LIVES))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _unsealed(record_id: UUID, by: UUID, reason: str, private: bytes) -> Unsealed:
    """Read the record, which writes the event, and unseal it."""
    given = func.open_sealed_record(lookup_of(record_id), record_id, by, reason, type_=LargeBinary())
    sealed = session.scalar(select(given))
    if sealed is None:
        raise NotOpened
    try:
        found = sealing.unseal(sealed, record_id, private)
    except CannotUnseal:
        raise NotOpened from None
    if not authority.runs_for_good(by, found.warp_id):
        raise NotOpened
    return found


def _belongs_with(by: UUID, found: Unsealed) -> bool:
    """Say whether whoever opens has or had a place where the sender has one, or an address that is only given there."""
    theirs = {found.sender.organisation_id, *_places_of(found.sender.person_id)}
    opener = people.find_person(by)
    owners = organisations.find_organisations_by_address(opener.email) if opener else ()
    is_of_one = len(owners) == 1 and owners[0].id in theirs
    return is_of_one or not theirs.isdisjoint(_places_of(by))


def _places_of(person_id: UUID) -> set[UUID]:
    """Return the organisations where somebody has or had a post; one applied for, or only on a list, is none."""
    unconfirmed = (State.APPLIED, State.INVITED)
    held = select(Post.organisation_id).where(Post.person_id == person_id, Post.state.not_in(unconfirmed))
    return set(session.scalars(held))


def _named(found: Unsealed, person: Person | None, *, is_told: bool) -> Opened:
    organisation = session.scalar(select(Organisation.name).where(Organisation.id == found.sender.organisation_id))
    return Opened(found.sender.person_id, person.name if person else "", organisation or "", is_told)
