"""A coordinator at their desk, and a post room that delivers the letters of moving in."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.digests.post_room import recipient, text_of
from tests.portal import PortalClient, browser, portal, signed_in
from warp_hub import db, mail
from warp_hub.memberships import people
from warp_hub.memberships.models import Person, Warp
from warp_hub.moving import letters
from warp_hub.signin import letters as signin_letters

__all__ = ["browser", "portal", "signed_in"]
LETTERS = {**letters.LETTERS, **signin_letters.LETTERS}


@pytest.fixture
def warp(database: object) -> Warp:
    """Return a WARP."""
    return factories.warp()


@pytest.fixture
def priya(warp: Warp) -> Person:
    """Return its coordinator."""
    return factories.coordinator(warp, at=factories.organisation(warp), name="Priya Shah")


@pytest.fixture
def desk(priya: Person, signed_in: Any) -> PortalClient:
    """Return a browser of the coordinator."""
    return signed_in(priya)


def words(page: Any) -> str:
    """Return the words of a page."""
    return " ".join(page.main.get_text(" ").split())


def named(email: str) -> Person:
    """Return whoever has an address."""
    found = people.find_person_by_email(email)
    assert found is not None
    return found


def delivered(app: Flask) -> list[tuple[EmailMessage, str]]:
    """Deliver what waits; return each message with its text."""
    sent: list[bytes] = []

    class Carrier:
        def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
            sent.append(message.as_bytes())

    waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
    with app.app_context():
        for letter_id in db.session.scalars(waiting.order_by(mail.Letter.created_at)).all():
            mail.deliver(letter_id, LETTERS, mail.People(recipient, lambda *_: None), Carrier())
    messages: list[Any] = [message_from_bytes(raw, policy=policy.default) for raw in sent]
    return [(message, text_of(message)) for message in messages]
