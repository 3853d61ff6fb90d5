"""`warp-hub demo`: interrupted, begun twice, beside something else; a half-built one is never served as whole."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import new_folder
from tests.faults.installation import Installation, Running, is_alive, wait_for
from tests.mail.servers import free_port
from tests.sizes import SIZES

FAILED = ("digest", "the address cannot be used")
ROOMS = {"shared incident": 18, "question": 15, "training session": 11}.items()
ANEW = "the demonstration was not built to its end: it is begun anew"


@pytest.fixture(scope="module")
def built() -> Iterator[Installation]:
    """Lend a demonstration that was killed while it was built and begun again; not running."""
    folder = new_folder()
    hub = Installation(folder / "hub")
    for number in range(SIZES.kills_per_step):
        building = hub.start("demo", "--no-serve")
        _wait_for_line(building, "founded ")
        time.sleep(number)
        building.tell(signal.SIGKILL)
        building.ended()
    said = hub.run("demo", "--no-serve", timeout=400)
    assert said.code == 0, said
    lines = said.out.splitlines()
    assert lines[0] == ANEW
    assert lines[-1].startswith("sent ")
    assert hub.run("demo", "--no-serve").last.startswith("the demonstration stands in ")
    yield hub
    shutil.rmtree(folder)


@pytest.mark.demonstration
@pytest.mark.xdist_group("demo")
def test_one_that_was_killed_is_begun_anew_and_whole(built: Installation) -> None:
    demo = Installation(built.folder / "demo")
    with demo.database():
        assert demo.query("SELECT count(*) FROM warp") == [(5,)]
        assert demo.query("SELECT count(*) > 55 FROM item WHERE kind = 'advisory'") == [(True,)]
        # One address has an accent: its digest is what the desk has to show of letters that fail.
        assert demo.query("SELECT kind, reason FROM letter WHERE state NOT IN ('sent', 'cancelled')") == [FAILED]
        [(letters,)] = demo.query("SELECT count(*) FROM letter WHERE state = 'sent'")
        assert dict(demo.query("SELECT kind, count(*) FROM item GROUP BY kind")).items() >= ROOMS
        states = dict(demo.query("SELECT state, count(*) FROM report GROUP BY state"))
        assert (states["waiting"], states["approved"], states["declined"]) == (3, 3, 1)
        assert demo.query("SELECT count(*) > 0 FROM booking WHERE state = 'waiting'") == [(True,)]
        assert demo.query("SELECT count(*) > 100 FROM daily_total") == [(True,)]
        assert demo.query("SELECT count(*) FROM report WHERE sealed IS NOT NULL") == [(0,)]
    assert len(list((demo.folder / "mail").glob("*.eml"))) == letters


@pytest.mark.demonstration
@pytest.mark.xdist_group("demo")
def test_a_second_one_beside_the_first(built: Installation, place: Path) -> None:
    for copy in ("whole", "second"):  # the one that was built stays as it was: served, it would go on living
        subprocess.run(["cp", "-a", str(built.folder), str(place / copy)], check=True)
    whole, second, third = (Installation(place / name) for name in ("whole", "second", "third"))
    with whole.serving("demo") as first:
        port, runs = str(first.port), f"warp-hub: a demonstration runs already on {whole.folder / 'demo'}, "
        for words in (("--port", port), ("--port", str(free_port())), ("--fresh", "--port", str(free_port()))):
            line = whole.run("demo", *words).line
            assert line.startswith(f"{runs}at http://localhost:{port}: stop it, or set WARP_HUB_DATA_DIR ")
        line = third.run("demo", "--port", port).line
        assert line == f"warp-hub: port {port} on 127.0.0.1 is in use: stop what uses it or give another by --port"
        assert not (third.folder / "demo").exists()
        with second.serving("demo") as other:
            assert first.answer("/demo")[1].count("<form") == other.answer("/demo")[1].count("<form") > 8
        assert first.status("/readyz") == 200
        tree = first.tree()
        assert first.stop(signal.SIGINT).code == 0
    assert not any(map(is_alive, tree))
    assert Installation(whole.folder / "demo").server_pid() is None


def test_what_is_no_demonstration_is_not_thrown_away(place: Path) -> None:
    kept = place / "hub" / "demo" / "thesis.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("years of work")
    for words in ((), ("--fresh",)):
        line = Installation(place / "hub").run("demo", "--no-serve", *words).line
        assert line == f"warp-hub: {kept.parent} holds something else: set WARP_HUB_DATA_DIR to another folder"
    assert kept.read_text() == "years of work"


def _wait_for_line(running: Running, beginning: str) -> None:
    wait_for(lambda: f"\n{beginning}" in f"\n{running.said().out}" or running.has_ended())
    assert not running.has_ended(), running.said()
