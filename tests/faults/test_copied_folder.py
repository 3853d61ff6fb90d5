"""A data folder that was copied, as for a backup or a trial, is an installation of its own."""

from pathlib import Path

from tests.faults.conftest import copy_of
from tests.faults.installation import Installation


def test_commands_in_a_copy_never_reach_the_original_that_runs(hub: Installation, place: Path) -> None:
    feed = ("source", "add", "Feed", "/nowhere", "--kind", "bundle", "--warp", "midshire", "--marking", "TLP:GREEN")
    with hub.database(durable=True):
        assert hub.run(*feed).code == 0
        copy = copy_of(hub, place / "copy")
        (copy.folder / "postgres" / "postmaster.pid").unlink()
        assert copy.run("source", "pause", "feed").last == "feed is paused"
        assert hub.query("SELECT paused FROM source") == [(False,)]
