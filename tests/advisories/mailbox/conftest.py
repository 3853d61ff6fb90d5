"""A WARP with its address, those who write to it, a real mail server for answers, and all the database holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, make_url, select

from tests.advisories.mailbox.post import Names, signed
from tests.factories import coordinator, member, warp
from tests.mail.letters import by_smtp
from tests.mail.servers import Office, office
from tests.portal import browser, portal, signed_in
from warp_hub import db, mail
from warp_hub.advisories.mailbox import tasks
from warp_hub.advisories.mailbox.models import Fate, MailCount
from warp_hub.db.roles import RoleUrls
from warp_hub.jobs.letters import LETTERS
from warp_hub.jobs.people import PEOPLE
from warp_hub.sharing.visibility import house_read

COORDINATOR, MEMBER, STRANGER = "robin@testham.gov.uk", "sam@otherham.gov.uk", "vera@gmail.example"


@dataclass
class Address:
    """The address of a WARP: takes mails, and shows what came of them."""

    app: Flask
    warp: Any
    robin: Any
    sam: Any
    names: Names
    urls: RoleUrls
    server: Office

    def take(self, made: Message | bytes) -> Fate:
        """Deal with a mail, which its domain signs unless it comes as bytes."""
        return tasks.receive(made if isinstance(made, bytes) else signed(made), self.warp.id, self.names)

    def fates(self) -> dict[str, int]:
        """Return how many mails met which fate."""
        db.session.rollback()
        rows = select(MailCount.fate, func.sum(MailCount.count)).group_by(MailCount.fate)
        return {fate.value: int(count) for fate, count in db.session.execute(house_read(rows, "test"))}

    def answers(self) -> list[EmailMessage]:
        """Let letters of the outbox go, and return every answer the mail server was handed so far."""
        waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
        for letter_id in db.session.scalars(waiting).all():
            mail.deliver(letter_id, LETTERS, PEOPLE)
        return self.server.letters

    def rows(self) -> dict[str, int]:
        """Return how many rows each table has, of those that have any."""
        with self._owner() as connection:
            counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in self._tables()}  # type: ignore[arg-type]
        return {name: row[0] for name, row in counts.items() if row and row[0]}

    def everything(self) -> str:
        """Return all that the database holds, as text."""
        with self._owner() as connection:
            return "\n".join(
                str(row)
                for name in self._tables()
                for row in connection.execute(f"SELECT t::text FROM {name} AS t").fetchall()  # type: ignore[arg-type]
            )

    def _tables(self) -> list[str]:
        listed = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%'"
        with self._owner() as connection:
            names = [row[0] for row in connection.execute(listed).fetchall()]
        return [name for name in names if not name.startswith("information_schema")]

    @contextmanager
    def _owner(self) -> Iterator["psycopg.Connection[Any]"]:
        url = make_url(self.urls.owner).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            yield connection


@pytest.fixture(scope="module")
def post_office() -> Iterator[Office]:
    """Run the mail server that answers go to."""
    with office() as server:
        yield server


@pytest.fixture
def address(portal: Flask, database: RoleUrls, post_office: Office) -> Iterator[Address]:
    """Lend the address of a WARP that Robin runs and that Sam is a member of."""
    post_office.letters.clear()
    post_office.answers.clear()
    of = warp(name="Midshire")
    robin, sam = coordinator(of, email=COORDINATOR), member(of, email=MEMBER, language="cy")
    names = Names("testham.gov.uk", "otherham.gov.uk", "gmail.example")
    with portal.app_context(), by_smtp(post_office.port):
        yield Address(portal, of, robin, sam, names, database, post_office)
    db.session.rollback()


__all__ = ["browser", "portal", "signed_in"]
