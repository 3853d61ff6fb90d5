"""Installations with a WARP in them, cheap enough for every test to break one."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, kill, wait_for

INIT = ("init", "--warp", "Midshire", "--slug", "midshire", "--name", "Ann Other", "--email", "ann@midshire.example")


@pytest.fixture(scope="session")
def started() -> Iterator[Installation]:
    """Lend an installation that was started for the first time and stopped; not to be touched."""
    folder = new_folder()
    hub = Installation(folder / "hub")
    assert "/invitation?token=" in hub.run(*INIT).last
    yield hub
    shutil.rmtree(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    """Lend an empty folder that the database's user may enter; whatever still runs in it afterwards is killed."""
    folder = new_folder()
    yield folder
    for mark in folder.rglob("postmaster.pid"):
        _kill_server(Installation(mark.parents[1]))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def hub(started: Installation, place: Path) -> Installation:
    """Lend an installation with one WARP, not running."""
    return copy_of(started, place / "hub")


@pytest.fixture
def quick(hub: Installation) -> Iterator[Installation]:
    """Lend an installation whose database runs already, so that commands take a second."""
    with hub.database():
        yield hub


def copy_of(installation: Installation, folder: Path) -> Installation:
    """Copy a stopped installation, owners and all."""
    subprocess.run(["cp", "-a", str(installation.folder), str(folder)], check=True)
    return Installation(folder)


def new_folder() -> Path:
    """Make a folder that the database's user may enter; whoever asks for it removes it."""
    folder = Path(tempfile.mkdtemp(prefix="warp-hub-test-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


def _kill_server(hub: Installation) -> None:
    pid = hub.server_pid()
    if pid is not None:
        kill(pid)
        wait_for(lambda: hub.server_pid() is None, 20)
