"""The portal, and the post room that delivers its letters."""

from collections.abc import Callable
from datetime import date, datetime, time
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.portal import browser, portal, signed_in
from warp_hub import clock, db, mail
from warp_hub.jobs.letters import LETTERS
from warp_hub.jobs.people import PEOPLE

__all__ = ["browser", "portal", "signed_in"]


def on(day: date, at: time = time(9)) -> Any:
    """Let time run on from the morning of a day."""
    return clock.at(datetime.combine(day, at, clock.LONDON))


@pytest.fixture
def deliver(portal: Flask) -> Callable[[], list[EmailMessage]]:
    """Lend a way to deliver what waits, as the worker does, and to have what was sent."""

    class Carrier:
        def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
            sent.append(message)

    sent: list[EmailMessage] = []

    def run() -> list[EmailMessage]:
        sent.clear()
        db.session.rollback()
        waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
        with portal.app_context():
            for letter_id in db.session.scalars(waiting.order_by(mail.Letter.created_at)).all():
                mail.deliver(letter_id, LETTERS, PEOPLE, Carrier())
        return list(sent)

    return run
