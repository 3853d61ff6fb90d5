"""The demonstration as real processes: built once a run, then copied and served, so that no worker meets another."""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from tests.journeys.letters import Letter, in_folder

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from warp_hub.cli import main; main()")
# It stops when its standard input ends: a run that is killed leaves no hub behind.
WATCHED = "from warp_hub.serving import signals; signals.stop_with_parent(); from warp_hub.cli import main; main()"
PATIENCE = 120.0


@dataclass(frozen=True)
class Hub:
    """A hub that serves: where it listens, and the folder its letters go to."""

    address: str
    mail: Path

    def here(self, url: str) -> str:
        """Return an address of a letter as one of this hub: the letters were written for the port of the build."""
        parts = urlsplit(url)
        return f"{self.address}{parts.path}?{parts.query}" if parts.query else f"{self.address}{parts.path}"

    def letters(self, to: str, kind: str = "") -> list[Letter]:
        """Return the letters of one kind to an address, oldest first."""
        return [letter for letter in in_folder(self.mail, kind) if to in letter.to]

    def wait_for_letter(self, to: str, kind: str, after: int = 0, about: str = "") -> Letter:
        """Return the newest letter of a kind, about this by its subject, once there are more than `after` of them.

        The worker needs a moment.
        """
        deadline = time.monotonic() + 30
        while len(found := [letter for letter in self.letters(to, kind) if about in letter.subject]) <= after:
            assert time.monotonic() < deadline, f"no {kind} letter to {to} came"
            time.sleep(0.1)
        return found[-1]


@contextmanager
def served(data: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Hub]:
    """Serve the demonstration in this folder, built first if it is not, for the length of a `with`."""
    port = _free_port()
    log = (data / "log").open("w+")
    command = [sys.executable, "-c", WATCHED, "demo", "--port", str(port)]
    environment = {**_environment(data), **settings}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log)
    address = f"http://localhost:{port}"
    try:
        _wait_until_ready(address, process, data / "log")
        yield Hub(address, data / "demo" / "mail")
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.communicate()
        log.close()


@contextmanager
def copy_for_this_worker() -> Iterator[Path]:
    """Lend a copy of the run's demonstration; the first worker builds it, the last one removes everything."""
    place = _place() / (os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8))
    with _alone(_place()):
        _remove_abandoned(but=place)
        place.mkdir(mode=0o711, exist_ok=True)
        users = (place / "users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
    built, mine = place / "built", place / f"copy-{os.getpid()}"
    with _alone(place):
        if not (built / "complete").exists():
            build(built)
    subprocess.run(["cp", "-a", str(built), str(mine)], check=True)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        users.close()
        with _alone(_place()):
            _remove_abandoned()


def build(data: Path, *, with_extras: bool = True) -> None:
    """Build the demonstration in this folder, with what the journeys need besides, and note the routes."""
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    data.chmod(0o711)
    port = str(_free_port())
    run([*COMMAND, "demo", "--no-serve", "--port", port], data)
    if with_extras:
        run([sys.executable, "-m", "tests.journeys.extras"], data, data_dir=data / "demo", port=port)
    routes = run([sys.executable, "-m", "tests.journeys.routes"], data, data_dir=data / "demo", port=port)
    (data / "routes.json").write_text(routes)
    (data / "complete").touch()


def run(command: list[str], data: Path, data_dir: Path | None = None, port: str = "8000") -> str:
    """Run a command on the hub in this folder and return what it said; raise with all of it when it fails."""
    environment = {**_environment(data_dir or data), "WARP_HUB_BASE_URL": f"http://localhost:{port}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _environment(data: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("WARP_HUB_")}
    return {**own, "WARP_HUB_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}


def _wait_until_ready(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(f"{address}/readyz"):
            return
        time.sleep(0.2)
    raise AssertionError(f"the hub does not answer:\n{log.read_text()}")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _place() -> Path:
    """Return this user's folder for hubs under test; as root the database's own user must be able to enter it."""
    temporary = Path(tempfile.gettempdir())
    if os.geteuid() == 0 and not all(place.stat().st_mode & stat.S_IXOTH for place in [temporary, *temporary.parents]):
        temporary = Path("/tmp")
    place = temporary / f"warp-hub-journeys-{os.geteuid()}"
    place.mkdir(mode=0o711, exist_ok=True)
    assert place.lstat().st_uid == os.geteuid(), f"{place} belongs to somebody else"
    return place


def _remove_abandoned(but: Path | None = None) -> None:
    """Remove what runs left that have no worker any more."""
    for users in _place().glob("*/users"):
        if users.parent == but:
            continue
        with suppress(BlockingIOError), users.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(users.parent, ignore_errors=True)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
