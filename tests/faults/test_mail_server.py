"""The mail server is away while a digest goes out: letters wait and then go, each once, under the Message-ID it had."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.mail.letters import by_smtp
from tests.mail.servers import Office, free_port, office, scripted
from tests.portal import portal
from tests.sizes import SIZES
from warp_hub import clock, db, jobs, mail
from warp_hub.background import worker
from warp_hub.db.roles import RoleUrls
from warp_hub.digests import commands
from warp_hub.jobs.timetable import TIMETABLE
from warp_hub.mail import Letter, LetterState

__all__ = ["portal"]
READERS = min(SIZES.digests, 100)


def test_a_digest_waits_for_the_server_and_then_goes_once(database: RoleUrls, portal: Flask) -> None:
    warp = factories.warp()
    readers = {factories.member(warp).email for _ in range(READERS)}
    factories.item(passed_by=[warp.id])
    with by_smtp(free_port()):
        assert commands.send(warp.slug, None) == f"posted {READERS} skipped 0"
        db.session.commit()
        _work(portal, database)
        assert _states() == {LetterState.WAITING}
        _a_minute_passes(portal, database, minutes=2)
        assert _states() == {LetterState.WAITING}
        assert "cannot be reached" in str(mail.health().trouble)

    promised = _message_ids()
    with scripted("421 closing for today") as port, by_smtp(port):
        _a_minute_passes(portal, database, minutes=4)
        assert _states() == {LetterState.WAITING}

    with office() as server, by_smtp(server.port):
        _a_minute_passes(portal, database, minutes=15)
        _a_minute_passes(portal, database, minutes=25)
        assert _states() == {LetterState.SENT}
        _a_minute_passes(portal, database, minutes=60)

    assert {address for to in server.recipients for address in to} == readers
    assert _sent_ids(server) == promised
    assert mail.health().trouble is None


def _a_minute_passes(portal: Flask, urls: RoleUrls, minutes: int) -> None:
    """Let the timetable look for letters some minutes from now, and the worker do what there is."""
    (letters,) = (job for job in TIMETABLE if job.name == "letters")
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        letters.run()
        db.session.commit()
        _work(portal, urls)


def _work(portal: Flask, urls: RoleUrls) -> None:
    worker.work_until_idle(urls.work, jobs.inside(portal), concurrency=2)


def _states() -> set[Any]:
    db.session.rollback()
    return set(db.session.scalars(select(Letter.state)))


def _message_ids() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Letter.message_id)))


def _sent_ids(server: Office) -> list[str]:
    return sorted(str(letter["Message-ID"]) for letter in server.letters)
