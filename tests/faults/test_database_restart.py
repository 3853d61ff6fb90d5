"""The database is killed while the hub serves: pages say so calmly; web, worker and clock come back by themselves."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime

import psycopg
import pytest

from tests.faults.installation import Installation, Served, is_alive, kill, wait_for

pytestmark = pytest.mark.long

CALM = "WARP Hub is resting for a moment"
PAGES = ("/", "/warps/midshire", "/sign-in", "/advisories")


def test_pages_rest_and_all_parts_come_back_by_themselves(hub: Installation) -> None:
    with hub.serving() as served:
        wait_for(lambda: served.status("/readyz") == 200)
        tree = served.tree()
        readers = _Readers(served)
        time.sleep(1)
        kill(hub.server_pid() or 0)
        wait_for(lambda: readers.seen[503], 20)
        wait_for(lambda: served.status("/readyz") == 200, 30)
        back = datetime.now(UTC)
        seen = readers.stop()

        assert set(seen) == {200, 503}, seen
        assert readers.not_calm == []
        wait_for(lambda: _beats_since(hub, back) >= {"timetable", "worker"}, 100)
        assert served.tree() == tree  # nobody had to be begun again
        said = served.stop()
    assert said.code == 0
    assert "the database was gone and was started again" in said.err
    assert "Traceback" not in said.err
    assert not any(map(is_alive, tree))


def test_a_database_killed_again_and_again_loses_nothing(hub: Installation) -> None:
    add = ("--kind", "bundle", "--warp", "midshire", "--marking", "TLP:GREEN")
    with hub.serving() as served:
        for number in range(3):
            wait_for(lambda: served.status("/readyz") == 200, 30)
            assert hub.run("source", "add", f"Feed {number}", "/nowhere", *add).code == 0
            kill(hub.server_pid() or 0)
        # A backend of the killed server may still answer a page: ask until a new connection is taken.
        wait_for(lambda: _counted(hub) is not None, 30)
        assert _counted(hub) == 3
        assert hub.run("audit", "verify").code == 0
        assert served.stop().code == 0


class _Readers:
    """Readers that ask for pages without a pause."""

    def __init__(self, served: Served) -> None:
        self.seen: Counter[int] = Counter()
        self.not_calm: list[str] = []
        self._served, self._over = served, threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(page,)) for page in PAGES]
        for thread in self._threads:
            thread.start()

    def stop(self) -> Counter[int]:
        """Stop reading; return how often each status came."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self.seen

    def _read(self, page: str) -> None:
        while not self._over.is_set():
            status, text = self._served.answer(page)
            self.seen[status] += 1
            if status == 503 and CALM not in text:
                self.not_calm.append(text)
            time.sleep(0.05)


def _beats_since(hub: Installation, moment: datetime) -> set[object]:
    return {part for (part,) in hub.query("SELECT part FROM heartbeat WHERE at > %s", moment)}


def _counted(hub: Installation) -> int | None:
    try:
        return hub.count("source")
    except psycopg.OperationalError:
        return None
