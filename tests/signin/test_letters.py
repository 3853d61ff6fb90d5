"""The letters of signing in: one purpose, one button that works, no way in kept in the outbox."""

from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient, check_letter, parse
from tests.signin.conftest import PASSWORD, seen, token
from warp_hub import clock, db, mail
from warp_hub.mail import LetterState, Recipient
from warp_hub.mail.models import Letter
from warp_hub.memberships import invitations, people
from warp_hub.memberships.models import Invitation, Person, State
from warp_hub.signin import addresses
from warp_hub.signin.letters import LETTERS
from warp_hub.signin.recovery_models import RecoveryAddress
from warp_hub.tlp import NOBODY

pytestmark = pytest.mark.usefixtures("database")


class Postbox:
    """A way out that keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
        self.messages.append(message)


def delivered(app: Flask, kind: str, person: Person, to: Recipient | None = None) -> tuple[Letter, EmailMessage | None]:
    """Post a letter of this kind and deliver it as the worker does."""

    def load(person_id: UUID) -> Recipient:
        return to or Recipient(person.email, person.name, person.language, NOBODY)

    box = Postbox()
    letter = mail.post(
        kind, person.id, item_ids=what_it_is_about(kind, person), expires_at=clock.now() + timedelta(days=14)
    )
    db.session.commit()
    with app.app_context():
        mail.deliver(letter.id, LETTERS, mail.People(load, lambda *_: None), box)
    db.session.expire_all()
    held = db.session.scalars(select(Letter).where(Letter.id == letter.id)).one()
    return held, box.messages[0] if box.messages else None


def what_it_is_about(kind: str, person: Person) -> list[UUID]:
    """Return what such a letter is about: a change of address for the two that go out with one."""
    if kind not in (addresses.TO_NEW, addresses.TO_OLD):
        return []
    with db.acting("web"):
        change = addresses.ask(person, "robin.reader@testham.example")
        db.session.commit()
        return [change.id]


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def button(message: EmailMessage) -> str:
    """Return the address behind the letter's button, which the text part says too."""
    text, html = parts(message)
    found = parse(html).select_one("a.button, a[style*='background-color']")
    assert found is not None
    assert str(found["href"]) in text.replace("=\n", "")
    return str(found["href"])


REACHED_BY = {"contact_phone": "01234 567890", "contact_email": "warp@midshire.example"}


@pytest.fixture
def robin() -> Person:
    """Return somebody in a WARP that says how to reach it."""
    return factories.member(factories.warp(settings=REACHED_BY), email="robin@testham.example", name="Robin Reader")


@pytest.mark.parametrize("kind", list(LETTERS))
def test_every_letter_reads_well_and_says_whom_to_ask(app: Flask, robin: Person, kind: str) -> None:
    invitations.mint(robin)
    then = clock.now() - timedelta(days=3)
    with db.acting("web"):
        told = RecoveryAddress(person_id=robin.id, address="robin@home.example", asked_at=then)
        told.confirmed_at = None if kind == "recovery_address_confirm" else then
        db.session.add(told)
        db.session.commit()

    letter, message = delivered(app, kind, robin)

    assert letter.state is LetterState.SENT
    assert message is not None
    text, html = parts(message)
    check_letter(html, kind)
    assert "\n" not in message["Subject"]
    assert "01234 567890, warp@midshire.example" in text
    assert "01234 567890, warp@midshire.example" in html
    assert "You got this because" in text
    assert urlsplit(button(message)).netloc == "localhost:8000"
    assert "<" not in text


def test_an_invitation_by_letter_leads_in_and_its_secret_is_in_no_row(
    app: Flask, browser: PageClient, robin: Person
) -> None:
    with db.acting("work"):
        invitations.invite(robin)
        db.session.commit()
        posted = db.session.scalars(select(Letter)).one()
        box = Postbox()
        load = mail.People(lambda _: Recipient(robin.email, robin.name, "en", NOBODY), lambda *_: None)
        with app.app_context():
            mail.deliver(posted.id, LETTERS, load, box)
        address = urlsplit(button(box.messages[0]))
        secret = address.query.partition("=")[2]
        assert secret not in repr(vars(posted))

    text = box.messages[0].get_body(("plain",)).get_content()
    assert "works once, for 14 days" in text
    assert "You are invited to WARP Hub" in text
    assert "Rydych wedi cael gwahoddiad i WARP Hub" in text  # nobody knows yet which language they prefer
    browser.get(f"{address.path}?{address.query}")
    browser.post_form("/invitation", new_password=PASSWORD)

    assert seen(browser)["email"] == robin.email


def test_a_link_by_letter_opens_the_hub(app: Flask, browser: PageClient, robin: Person) -> None:
    with db.acting("work"):
        _, message = delivered(app, "open_link", robin)
        assert message is not None
    address = urlsplit(button(message))

    browser.get(f"{address.path}?{address.query}")
    browser.post("/open", data=token(browser, "/open"))

    assert seen(browser)["proof"] == "mailbox"


def test_a_new_password_by_letter(app: Flask, browser: PageClient, robin: Person) -> None:
    with db.acting("work"):
        _, message = delivered(app, "reset_link", robin)
        assert message is not None
    address = urlsplit(button(message))

    browser.get(f"{address.path}?{address.query}")
    browser.post_form("/reset", new_password=PASSWORD)

    assert seen(browser)["proof"] == "password"


def test_a_letter_to_somebody_who_was_shut_out_meanwhile_is_cancelled(app: Flask, robin: Person) -> None:
    people.suspend(robin, "away")
    db.session.commit()

    for kind in LETTERS:
        letter, message = delivered(app, kind, robin)
        assert letter.state is LetterState.CANCELLED
        assert message is None


def test_who_has_only_been_invited_is_told_whom_to_ring(app: Flask) -> None:
    guest = factories.member(factories.warp(settings=REACHED_BY), post=State.INVITED)
    invitations.mint(guest)

    _, message = delivered(app, "invitation", guest)

    assert message is not None
    assert "01234 567890, warp@midshire.example" in parts(message)[0]


def test_an_invitation_that_is_over_is_not_sent(app: Flask, robin: Person) -> None:
    secret = invitations.mint(robin)
    db.session.commit()
    invitations.redeem(secret)
    db.session.commit()

    letter, message = delivered(app, "invitation", robin)

    assert (letter.state, letter.reason) == (LetterState.CANCELLED, "the invitation is over")
    assert message is None


def test_an_invitation_of_another_installation_secret_is_not_sent(app: Flask, robin: Person) -> None:
    invitations.mint(robin)
    db.session.commit()
    held = db.session.scalars(select(Invitation)).one()
    held.token_hash = bytes(32)
    db.session.commit()

    assert delivered(app, "invitation", robin)[0].state is LetterState.CANCELLED


def test_a_name_cannot_write_a_header_or_a_tag(app: Flask) -> None:
    hostile = factories.member(factories.warp("<b>Bold</b>"), name="Robin <script>alert(1)</script> {{7*7}}")
    invitations.mint(hostile)

    _, message = delivered(app, "invitation", hostile)

    assert message is not None
    assert "<script>" not in parts(message)[1]
    assert "{{7*7}}" in parts(message)[0]
