"""`warp-hub serve`: web, worker and timetable as one tree of real processes on a real database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from tests.mail.servers import free_port
from warp_hub import background, db
from warp_hub.db.roles import RoleUrls

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from warp_hub.cli import main; main()"]


def test_the_tree_serves_works_keeps_time_heals_itself_and_stops_in_time(database: RoleUrls, tmp_path: Path) -> None:
    port = free_port()
    with _running("serve", database, tmp_path, port) as hub:
        _wait_for(lambda: _status(port, "/healthz") == 200)
        _wait_for(lambda: {"timetable", "worker"} <= _signs_of_life())
        assert _status(port, "/") == 200
        assert {login.rpartition("_")[2] for login in _logins()} <= {"web", "work", "custody"}

        for part in ("web", "work", "clock"):
            _kill(hub.pid, part)
        _wait_for(lambda: _status(port, "/") == 200)
        _wait_for(lambda: len(_children(hub.pid)) == 3)

        begun = time.monotonic()
        hub.send_signal(signal.SIGTERM)
        out, err = hub.communicate(timeout=15)
        assert hub.returncode == 0, err
        assert time.monotonic() - begun < 10
    assert f"127.0.0.1:{port}" in out
    assert "Traceback" not in err
    assert err.count("is begun again") == 3


def test_the_parts_run_apart(database: RoleUrls, tmp_path: Path) -> None:
    port = free_port()
    with (
        _running("web", database, tmp_path, port) as web,
        _running("work", database, tmp_path, port) as work,
        _running("clock", database, tmp_path, port) as clock,
    ):
        _wait_for(lambda: _status(port, "/healthz") == 200)
        _wait_for(lambda: {"timetable", "worker"} <= _signs_of_life())
        for process in (web, work, clock):
            process.send_signal(signal.SIGTERM)
        for process in (web, work, clock):
            _, err = process.communicate(timeout=15)
            assert process.returncode == 0, err


def test_a_port_in_use_is_one_clear_line_and_a_failure(database: RoleUrls, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _running("serve", database, tmp_path, port) as hub:
            out, err = hub.communicate(timeout=30)

    assert hub.returncode == 1
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"warp-hub: port {port} on 127.0.0.1 is in use")


def test_a_wrong_setting_is_one_clear_line_and_a_failure(database: RoleUrls, tmp_path: Path) -> None:
    url = "smtp://hub:secret@mail.example"
    with _running("serve", database, tmp_path, free_port(), WARP_HUB_SMTP_URL=url) as hub:
        _, err = hub.communicate(timeout=60)

    assert hub.returncode == 1
    assert err.count("\n") == 1
    assert "WARP_HUB_SMTP_URL would send a password in the clear" in err
    assert "secret" not in err


@contextmanager
def _running(verb: str, database: RoleUrls, folder: Path, port: int, **more: str) -> Iterator["subprocess.Popen[str]"]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARP_HUB_")}
    ours = {
        "WARP_HUB_DATABASE_URL": database.owner,
        "WARP_HUB_WEB_DATABASE_URL": database.web,
        "WARP_HUB_WORK_DATABASE_URL": database.work,
        "WARP_HUB_SECRET_KEY": "a secret for the tests alone 0123456789",
        "WARP_HUB_DATA_DIR": str(folder),
        "WARP_HUB_PORT": str(port),
        "WARP_HUB_BASE_URL": f"http://localhost:{port}",
    }
    process = subprocess.Popen(
        [*COMMAND, verb], cwd=ROOT, env=kept | ours | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _signs_of_life() -> set[str]:
    found = set(background.heartbeats())
    db.session.rollback()
    return found


def _logins() -> set[str]:
    query = (
        "SELECT usename FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'warp-hub%'"
    )
    found = {str(name) for name in db.session.execute(text(query)).scalars()}
    db.session.rollback()
    return found


def _children(pid: int) -> dict[int, str]:
    numbers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(number): Path(f"/proc/{number}/cmdline").read_text().replace("\0", " ") for number in numbers}


def _kill(parent: int, part: str) -> None:
    (child,) = (pid for pid, command in _children(parent).items() if f"warp_hub.serving {part}" in command)
    os.kill(child, signal.SIGKILL)
    _wait_for(lambda: child not in _children(parent))


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
