"""Two WARPs, a source that serves both, and a post room that delivers what waits."""

from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.advisories.stix_objects import report
from tests.desk.conftest import Desk, desk
from tests.digests import post_room
from tests.digests.post_room import PostRoom, recipient
from tests.portal import browser, portal, signed_in
from warp_hub import clock, db, mail
from warp_hub.mail.troubles import Unclear
from warp_hub.resharing import letters, telling
from warp_hub.sharing import bulk, deliveries
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, Outlet

LETTERS = {**post_room.LETTERS, **letters.LETTERS}
__all__ = ["browser", "desk", "portal", "signed_in"]


class Room(PostRoom):
    """A post room of the whole portal."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app
        self.is_cut_off = False

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
        """Take a message over; nobody knows whether that worked where the line is cut off."""
        super().send(message, name, again=again)
        if self.is_cut_off:
            raise Unclear("the line was cut off")

    def deliver(self) -> list[EmailMessage]:
        """Deliver everything that waits, of whatever kind; return what was sent."""
        from email import message_from_bytes, policy

        before = len(self.sent)
        waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
        for letter_id in db.session.scalars(waiting.order_by(mail.Letter.created_at)).all():
            with self.app.app_context():
                mail.deliver(letter_id, LETTERS, mail.People(recipient, lambda *_: None), self)
        return [message_from_bytes(raw, policy=policy.default) for _, raw in self.sent[before:]]  # type: ignore[misc]

    def recalls(self) -> dict[str, EmailMessage]:
        """Do what the minute's job does and deliver it; return the letters by whom they went to."""
        telling.tell_due()
        db.session.commit()
        return {str(letter["To"]).split("<")[-1].strip(">"): letter for letter in self.deliver()}


@pytest.fixture
def room(portal: Flask, desk: Desk) -> Room:
    """Lend the post room."""
    return Room(portal)


def handed(item: Item, *people: Any, by: Outlet = Outlet.MAIL) -> None:
    """Note that these people were handed an item an hour ago."""
    for person in people:
        deliveries.note([item.id], person.id, by, clock.now())
    db.session.commit()


def rows(what: Any) -> list[Any]:
    """Return every row of a class, as it stands now."""
    db.session.expunge_all()
    db.session.rollback()
    return list(db.session.scalars(house_read(select(what), "test")))


def out(desk: Desk, marking: Marking = Marking.GREEN, *behind: Any, **given: Any) -> Item:
    """Return a warning that Midshire has passed on, with what stands behind it."""
    sent = report(*behind, name="Canary gateway", marking=marking, **given)
    received = [item.id for item in desk.receives(sent, *behind)]
    bulk.publish_all(received, to=[desk.midshire.id], passed_by=[desk.midshire.id])
    db.session.commit()
    return now(received[0])


def now(item_id: Any) -> Item:
    """Return an item as it stands now."""
    return next(row for row in rows(Item) if row.id == item_id)
