"""Letters: each kind to each person, written at delivery as the worker does it, and read as whoever opens it would."""

import email
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from warp_hub import clock, db, mail
from warp_hub.alerts import notices, reminders
from warp_hub.alerts.models import AlertSent
from warp_hub.db import session
from warp_hub.digests import previews
from warp_hub.jobs.letters import LETTERS
from warp_hub.jobs.people import PEOPLE
from warp_hub.mail.carriers import FolderCarrier
from warp_hub.mail.models import Letter
from warp_hub.memberships.models import Warp
from warp_hub.proof import applicants, places
from warp_hub.proof.plans import plan_of
from warp_hub.proof.planted import Garden
from warp_hub.sharing.models import ItemKind

WORTH_SENDING_FOR = timedelta(hours=1)
_AT_ONCE = (notices.KIND, notices.KIND_OF_LIST)


@dataclass(frozen=True)
class Sent:
    """One letter as it arrived; `row` is what it was posted about, empty for a digest. `warp` is whose digest it is."""

    kind: str
    viewer: str
    row: str
    warp: UUID | None
    raw: bytes

    def readings(self) -> Iterator[str]:
        """Yield the letter as it travels, its subject, and each part as a mail program shows it."""
        yield self.raw.decode("latin-1")
        message = email.message_from_bytes(self.raw, policy=default)
        assert isinstance(message, EmailMessage)
        yield "\n".join(f"{name}: {value}" for name, value in message.items())
        for part in message.walk():
            if not part.is_multipart():
                yield str(part.get_content())

    @property
    def envelope(self) -> str:
        """Return what others than the reader see on the way: headers, and nothing of the text."""
        return self.raw.split(b"\r\n\r\n" if b"\r\n\r\n" in self.raw else b"\n\n", 1)[0].decode("latin-1")


def send_all(app: Flask, garden: Garden, folder: Path, viewers: Sequence[str]) -> Iterator[Sent]:
    """Yield every letter that goes: the digests by their own way, then whatever a hostile outbox could hold.

    The hostile rows name every item to everybody, so that only what is checked at delivery stands between.
    """
    yield from send_digests(app, garden, folder, viewers)
    people = _chosen(garden, viewers)
    yield from _sent(app, folder, lambda: [*_alerts(people, garden), *_of_training(people, garden)])
    yield from _sent(app, folder, lambda: [*_of_signing_in(people, garden), *_of_joining(people, garden, viewers)])


def send_digests(app: Flask, garden: Garden, folder: Path, viewers: Sequence[str]) -> Iterator[Sent]:
    """Yield the digests that go to these people: today's, and of each WARP the one that counts for nothing."""
    people = _chosen(garden, viewers)
    yield from _sent(app, folder, lambda: [*_digests(people, garden), *_test_digests(people, garden)])


def announce_all(garden: Garden) -> dict[str, frozenset[str]]:
    """Announce every item by the real way; return to whom each row was to be told, over the limit or not."""
    letters = {person: letter for letter, person in garden.cast.people.items()}
    with db.acting("work"):
        for item_id in garden.ids.values():
            notices.announce(item_id)
        session.commit()
        told = session.execute(select(AlertSent.item_id, AlertSent.person_id)).all()
        db.leave()
    return {
        row: frozenset(letters[person] for item, person in told if item == item_id)
        for row, item_id in garden.ids.items()
    }


# Of which urgent rows a reminder is posted as well.
REMINDED = ("published", "early notice", "to a council", "withdrawn")


def is_posted(kind: str, viewer: str, row: str) -> bool:
    """Say whether a letter of this kind goes to this viewer about this row, a few that tell to one of many alike."""
    plan, of = plan_of(row), ItemKind.TRAINING_SESSION if kind in places.KINDS else ItemKind.ADVISORY
    return plan.kind is of and plan.count == 1 and (viewer not in ALIKE or row in TELLING)


# To a letter they are M, W or C, whatever their sessions have proved, or nobody at all.
ALIKE = "1RKLUZAIDY0"
TELLING = ("GREEN published", "AMBER published", "AMBER to a reader", "GREEN session", "AMBER session")
_Posted = Iterable[tuple[Letter, str, str]]
_People = Mapping[str, UUID]


def _sent(app: Flask, folder: Path, post_all: Callable[[], _Posted]) -> Iterator[Sent]:
    with db.acting("work"), app.app_context():
        posted = list(post_all())
        session.commit()
        for letter, viewer, row in posted:
            mail.deliver(letter.id, LETTERS, PEOPLE, FolderCarrier(folder))
            for file in folder.glob(f"*-{letter.id}.eml"):
                yield Sent(letter.kind, viewer, row, letter.warp_id, file.read_bytes())
        db.leave()


def _chosen(garden: Garden, viewers: Sequence[str]) -> _People:
    return {viewer: person for viewer, person in garden.cast.people.items() if viewer in viewers}


def _digests(people: _People, garden: Garden) -> _Posted:
    letters = {person: viewer for viewer, person in people.items()}
    for warp in session.scalars(select(Warp).where(Warp.id.in_(garden.cast.warps))):
        previews.send_now(warp)
    session.flush()
    for letter in session.scalars(select(Letter).where(Letter.kind == "digest", Letter.person_id.in_(letters))):
        yield letter, letters[letter.person_id], ""


def _test_digests(people: _People, garden: Garden) -> _Posted:
    for viewer, person in people.items():
        for warp in garden.cast.warps:
            yield _post("digest-test", person, warp, []), viewer, ""


def _alerts(people: _People, garden: Garden) -> _Posted:
    for row, item_id in garden.ids.items():
        for viewer, person in people.items():
            if is_posted(notices.KIND, viewer, row):
                for kind in ("alert", reminders.KIND) if row.endswith(REMINDED) else ("alert",):
                    yield _post(kind, person, garden.cast.here, [item_id]), viewer, row


def _of_training(people: _People, garden: Garden) -> _Posted:
    for row, item_id in garden.ids.items():
        for viewer, person in people.items():
            for kind in (kind for kind in places.KINDS if is_posted(kind, viewer, row)):
                yield _post(kind, person, garden.cast.here, [item_id]), viewer, row


def _of_signing_in(people: _People, garden: Garden) -> _Posted:
    apart = {"digest", "digest-test", *_AT_ONCE, reminders.KIND, *places.KINDS}
    for viewer, person in list(people.items())[:1]:
        for kind in sorted(set(LETTERS) - apart):
            yield _post(kind, person, garden.cast.here, list(garden.ids.values())), viewer, ""


def _of_joining(people: _People, garden: Garden, viewers: Sequence[str]) -> _Posted:
    """Tell everybody of each application, whoever decides it, and of the agreement; write to those who applied."""
    everything = garden.applications | garden.others_who_applied
    for row, application in everything.items():
        for viewer, person in people.items():
            for kind in (applicants.CAME, applicants.NOTICE):
                yield _post(kind, person, garden.cast.here, [application]), viewer, row
        for kind in applicants.TO_APPLICANTS if "N" in viewers else ():  # they are nobody
            yield _post(kind, application, None, []), "N", row
    for row, agreement in garden.agreements.items():
        for viewer, person in people.items():
            yield _post(applicants.AGREEMENT, person, garden.cast.here, [agreement]), viewer, row


def _post(kind: str, person: UUID, warp: UUID | None, items: list[UUID]) -> Letter:
    return mail.post(kind, person, warp_id=warp, item_ids=items, expires_at=clock.now() + WORTH_SENDING_FOR)
