"""A full disk: one clear line, what was committed stands, and all works again when there is room."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.bundles import bundle
from tests.faults.conftest import INIT, copy_of
from tests.faults.installation import Installation

MEGABYTE = 1024 * 1024
COUNCILS = "name,code\n" + "".join(f"Council {number},X{number:04}\n" for number in range(3000))
ADD = ("--kind", "bundle", "--warp", "midshire", "--marking", "TLP:GREEN", "--publish")


@pytest.fixture
def disk(place: Path) -> Iterator[Path]:
    """Lend a small disk of our own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = place / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=110m,mode=711", "tmpfs", str(folder)]
    if subprocess.run(mounting, capture_output=True).returncode != 0:
        pytest.skip("a small disk may not be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_commands_say_so_in_one_line_and_go_on_when_there_is_room(
    started: Installation, disk: Path, place: Path
) -> None:
    hub = copy_of(started, disk / "hub")
    (place / "councils.csv").write_text(COUNCILS)
    big = bundle(place / "big.json", 5000, padding=2500)
    with hub.database(durable=True):
        assert hub.run("source", "add", "Big", str(big), *ADD).code == 0
        with _filled(disk, but=8 * MEGABYTE):
            line = hub.run("source", "pull", "big").line
            assert line == "The disk of the database is full. What was stored before stays; make room and pull again."
            stored = hub.count("item")
            assert 0 < stored < 5000
            assert stored == hub.count("provenance")
            with _filled(disk, "rest"):
                line = hub.run("organisation", "import", str(place / "councils.csv")).line
                assert line.startswith("warp-hub: the disk of the database is full")
                assert hub.count("organisation") == 0
        assert hub.run("source", "pull", "big").last == (
            f"fetched {5000 - stored} stored {5000 - stored} updated 0 duplicate 0 quarantined 0"
        )
        assert hub.run("organisation", "import", str(place / "councils.csv")).last.startswith("added 3000 ")
        assert hub.count("item") == 5000
        assert hub.count("quarantine") == 0


def test_a_first_start_without_room_is_one_line_and_works_when_there_is(disk: Path) -> None:
    hub = Installation(disk / "hub")
    with _filled(disk, but=12 * MEGABYTE):
        assert hub.run(*INIT).line.endswith("could not be made: the disk is full.")
    assert "/invitation?token=" in hub.run(*INIT).last


@contextmanager
def _filled(disk: Path, name: str = "fill", but: int = 0) -> Iterator[None]:
    """Fill the disk but for some bytes, for the length of a `with`."""
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / name).write_bytes(b"x" * max(0, free - but))
    try:
        yield
    finally:
        (disk / name).unlink()
