"""Ctrl+C, a closed terminal, kill -9: everything stops in time and nothing stays behind."""

import signal
import time

import pytest

from tests.faults.installation import Installation, Said, is_alive, wait_for
from tests.feeds.servers import HonestTaxii, Reply, Request, Script, serving

pytestmark = pytest.mark.long


def test_serving_ends_by_ctrl_c_with_nothing_left_also_after_a_parent_was_killed(hub: Installation) -> None:
    with hub.serving() as killed:
        tree = killed.tree()
        assert len(tree) == 4
        killed.running.tell(signal.SIGKILL)
        wait_for(lambda: not any(map(is_alive, tree)), 15)
    assert hub.server_pid() is not None  # nobody was left to stop it: the next one takes it over

    with hub.serving() as served:
        assert served.status("/readyz") == 200
        tree = served.tree()
        begun = time.monotonic()
        served.running.tell(signal.SIGINT, group=True)
        said = served.running.ended()
        assert time.monotonic() - begun < 10
    assert said.code == 0
    assert "Traceback" not in said.err
    assert not any(map(is_alive, tree))
    assert hub.server_pid() is None


def test_a_closed_terminal_stops_all_in_order(hub: Installation) -> None:
    with hub.serving() as served:
        tree = served.tree()
        said = served.stop(signal.SIGHUP)
    assert said.code == 0
    assert "Traceback" not in said.err
    assert not any(map(is_alive, tree))
    assert hub.server_pid() is None


def test_a_pull_that_waits_for_a_dripping_source_stops_at_once(hub: Installation) -> None:
    source = _Dripping()
    with serving(source) as server:
        url = server.url("/taxii2/")
        hub.run("source", "add", "Drip", url, *_KIND, "--allow-private")
        pulling = hub.start("source", "pull", "drip")
        wait_for(lambda: source.asked)
        begun = time.monotonic()
        pulling.tell(signal.SIGINT)
        said = pulling.ended(30)
    assert time.monotonic() - begun < 10
    assert said == Said(130, "", "")
    assert hub.server_pid() is None


def test_a_command_under_nohup_outlives_the_terminal_and_still_ends_when_told(quick: Installation) -> None:
    source = _Dripping()
    with serving(source) as server:
        quick.run("source", "add", "Drip", server.url("/taxii2/"), *_KIND, "--allow-private")
        pulling = quick.start("source", "pull", "drip", before=["nohup"])
        wait_for(lambda: source.asked)
        pulling.tell(signal.SIGHUP)
        time.sleep(0.5)
        assert not pulling.has_ended()
        pulling.tell(signal.SIGTERM)
        assert pulling.ended(30).code == 143


_KIND = ("--kind", "taxii21", "--warp", "midshire", "--marking", "TLP:GREEN")


class _Dripping(HonestTaxii):
    """A source that sends a byte a second for as long as anybody listens."""

    asked = False

    def __call__(self, request: Request) -> Reply | Script:
        if request.path != self.objects_path:
            return super().__call__(request)
        self.asked = True
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/taxii+json;version=2.1\r\n\r\n"
        return iter([head, *(step for _ in range(1000) for step in (b" ", 1.0))])
