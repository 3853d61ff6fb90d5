"""Opening the record of who sent a report: with a reason, by a key, never silently, and shown once.

What the database gives out, it gives with a row in the audit: whoever calls commits whatever is raised here, or
nothing was read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, select

from warp_hub import clock, mail
from warp_hub.audit import Audit
from warp_hub.custody import holders, sealing
from warp_hub.custody.lookups import lookup_of
from warp_hub.custody.sealing import CannotUnseal, Unsealed
from warp_hub.db import session
from warp_hub.mail import Letter
from warp_hub.memberships import authority, people
from warp_hub.memberships.models import Organisation, Post, State

ACTION = "record.opened"
KIND = "record_opened"
SHORTEST_REASON, LONGEST_REASON = 10, 500
MESSAGE_LIVES = timedelta(days=30)


@dataclass(frozen=True)
class Opened:
    """Who sent a report: to be shown once and kept nowhere."""

    person_id: UUID
    person_name: str
    organisation_name: str


class NoReason(Exception):
    """No reason was given, or one too short to be any."""


class NotOpened(Exception):
    """There is no such record, or not for this person or their key; which of these is not said."""


class SameOrganisation(Exception):
    """Whoever opens belongs to the organisation that the report came from, and learns nothing else."""


def open_record(record_id: UUID, by: UUID, reason: str, passphrase: str) -> Opened:
    """Return who sent this, for a coordinator of the WARP who holds a key it was sealed to.

    Raises NoReason, holders.NoKey, holders.WrongPassphrase, tries.TooManyTries, NotOpened or SameOrganisation. Once
    the record was read the event stands and the sender is told, whatever is raised.
    """
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise NoReason
    private = holders.unlock(by, passphrase)
    found = _unsealed(record_id, by, reason, private)
    mail.post(KIND, found.sender.person_id, expires_at=clock.now() + MESSAGE_LIVES)
    if found.sender.person_id == by or _works_at(by, found.sender.organisation_id):
        raise SameOrganisation
    return _named(found)


def openings(warp_id: UUID, since: datetime, until: datetime) -> int:
    """Return how often a WARP's records were opened in this time; a figure that is public. For the worker."""
    counted = select(func.count()).select_from(Audit).where(Audit.action == ACTION, Audit.warp_id == warp_id)
    return session.scalar(counted.where(Audit.at >= since, Audit.at < until)) or 0


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


def _works_at(person_id: UUID, organisation_id: UUID) -> bool:
    held = select(Post.id).where(Post.person_id == person_id, Post.organisation_id == organisation_id)
    return session.scalar(held.where(Post.state.not_in((State.LEFT, State.APPLIED)))) is not None


def _named(found: Unsealed) -> Opened:
    person = people.find_person(found.sender.person_id)
    organisation = session.scalar(select(Organisation.name).where(Organisation.id == found.sender.organisation_id))
    return Opened(found.sender.person_id, person.name if person else "", organisation or "")
