"""Letters that did not arrive, as a coordinator may know of them, and sending one again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.mail import Letter, LetterNotInTrouble, LetterState
from warp_hub.memberships import people
from warp_hub.memberships.models import Person

# Only letters whose being written says nothing of what their reader did. A letter to whoever reported an
# incident, or follows a question, would name them here: such kinds are the operator's, by their number alone.
KINDS: dict[str, LazyString] = {
    "digest": _l("Digest"),
    "digest-test": _l("Digest to look at"),
    "alert": _l("Urgent warning"),
    "welcome": _l("Welcome letter"),
    "application_approved": _l("Invitation of an applicant"),
    "agreement": _l("Letter about the agreement"),
    "stand_in_named": _l("Who stands in"),
    "stand_in_ended": _l("Who stood in"),
}


@dataclass(frozen=True)
class Troubled:
    """One letter as the desk shows it."""

    letter: Letter
    name: str
    what: LazyString

    @property
    def can_be_sent_again(self) -> bool:
        """Say whether a coordinator may send it again: it failed for good and is still worth sending."""
        return self.letter.state is LetterState.FAILED and self.letter.expires_at > clock.now()

    @property
    def is_tried_by_itself(self) -> bool:
        """Say whether the hub tries it once more, since nobody knows whether it arrived."""
        return self.letter.state is LetterState.UNKNOWN


def select_troubled(warps: Collection[UUID]) -> Select[Any]:
    """Return the select of the letters of these WARPs that are in trouble, oldest first, with whom they are for."""
    mine = mail.select_troubled().where(Letter.warp_id.in_(warps), Letter.kind.in_(KINDS))
    named = mine.join(Person, Person.id == Letter.person_id).add_columns(Person.name)
    return named.order_by(None).order_by(Letter.created_at, Letter.id)


def shown(rows: Sequence[Any]) -> list[Troubled]:
    """Return what `select_troubled` found, as the desk shows it."""
    return [Troubled(letter, name, KINDS[letter.kind]) for letter, name in rows]


def find(letter_id: UUID, warps: Collection[UUID]) -> Letter | None:
    """Return one letter that is in trouble or was a moment ago, held for whoever sends it again; else None."""
    mine = select(Letter).where(Letter.id == letter_id, Letter.warp_id.in_(warps), Letter.kind.in_(KINDS))
    return session.scalars(mine.with_for_update()).one_or_none()


def send_again(letter: Letter, by: UUID | None) -> bool:
    """Send a failed letter again under its own Message-ID and write to its reader again; False where there is no point.

    A letter that left, waits, is tried by itself or came too late stays as it is.
    """
    try:
        mail.retry(letter)
    except LetterNotInTrouble:
        return False
    person = people.find_person(letter.person_id)
    if person is not None:
        people.resume_mail(person, by)
    audit.record("letter.sent-again", actor=by, warp=letter.warp_id, detail={"letter": str(letter.id)})
    return True
