"""What delivery asks about people: where a letter goes, as whom it is written, and whose mail to stop."""

from uuid import UUID

from sqlalchemy import select, update

from warp_hub import audit
from warp_hub.db import session
from warp_hub.joining import applicants
from warp_hub.mail import People, Recipient
from warp_hub.memberships.models import Person, State
from warp_hub.memberships.viewers import viewer_in_absence

LONGEST_REASON = 200


def load(person_id: UUID) -> Recipient | None:
    """Return someone a letter may go to, as they are now; a letter is for their eyes, so fully proved."""
    person = session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None:
        return applicants.recipient(person_id)
    viewer = viewer_in_absence(person_id)
    return Recipient(person.email, person.name, person.language, viewer, _refusal(person), _stopped(person))


def suspend(person_id: UUID, reason: str) -> None:
    """Write no more to an address that is refused for good; a coordinator sees it and may undo it."""
    stopped = update(Person).where(Person.id == person_id, Person.mail_suspended.is_(None))
    changed = session.execute(stopped.values(mail_suspended=reason[:LONGEST_REASON]))
    if changed.rowcount:  # type: ignore[attr-defined]
        audit.record("mail.suspended", detail={"person": str(person_id), "reason": reason[:LONGEST_REASON]})


def _refusal(person: Person) -> str | None:
    if person.state is not State.ACTIVE:
        return f"the person is not active: {person.state.value}"
    return None


def _stopped(person: Person) -> str | None:
    return f"mail to this address was stopped: {person.mail_suspended}" if person.mail_suspended else None


PEOPLE = People(load, suspend)
