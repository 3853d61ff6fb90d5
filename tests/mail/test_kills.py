"""kill -9 at each step of claim, send and mark: nothing is lost, at most one duplicate, the same Message-ID."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url

from tests.mail.letters import by_smtp, deliver, kept, posted
from tests.mail.servers import Office, office
from tests.sizes import SIZES
from warp_hub import clock, db, mail
from warp_hub.db.roles import RoleUrls
from warp_hub.mail import LetterState

ROOT = Path(__file__).parents[2]
LATER = timedelta(minutes=16)


@pytest.mark.parametrize("step", ["render", "EHLO", "MAIL", "RCPT", "DATA", "mark"])
@pytest.mark.parametrize("_time", range(SIZES.kills_per_step))
def test_a_worker_killed_at_any_step_loses_nothing(database: RoleUrls, step: str, _time: int) -> None:
    letter_id = posted()
    with office() as server, by_smtp(server.port):
        _kill_at(step, letter_id, server, database)

        assert kept(letter_id).state is LetterState.SENDING
        assert deliver(letter_id) is None  # nobody takes it while the worker may still live
        with clock.at(clock.now() + LATER):
            assert mail.start_due() == "1 tried again, 1 cut off"
            (listed,) = db.session.scalars(mail.select_troubled()).all()
            assert listed.state is LetterState.UNKNOWN
            db.session.commit()
            assert deliver(letter_id) is LetterState.SENT

    before = 1 if step in ("DATA", "mark") else 0
    assert len(server.letters) == before + 1
    assert {str(read["Message-ID"]) for read in server.letters} == {kept(letter_id).message_id}


def test_a_letter_that_is_cut_off_twice_is_left_failed_for_the_desk(database: RoleUrls) -> None:
    letter_id = posted(expires_at=clock.now() + timedelta(days=9))
    with office() as server, by_smtp(server.port):
        _kill_at("DATA", letter_id, server, database)
        with clock.at(clock.now() + LATER):
            mail.start_due()
            db.session.commit()
        _kill_at("DATA", letter_id, server, database)
        with clock.at(clock.now() + 2 * LATER):
            assert mail.start_due() == "0 tried again, 1 cut off"
            db.session.commit()

    assert kept(letter_id).state is LetterState.FAILED
    assert len(server.letters) == 2


def test_a_worker_that_was_only_slow_does_not_overwrite_what_another_did(database: RoleUrls) -> None:
    """Fencing: the slow one finds that its claim is gone."""
    letter_id = posted()
    with office() as server, by_smtp(server.port):

        def taken_over(verb: str) -> None:
            server.at = lambda _verb: None
            if verb == "EHLO":
                _doubt_from_outside(database, letter_id)

        server.at = taken_over
        assert deliver(letter_id) is None
        assert kept(letter_id).state is LetterState.UNKNOWN
        assert deliver(letter_id) is LetterState.SENT


def _kill_at(step: str, letter_id: UUID, server: Office, database: RoleUrls) -> None:
    pause = "render" if step == "render" else ""
    command = [sys.executable, "-m", "tests.mail.dying_worker", database.work, str(server.port), str(letter_id), pause]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    holding = psycopg.connect(_plain(database.owner))
    try:
        server.at = _killer(child, step, holding, letter_id)
        if step == "render":
            assert child.stdout is not None
            assert child.stdout.readline() == "reached\n"
            os.kill(child.pid, signal.SIGKILL)
        if step == "mark":
            _wait_for(lambda: _waits_for_a_lock(database))
            os.kill(child.pid, signal.SIGKILL)
        child.wait(30)
        assert child.returncode == -signal.SIGKILL
    finally:
        server.at = lambda _verb: None
        holding.close()
        child.kill()
        child.communicate()
    _wait_for(lambda: not _waits_for_a_lock(database))


def _killer(
    child: "subprocess.Popen[str]", step: str, holding: psycopg.Connection[object], letter_id: UUID
) -> Callable[[str], None]:
    def reached(verb: str) -> None:
        if step == "mark" and verb == "DATA":  # the mark will have to wait for us
            holding.execute("SELECT 1 FROM letter WHERE id = %s FOR UPDATE", [letter_id])
        if verb == step:
            os.kill(child.pid, signal.SIGKILL)

    return reached


def _waits_for_a_lock(database: RoleUrls) -> bool:
    with psycopg.connect(_plain(database.owner), autocommit=True) as looking:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return looking.execute(waiting).fetchone() != (0,)


def _doubt_from_outside(database: RoleUrls, letter_id: UUID) -> None:
    with psycopg.connect(_plain(database.owner), autocommit=True) as other:
        other.execute("UPDATE letter SET state = 'unknown', claim = NULL, times_unknown = 1 WHERE id = %s", [letter_id])


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
