"""A room that writes letters, and the people they go to, for the tests of the mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from warp_hub import clock, config, db, mail
from warp_hub.tlp import NOBODY, Viewer

KIND = "test-note"


def render(letter: mail.Letter, viewer: Viewer) -> mail.Rendered:
    """Write the letter of the tests."""
    return mail.Rendered("TLP:GREEN A note", "A note.\n", "<p>A note.</p>")


LETTERS: dict[str, mail.Render] = {KIND: render}


class Directory:
    """Knows the people of a test, and whose mail was stopped."""

    def __init__(self, **given: Any) -> None:
        self.given = {"language": "en", "viewer": NOBODY} | given
        self.stopped: dict[UUID, str] = {}

    def load(self, person_id: UUID) -> mail.Recipient | None:
        values = {"address": f"{person_id}@testham.example", "name": "Robin Test"} | self.given
        return mail.Recipient(**values)

    def suspend(self, person_id: UUID, reason: str) -> None:
        self.stopped[person_id] = reason

    @property
    def people(self) -> mail.People:
        return mail.People(self.load, self.suspend)


def posted(kind: str = KIND, **given: Any) -> UUID:
    """Post a letter and return its id."""
    given.setdefault("expires_at", clock.now() + timedelta(days=1))
    letter = mail.post(kind, given.pop("person_id", None) or uuid4(), **given)
    letter_id = letter.id
    db.session.commit()
    return letter_id


def kept(letter_id: UUID) -> mail.Letter:
    """Read a letter's row anew."""
    db.session.rollback()
    row = db.session.get(mail.Letter, letter_id, populate_existing=True)
    assert row is not None
    return row


def deliver(letter_id: UUID, directory: Directory | None = None, **given: Any) -> mail.LetterState | None:
    """Deliver as the worker does."""
    letters = given.pop("letters", LETTERS)
    return mail.deliver(letter_id, letters, (directory or Directory()).people, **given)


@contextmanager
def settings(**given: Any) -> Iterator[config.Settings]:
    """Let the hub have other settings for a while."""
    before = config.current()
    try:
        yield config.use(before.model_copy(update=given))
    finally:
        config.use(before)


def by_smtp(port: int, scheme: str = "smtp", user: str = "") -> Any:
    """Let letters leave by the mail server on this port."""
    return settings(smtp_url=f"{scheme}://{user}localhost:{port}")


def in_folder(folder: Path) -> list[EmailMessage]:
    """Read what was written into a mail folder, oldest first."""
    files = sorted(folder.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]  # type: ignore[misc]


def letter_app() -> Flask:
    """Return an app that can render letters."""
    from jinja2 import ChoiceLoader, DictLoader

    from warp_hub.pages import environment, language

    app = Flask("letters")
    app.config["PREFERRED_URL_SCHEME"] = "http"
    environment.install(app)
    language.install(app)
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_env.loader])  # type: ignore[list-item]
    app.add_url_rule("/advisories/<uuid:item_id>", "advisories.read_advisory", lambda **_: "")
    return app


TEMPLATES = {
    "test/email/note.subject.txt": "{{ label }} {{ title }},\n 1 new\n",
    "test/email/note.txt": """{% extends "mail/frame.txt" %}{% from "mail/blocks.txt" import block %}
{% block content %}{% call block(label, "No press") %}{{ title }}
{{ hub_url("advisories.read_advisory", item_id=item_id) }}{% endcall %}{% endblock %}""",
    "test/email/note.html": """{% extends "mail/frame.html" %}{% from "mail/blocks.html" import block %}
{% block preheader %}1 new{% endblock %}
{% block content %}{% call block(label, "No press") %}<h2><a
href="{{ hub_url("advisories.read_advisory", item_id=item_id) }}">{{ title }}</a></h2>{% endcall %}{% endblock %}""",
}
