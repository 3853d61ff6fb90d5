"""Two clocks and two workers as real processes on one database: everything exactly once."""

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select, text

from tests.mail.letters import in_folder
from warp_hub import background, db, mail
from warp_hub.background import JobRun
from warp_hub.db.roles import RoleUrls

ROOT = Path(__file__).parents[2]


def test_two_clocks_and_two_workers_do_everything_exactly_once(database: RoleUrls, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    parts = [_begin(part, database, folder) for part in ("clock", "clock", "work", "work")]
    try:
        _wait_until_posted(6)
        begun = time.monotonic()
        for part in parts:
            part.send_signal(signal.SIGTERM)
        codes = [part.wait(10) for part in parts]
        assert time.monotonic() - begun < 10
    finally:
        for part in parts:
            part.kill()
            part.wait()
            assert part.stderr is not None
            part.stderr.close()
    assert codes == [0, 0, 0, 0]

    runs = db.session.scalars(select(JobRun).where(JobRun.job == "post")).all()
    done = [run for run in runs if run.finished_at is not None]
    letters = db.session.scalars(select(mail.Letter)).all()
    assert len(done) >= 6
    assert len(letters) == len(done)
    jobs = "SELECT args->>'period' FROM procrastinate_jobs WHERE task_name = 'timetable' AND args->>'job' = 'post'"
    assert max(Counter(db.session.execute(text(jobs)).scalars()).values()) == 1

    sent = [letter for letter in letters if letter.state is mail.LetterState.SENT]
    travelled = Counter(str(read["Message-ID"]) for read in in_folder(folder))
    assert len(sent) >= len(letters) - 2  # what was posted last may still wait
    assert travelled == Counter(letter.message_id for letter in sent)
    assert {letter.attempts for letter in sent} == {1}
    assert background.failures() == []


def _begin(part: str, database: RoleUrls, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.serving.small_part", part, database.work, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def _wait_until_posted(count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        sent = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.SENT)
        found = len(db.session.scalars(sent).all())
        db.session.rollback()
        if found >= count:
            return
        time.sleep(0.2)
    raise AssertionError("the processes did not do their work")
