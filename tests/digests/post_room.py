"""A post room for tests: delivers what waits in the outbox to readers, and reads what they got."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import select

from warp_hub import db, mail
from warp_hub.alerts import letters as alert_letters
from warp_hub.digests import letters as digest_letters
from warp_hub.discussions import letters as reply_letters
from warp_hub.mail.troubles import PutOff
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof, viewer_of

LETTERS: dict[str, mail.Render] = {
    "digest": digest_letters.render,
    "digest-test": digest_letters.render_test,
    "alert": alert_letters.render,
    "alert-of-list": alert_letters.render,
    "reply": reply_letters.render,
}


@dataclass
class PostRoom:
    """Keeps what was sent as the bytes that travelled; `is_down` puts every letter off."""

    sent: list[tuple[str, bytes]] = field(default_factory=list)
    is_down: bool = False

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
        """Take a message over, as a mail server does."""
        if self.is_down:
            raise PutOff("come back later")
        self.sent.append((str(message["To"]), message.as_bytes()))

    def deliver(self) -> list[EmailMessage]:
        """Deliver everything that waits; return what was sent."""
        before = len(self.sent)
        waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
        for letter_id in db.session.scalars(waiting.order_by(mail.Letter.created_at)).all():
            mail.deliver(letter_id, LETTERS, mail.People(recipient, lambda *_: None), self)
        return [message_from_bytes(raw, policy=policy.default) for _, raw in self.sent[before:]]  # type: ignore[misc]

    def everything(self) -> bytes:
        """Return all bytes that ever left."""
        return b"\n".join(raw for _, raw in self.sent)


def recipient(person_id: UUID) -> mail.Recipient | None:
    """Return someone as delivery knows them."""
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
    return mail.Recipient(
        person.email, person.name, person.language, viewer_of(person.id, Proof.FULL), person.mail_suspended
    )


def text_of(message: EmailMessage) -> str:
    """Return the plain text part of a letter."""
    return _part(message, "text/plain")


def html_of(message: EmailMessage) -> str:
    """Return the HTML part of a letter."""
    return _part(message, "text/html")


def states() -> list[tuple[str, str | None]]:
    """Return state and reason of every letter, in the order they were posted."""
    db.session.rollback()
    rows = select(mail.Letter.state, mail.Letter.reason).order_by(mail.Letter.created_at, mail.Letter.id)
    return [(state.value, reason) for state, reason in db.session.execute(rows)]


def _part(message: EmailMessage, kind: str) -> str:
    (part,) = (part for part in message.walk() if part.get_content_type() == kind)
    return str(part.get_content())
