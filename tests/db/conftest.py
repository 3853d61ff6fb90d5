"""Folders, users and commands for the tests of the embedded server."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from warp_hub.db.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
ORDINARY = 1  # the user "daemon", which every system has

# One command: takes the server, says since when it runs, and leaves when its input ends.
COMMAND = """
import sys
from pathlib import Path
import psycopg
from warp_hub.db.embedded import DatabaseUnavailable, EmbeddedPostgres
try:
    with EmbeddedPostgres(Path(sys.argv[1])) as server:
        url = server.url("owner").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0].isoformat(), flush=True)
        sys.stdin.read()
except DatabaseUnavailable as error:
    sys.exit(f"unavailable: {error}")
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """Lend a folder with a short path that the server's user may enter; stop what still runs in it."""
    folder = Path(tempfile.mkdtemp(prefix="warp-hub-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    for mark in folder.rglob("postmaster.pid"):
        kill_server(mark.parent)
    shutil.rmtree(folder)


@pytest.fixture
def server(place: Path) -> Iterator[EmbeddedPostgres]:
    """Lend a running server."""
    with EmbeddedPostgres(place / "hub", durable=False) as running:
        yield running


@pytest.fixture
def command() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Lend a way to start commands that hold the server until their input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path, **options: object) -> subprocess.Popen[str]:
        started.append(start_python(COMMAND, str(folder), **options))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=30)
        process.kill()


def start_python(
    code: str,
    *arguments: str,
    python: str = sys.executable,
    environment: dict[str, str] | None = None,
    **options: object,
) -> subprocess.Popen[str]:
    """Start a Python of our own on some code, with pipes."""
    packages = [str(ROOT), *(place for place in sys.path if place.endswith("site-packages"))]
    given = {"PYTHONPATH": os.pathsep.join(packages), "PATH": os.environ["PATH"], **(environment or {})}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [python, "-c", code, *arguments],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env=given,
        **options,  # type: ignore[call-overload]
    )


def leave(process: subprocess.Popen[str]) -> tuple[str, str, int]:
    """Let a command end and return what it said."""
    said, complained = process.communicate(timeout=60)
    return said.strip(), complained.strip(), process.returncode


def server_pid(data: Path) -> int:
    """Return the number of the server's first process."""
    return int((data / "postmaster.pid").read_text().split()[0])


def is_running(data: Path) -> bool:
    """Say whether a server runs in the folder, by asking the kernel."""
    try:
        return Path(os.readlink(f"/proc/{server_pid(data)}/cwd")) == data
    except (OSError, ValueError):
        return False


def kill_server(data: Path) -> None:
    """Kill the server at once and wait until it is gone."""
    with contextlib.suppress(OSError, ValueError):
        if is_running(data):
            os.kill(server_pid(data), signal.SIGKILL)
    for _ in range(100):
        if not is_running(data):
            return
        time.sleep(0.05)


@pytest.fixture(scope="session")
def python_for_anybody() -> str:
    """Return a Python like ours that another user may run, and skip where there is none."""
    if os.geteuid() != 0:
        pytest.skip("only root may run a command as another user")
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(PermissionError, FileNotFoundError):
            as_other = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
            process = start_python("import psycopg, sqlalchemy", python=python, **as_other)
            process.communicate()
            if process.returncode == 0:
                return python
    pytest.skip("no Python that another user may run has our packages")
