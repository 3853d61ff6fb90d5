"""`warp-hub source pull` killed with SIGKILL while it writes, at one table after the other; then run again."""

import signal
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import make_url

from tests.faults.installation import Installation, Running, wait_for
from tests.feeds.samples import indicator
from tests.feeds.servers import HonestTaxii, Reply, Request, Script, serving
from tests.sizes import SIZES
from warp_hub.db.embedded import EmbeddedPostgres

PAGE, OBJECTS = 20, 400
TABLES = ("source_run", "item", "item_version", "indicator", "provenance", "source")
ADD = ("--kind", "taxii21", "--warp", "midshire", "--marking", "TLP:GREEN", "--publish", "--allow-private")


@pytest.mark.parametrize("_time", range(SIZES.kills_per_step))
def test_a_command_killed_at_any_table_is_made_good_by_the_next(quick: Installation, _time: int) -> None:
    source = Obstructed(quick)
    with serving(source) as server:
        quick.run("source", "add", "Feed", server.url("/taxii2/"), *ADD)
        held = 0
        for table in TABLES:
            source.lock_from_page(3, table)
            pulling = quick.start("source", "pull", "feed")
            wait_for(source.somebody_waits, 60)
            _kill(pulling)
            source.unlock()
            wait_for(lambda: not _connected(quick))
            before, held = held, quick.count("item")
            assert quick.query("SELECT sum(fetched) %% %s FROM source_run", PAGE) == [(0,)]  # whole pages
            assert before < held < OBJECTS
            assert held == quick.count("provenance") == quick.count("item_version")
            assert quick.query("SELECT count(*) FROM item WHERE published_at IS NOT NULL") == [(0,)]
        last = quick.run("source", "pull", "feed").last
        again = quick.run("source", "pull", "feed").last

    stored = OBJECTS - held
    assert f" stored {stored} updated 0 " in last
    assert " stored 0 updated 0 " in again
    assert quick.query("SELECT count(*), count(DISTINCT stix_id) FROM provenance") == [(OBJECTS, OBJECTS)]
    assert quick.query("SELECT count(*) FROM item WHERE published_at IS NOT NULL") == [(OBJECTS,)]
    interrupted = quick.query("SELECT count(*) FROM source_run WHERE NOT ok AND outcome LIKE 'It was interrupted%%'")
    assert interrupted == [(len(TABLES),)]


class Obstructed(HonestTaxii):
    """An honest source at whose nth page of a run a table is locked, so that the pull stops there."""

    def __init__(self, hub: Installation) -> None:
        super().__init__([indicator(number) for number in range(OBJECTS)], page=PAGE)
        hours = (datetime(2026, 1, 1) + timedelta(hours=number) for number in range(OBJECTS))
        added = (f"{hour:%Y-%m-%dT%H:%M:%S}.000000Z" for hour in hours)  # the overlap brings little twice
        self.rows = [(moment, obj) for moment, (_, obj) in zip(added, self.rows, strict=True)]
        self._hub, self._table, self._pages = hub, "", 0
        self._holding: psycopg.Connection[tuple[object, ...]] | None = None

    def lock_from_page(self, page: int, table: str) -> None:
        """Lock a table when this page of the next run is asked for."""
        self._pages, self._table = page, table

    def __call__(self, request: Request) -> Reply | Script:
        if request.path == self.objects_path and self._pages:
            self._pages -= 1
            if self._pages == 0:
                self._holding = _connect(self._hub)
                self._holding.execute(f"LOCK TABLE {self._table} IN EXCLUSIVE MODE")
        return super().__call__(request)

    def somebody_waits(self) -> bool:
        """Say whether the pull has come to the lock."""
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name ~ 'work'"
        return self._holding is not None and self._hub.query(waiting) != [(0,)]

    def unlock(self) -> None:
        """Give the table back."""
        if self._holding is not None:
            self._holding.close()
        self._holding = None


def _kill(pulling: Running) -> None:
    pulling.tell(signal.SIGKILL)
    assert pulling.ended().code == -signal.SIGKILL


def _connect(hub: Installation) -> psycopg.Connection[tuple[object, ...]]:
    url = make_url(EmbeddedPostgres(hub.folder).url("owner")).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


def _connected(hub: Installation) -> bool:
    return hub.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'warp-hub work'") != [(0,)]
