"""Who runs the embedded server, where it may not, and what happens when the disk is full."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.database import connect
from tests.db.conftest import COMMAND, ORDINARY, ROOT, is_running, leave, start_python
from warp_hub.db.embedded import DatabaseUnavailable, EmbeddedPostgres
from warp_hub.db.programs import UNPRIVILEGED, WHEEL, wheel_programs

Command = Callable[..., subprocess.Popen[str]]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may act for other users")
AS_ORDINARY = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}


def owner_of(path: Path) -> int:
    return path.stat().st_uid


@as_root
def test_as_root_the_server_runs_as_a_user_without_rights_who_owns_the_data(place: Path) -> None:
    with EmbeddedPostgres(place / "hub", durable=False):
        pid = (place / "hub" / "postgres" / "postmaster.pid").read_text().split()[0]
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
    lines = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert set(lines["Uid"].split()) == {str(UNPRIVILEGED)}
    assert lines["Groups"].split() in ([], [str(UNPRIVILEGED)])
    assert int(lines["CapEff"], 16) == 0
    owners = {owner_of(path) for path in (place / "hub" / "postgres").rglob("*")}
    assert owners == {UNPRIVILEGED}
    assert owner_of(place / "hub") == 0


@as_root
def test_an_ordinary_user_runs_it_as_himself(place: Path, python_for_anybody: str) -> None:
    os.chown(place, ORDINARY, ORDINARY)
    process = start_python(COMMAND, str(place / "hub"), python=python_for_anybody, **AS_ORDINARY)
    assert process.stdout.readline(), process.stderr.read()
    assert {owner_of(path) for path in (place / "hub").rglob("*")} == {ORDINARY}
    assert stat.S_IMODE((place / "hub").stat().st_mode) == 0o700
    assert leave(process)[1:] == ("", 0)
    assert not is_running(place / "hub" / "postgres")


@as_root
def test_root_shares_the_server_of_an_ordinary_user_and_takes_nothing_from_him(
    place: Path, python_for_anybody: str
) -> None:
    os.chown(place, ORDINARY, ORDINARY)
    (place / "hub").mkdir(mode=0o700)
    os.chown(place / "hub", ORDINARY, ORDINARY)
    with EmbeddedPostgres(place / "hub", durable=False):
        process = start_python(COMMAND, str(place / "hub"), python=python_for_anybody, **AS_ORDINARY)
        assert process.stdout.readline(), process.stderr.read()
    assert is_running(place / "hub" / "postgres")
    assert leave(process)[1:] == ("", 0)
    assert not is_running(place / "hub" / "postgres")
    again = start_python(COMMAND, str(place / "hub"), python=python_for_anybody, **AS_ORDINARY)
    assert leave(again)[1:] == ("", 0)
    assert {owner_of(path) for path in (place / "hub").rglob("*")} == {ORDINARY}


@as_root
def test_another_user_s_folder_is_refused_in_one_line(place: Path, python_for_anybody: str) -> None:
    with EmbeddedPostgres(place / "hub", durable=False):
        process = start_python(COMMAND, str(place / "hub"), python=python_for_anybody, **AS_ORDINARY)
        _said, complained, code = leave(process)
    assert code == 1
    assert complained == (
        f"unavailable: The data folder {place}/hub belongs to another user: run this command as that user."
    )


@as_root
def test_a_closed_folder_on_the_way_is_named_and_stays_closed(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(DatabaseUnavailable, match=f"may not enter {closed}: allow it with `chmod") as refusal:
        EmbeddedPostgres(closed / "hub").start()
    assert "\n" not in str(refusal.value)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_a_user_without_a_name_is_told_so_in_one_line(place: Path, python_for_anybody: str) -> None:
    place.chmod(0o777)
    nameless = {"user": 47113, "group": 47113, "extra_groups": []}
    said, complained, code = leave(start_python(COMMAND, str(place / "hub"), python=python_for_anybody, **nameless))
    assert (said, code) == ("", 1)
    assert complained.endswith("could not look up effective user ID 47113: user does not exist.")
    assert "\n" not in complained


@as_root
def test_a_root_that_may_not_act_for_others_is_told_what_to_do(place: Path) -> None:
    jailed = ["setpriv", "--bounding-set=-setuid,-setgid,-chown", sys.executable, "-c", COMMAND, str(place / "hub")]
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    done = subprocess.run(jailed, capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert done.stderr.startswith("unavailable: PostgreSQL refuses to run as root, and this process may not act as")
    assert len(done.stderr.strip().splitlines()) == 1


@as_root
def test_a_strict_umask_does_not_close_the_folder_we_make_ourselves(place: Path) -> None:
    before = os.umask(0o077)
    try:
        with EmbeddedPostgres(place / "var" / "hub", durable=False):
            pass
    finally:
        os.umask(before)


@as_root
def test_programs_that_the_server_s_user_cannot_reach_are_copied_beside_the_data(place: Path) -> None:
    closed = place / "closed"
    package = wheel_programs().parents[1]
    closed.mkdir(mode=0o700)
    shutil.copytree(package, closed / WHEEL, symlinks=True)
    shutil.copytree(package.with_name(f"{WHEEL}.libs"), closed / f"{WHEEL}.libs", symlinks=True)
    code = f"import sys; sys.path.insert(0, {str(closed)!r})\n{COMMAND}"
    for _ in range(2):
        said, complained, code_ = leave(start_python(code, str(place / "hub")))
        assert (complained, code_) == ("", 0)
        assert said
    assert len(list((place / "hub").glob("programs-*"))) == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.fixture
def small_disk(place: Path) -> Iterator[Callable[[int], Path]]:
    """Lend a way to have a disk of so many megabytes, and skip where none can be mounted."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        folder = place / "disk"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("no file system may be mounted here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_too_small_for_a_database_is_reported_in_one_line(small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(20)
    with pytest.raises(DatabaseUnavailable, match="could not be made: the disk is full") as refusal:
        EmbeddedPostgres(disk / "hub").start()
    assert "\n" not in str(refusal.value)


def test_a_disk_that_fills_up_is_reported_and_the_database_lives_again_with_room(
    small_disk: Callable[[int], Path],
) -> None:
    disk = small_disk(120)
    with EmbeddedPostgres(disk / "hub") as server:
        pass
    ballast = disk / "ballast"
    _fill(ballast)
    with pytest.raises(DatabaseUnavailable, match=r"the disk is full|No space left on device") as refusal:
        server.start()
    assert "\n" not in str(refusal.value)
    ballast.unlink()
    with server, connect(server.url("owner")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as full:
        try:
            while full.write(b"\0" * 4096):
                pass
        except OSError:
            return
