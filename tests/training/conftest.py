"""Two WARPs, their people, and sessions that Midshire's coordinator announces; letters are read as they arrive."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub import clock, db, mail
from warp_hub.jobs.letters import LETTERS
from warp_hub.jobs.people import PEOPLE
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking
from warp_hub.training import bookings, organising
from warp_hub.training.models import Booking, OpenTo, SessionKind
from warp_hub.training.organising import Details

__all__ = ["browser", "portal", "signed_in"]

LINK = "https://meet.example/secret-room-7"
NOTHING_SAID = "Nobody is asked to prepare anything."


class School:
    """Whoever organises and whoever comes, and the letters between them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.midshire, self.westmarch = factories.warp(slug="midshire"), factories.warp("Westmarch", slug="westmarch")
        self.priya = factories.coordinator(self.midshire, at=factories.organisation(self.midshire), name="Priya Shah")
        self.ffion = factories.coordinator(self.westmarch, at=factories.organisation(self.westmarch))
        self.council = factories.organisation(self.midshire)
        self.sam, self.grace = factories.person(self.council, name="Sam Hartley"), factories.member(self.midshire)
        self.owen = factories.member(self.westmarch, name="Owen Pritchard")
        self.sent: list[bytes] = []

    def announces(self, marking: Marking = Marking.GREEN, open_to: OpenTo = OpenTo.OWN, **given: Any) -> UUID:
        """Have Priya announce a session, in ten days unless it is said; return its id."""
        made = organising.announce(self.details(**given), self.midshire, marking, open_to, self.viewer(self.priya))
        db.session.commit()
        return made.id

    def details(self, **given: Any) -> Details:
        """Return what she says of it."""
        starts_at = given.pop("starts_at", (clock.now() + timedelta(days=10)).replace(microsecond=0))
        said = Details(
            title="Ransomware exercise",
            kind=SessionKind.EXERCISE,
            starts_at=starts_at,
            ends_at=given.pop("ends_at", starts_at + timedelta(minutes=90)),
            text={"en": NOTHING_SAID},
            join_link=LINK,
        )
        return replace(said, **given)

    def viewer(self, person: Person, proof: Proof = Proof.FULL) -> Any:
        """Return somebody as the rule sees them."""
        return viewer_of(person.id, proof)

    def books(self, person: Person, item_id: UUID) -> str:
        """Have somebody book; return where they stand then."""
        booking = bookings.book(item_id, self.viewer(person))
        db.session.commit()
        return booking.state.value

    def cancels(self, person: Person, item_id: UUID) -> None:
        """Have somebody give their place back, and the next one have it."""
        bookings.give_back(item_id, self.viewer(person))
        db.session.commit()
        self.fills(item_id)

    def fills(self, item_id: UUID) -> int:
        """Have the worker give free places away."""
        count = bookings.fill(item_id)
        db.session.commit()
        return count

    def changes(self, item_id: UUID, **given: Any) -> None:
        """Have Priya change a session."""
        organising.change(item_id, self.details(**given), self.viewer(self.priya))
        db.session.commit()

    def calls_off(self, item_id: UUID) -> None:
        """Have Priya call a session off."""
        organising.call_off(item_id, self.viewer(self.priya))
        db.session.commit()

    def state_of(self, person: Person, item_id: UUID) -> str | None:
        """Return where somebody stands."""
        return self.state_of_id(person.id, item_id)

    def state_of_id(self, person_id: UUID, item_id: UUID) -> str | None:
        """Return where the person of this id stands."""
        db.session.rollback()
        asked = select(Booking.state).where(Booking.person_id == person_id, Booking.item_id == item_id)
        found = db.session.scalars(house_read(asked, "test")).one_or_none()
        return found.value if found else None

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
        """Take a letter over, as a mail server does."""
        self.sent.append(message.as_bytes())

    def letters(self, to: Person | None = None) -> list[EmailMessage]:
        """Deliver whatever waits; return the letters that went just now, or those of them to one person."""
        before = len(self.sent)
        db.session.rollback()
        waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
        with self.app.app_context():
            for letter_id in db.session.scalars(waiting.order_by(mail.Letter.created_at)).all():
                mail.deliver(letter_id, LETTERS, PEOPLE, self)
        found = [message_from_bytes(raw, policy=policy.default) for raw in self.sent[before:]]
        return [one for one in found if to is None or to.email in one["To"]]  # type: ignore[misc]


@pytest.fixture
def school(portal: Flask, database: object) -> School:
    """Lend the school."""
    return School(portal)


def at(text: str) -> datetime:
    """Return a moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def body(message: EmailMessage) -> str:
    """Return the plain text of a letter."""
    return _part(message, "text/plain")


def html(message: EmailMessage) -> str:
    """Return the HTML of a letter."""
    return _part(message, "text/html")


def calendar(message: EmailMessage) -> str:
    """Return the calendar entry that came along, empty for none."""
    return _part(message, "text/calendar")


def _part(message: EmailMessage, kind: str) -> str:
    return next((str(part.get_content()) for part in message.walk() if part.get_content_type() == kind), "")
