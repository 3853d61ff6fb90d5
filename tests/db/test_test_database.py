"""The suite's own databases: found wherever PostgreSQL is, and nothing is left behind by a killed run."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.database import connect
from tests.db.conftest import ORDINARY, is_running, start_python
from warp_hub.db.embedded import EmbeddedPostgres

# Makes a clone, says which server it is on and in what version, and ends with its input.
RUN = """
import sys
from sqlalchemy import NullPool, create_engine, text
from tests.database import clone_database
urls = clone_database()
with create_engine(urls.web, poolclass=NullPool).connect() as connection:
    print(*connection.execute(text("SELECT current_database(), current_setting('server_version_num')")).one())
sys.stdout.flush()
sys.stdin.read()
"""
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(place: Path) -> Run:
    """Lend a way to start a run whose servers live in a folder of the test's own."""

    def start(python: str | None = None, user: dict[str, object] | None = None, **names: str) -> subprocess.Popen[str]:
        options = {"python": python} if python else {}
        return start_python(RUN, environment={"TMPDIR": str(place), **names}, **options, **(user or {}))

    return start


def finish(process: subprocess.Popen[str]) -> tuple[str, str, int]:
    said, complained = process.communicate(timeout=60)
    return said.strip(), complained.strip(), process.returncode


def servers(place: Path) -> list[Path]:
    return sorted(folder for folder in place.glob("warp-hub-tests-*/*/postgres") if is_running(folder))


def databases(server: EmbeddedPostgres) -> set[str]:
    with connect(server.url("owner", database="postgres")) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^warp_hub_t'").fetchall()
    return {name for (name,) in rows}


def test_a_run_leaves_nothing_behind(run: Run, place: Path) -> None:
    said, complained, code = finish(run())
    assert (complained, code) == ("", 0)
    assert said
    assert list(place.glob("warp-hub-tests-*/run-*")) == []


def test_the_workers_of_one_run_share_a_server_and_the_last_one_stops_it(run: Run, place: Path) -> None:
    first, second = run(PYTEST_XDIST_TESTRUNUID="one"), run(PYTEST_XDIST_TESTRUNUID="one")
    assert first.stdout.readline() != second.stdout.readline()
    assert len(servers(place)) == 1
    assert finish(first)[1:] == ("", 0)
    assert len(servers(place)) == 1
    assert finish(second)[1:] == ("", 0)
    assert servers(place) == []


def test_the_next_run_clears_away_what_a_killed_one_left(run: Run, place: Path) -> None:
    killed = run()
    killed.stdout.readline()
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert len(servers(place)) == 1
    assert finish(run())[1:] == ("", 0)
    assert servers(place) == []
    assert list(place.glob("warp-hub-tests-*/run-*")) == []


def test_a_kept_server_serves_the_next_run_with_the_same_template(run: Run, place: Path) -> None:
    assert finish(run(WARP_HUB_TEST_KEEP="1"))[1:] == ("", 0)
    (kept,) = servers(place)
    since = kept.joinpath("postmaster.pid").read_text()
    started = time.monotonic()
    assert finish(run(WARP_HUB_TEST_KEEP="1"))[1:] == ("", 0)
    assert time.monotonic() - started < 10
    assert kept.joinpath("postmaster.pid").read_text() == since


def test_a_server_of_one_s_own_is_used_and_left_clean(run: Run, place: Path) -> None:
    with EmbeddedPostgres(place / "given", durable=False) as server:
        given = server.url("owner", database="postgres")
        killed = run(WARP_HUB_TEST_DATABASE_URL=given)
        assert killed.stdout.readline().split()[0] in databases(server)
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
        assert finish(run(WARP_HUB_TEST_DATABASE_URL=given))[1:] == ("", 0)
        assert {name.rpartition("_")[0] for name in databases(server)} == {"warp_hub_template"}
    assert list(place.glob("warp-hub-tests-*")) == []


def test_a_server_that_asks_for_passwords_is_given_them(run: Run, place: Path) -> None:
    with EmbeddedPostgres(place / "given", durable=False) as server:
        owner = server.url("owner", database="postgres")
        with connect(owner) as connection:
            connection.execute("ALTER ROLE warp_hub PASSWORD 'of the tests'")
            (place / "given" / "postgres" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
            connection.execute("SELECT pg_reload_conf()")
        given = owner.replace("warp_hub@", "warp_hub:of%20the%20tests@")
        assert finish(run(WARP_HUB_TEST_DATABASE_URL=given))[1:] == ("", 0)
        (place / "given" / "postgres" / "pg_hba.conf").write_text("local all all trust\n")
        os.kill(int((place / "given" / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)


def test_the_oldest_postgresql_we_promise_runs_every_migration(run: Run) -> None:
    programs = Path("/usr/lib/postgresql/15/bin")
    if not programs.is_dir():
        pytest.skip("PostgreSQL 15 is not installed")
    said, complained, code = finish(run(WARP_HUB_TEST_PROGRAMS=str(programs)))
    assert (complained, code) == ("", 0)
    assert said.split()[1].startswith("15")


def test_an_ordinary_user_runs_the_tests(run: Run, place: Path, python_for_anybody: str) -> None:
    place.chmod(0o1777)
    user = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    said, complained, code = finish(run(python_for_anybody, user))
    assert (complained, code) == ("", 0)
    assert said
