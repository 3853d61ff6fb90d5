"""The worker as a process: it drains when told, waits for a database that goes away, and notices that it did."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.database import server
from warp_hub import background, clock, db
from warp_hub.background import queue
from warp_hub.db.roles import RoleUrls

ROOT = Path(__file__).parents[2]
Worker = subprocess.Popen[str]


@pytest.fixture
def worker(database: RoleUrls) -> Iterator[Worker]:
    """Run the small worker."""
    command = [sys.executable, "-m", "tests.background.small_worker", database.work]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_job_runs_as_soon_as_it_is_committed(worker: Worker) -> None:
    _put("note", "1")
    assert _said(worker) == "ran 1"
    begun = time.monotonic()
    _put("note", "2")
    assert _said(worker) == "ran 2"
    assert time.monotonic() - begun < 4


def test_slow_jobs_never_keep_the_others_waiting(worker: Worker) -> None:
    for number in range(6):
        background.defer(db.session, "stuck", queue=background.SLOW, id=str(number))
    db.session.commit()
    assert {_said(worker), _said(worker)} == {"begun 0", "begun 1"}
    begun = time.monotonic()
    _put("note", "1")
    assert _said(worker) == "ran 1"
    assert time.monotonic() - begun < 4


def test_a_running_job_ends_before_the_worker_leaves(worker: Worker) -> None:
    _put("slow", "1")
    assert _said(worker) == "begun 1"
    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)

    assert _said(worker) == "ended 1"
    assert worker.wait(10) == 0
    assert time.monotonic() - begun < 5
    assert _statuses() == ["succeeded"]


def test_a_job_that_does_not_end_is_left_to_another_worker(worker: Worker) -> None:
    _put("stuck", "1")
    assert _said(worker) == "begun 1"
    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(12) == 0
    assert time.monotonic() - begun < 9
    assert _statuses() == ["doing"]
    with clock.at(clock.now() + queue.STALLED_AFTER * 2):
        assert background.rescue() == 1
    db.session.commit()
    assert _statuses() == ["todo"]


def test_a_database_that_goes_away_is_waited_for(worker: Worker, database: RoleUrls) -> None:
    _put("note", "1")
    assert _said(worker) == "ran 1"
    with _no_connections(database):
        time.sleep(2)
    _put("note", "2")
    assert _said(worker) == "ran 2"
    _put("note", "3")
    assert _said(worker) == "ran 3"


def test_a_worker_that_lost_its_sign_of_life_begins_anew(worker: Worker, database: RoleUrls) -> None:
    _put("note", "1")
    assert _said(worker) == "ran 1"
    before = _newest_worker()
    with _no_connections(database):
        time.sleep(2)
    deadline = time.monotonic() + 30
    while _newest_worker() == before:
        assert time.monotonic() < deadline, "the worker goes on without saying that it lives"
        time.sleep(0.2)


def _put(task: str, number: str) -> None:
    background.defer(db.session, task, id=number)
    db.session.commit()


def _said(worker: Worker) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def _statuses() -> list[str]:
    found = db.session.execute(text("SELECT status::text FROM procrastinate_jobs ORDER BY id")).scalars().all()
    db.session.rollback()
    return list(found)


def _newest_worker() -> int:
    found = db.session.scalar(text("SELECT max(id) FROM procrastinate_workers"))
    db.session.rollback()
    return int(found or 0)


@contextmanager
def _no_connections(database: RoleUrls) -> Iterator[None]:
    """Throw the worker out of its database and let nobody in for a while."""
    name = str(make_url(database.owner).database)
    server().execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)
    server().connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = %s",
        [name, "warp-hub worker"],
    )
    try:
        yield
    finally:
        server().execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", name)
