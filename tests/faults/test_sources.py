"""Sources that are down, slow, dripping or lying: each is said in one line, the others are pulled all the same."""

import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.faults.installation import Installation
from tests.feeds.samples import indicator
from tests.feeds.servers import Answer, HonestTaxii, LoopbackServer, Reply, Request, Script
from tests.mail.servers import free_port
from tests.portal import browser, portal, signed_in
from warp_hub import db
from warp_hub.advisories import sources
from warp_hub.advisories.models import SourceKind
from warp_hub.db.roles import RoleUrls

__all__ = ["browser", "portal", "signed_in"]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/taxii+json;version=2.1\r\n\r\n"


class Moody(HonestTaxii):
    """A source of thirty objects, ten to a page, whose answers are `mood`'s for as long as it has one."""

    def __init__(self, mood: Callable[["Moody", int], Reply | Script]) -> None:
        super().__init__([indicator(number) for number in range(30)], page=10)
        self.mood: Callable[[Moody, int], Reply | Script] | None = mood
        self.asked = itertools.count()

    def __call__(self, request: Request) -> Reply | Script:
        if self.mood is None or request.path != self.objects_path:
            return super().__call__(request)
        return self.mood(self, next(self.asked))


def _hangs(_source: Moody, _number: int) -> Script:
    return iter([30.0])


def _drips(_source: Moody, _number: int) -> Script:
    return itertools.chain([HEAD], itertools.cycle([b" ", 0.1]))


def _repeats_itself(source: Moody, number: int) -> Reply:
    return Reply({"objects": [each for _, each in source.rows[:10]], "more": True, "next": f"page-{number}"})


def _promises_more(_source: Moody, number: int) -> Reply:
    return Reply({"objects": [], "more": True, "next": f"{number}"})


MOODS = {"Hanging": _hangs, "Dripping": _drips, "Repeating": _repeats_itself, "Promising": _promises_more}


@pytest.fixture
def hub(database: RoleUrls, tmp_path: Path) -> Installation:
    """Lend an installation on the database of this run, which has little patience."""
    urls = {f"{role}_database_url": getattr(database, role) for role in ("web", "work", "custody")}
    settings = urls | {"database_url": database.owner, "secret_key": "a secret for the tests alone 0123456789"}
    return Installation(tmp_path / "hub", settings, [sys.executable, "-m", "tests.faults.impatient"])


@pytest.fixture
def servers() -> Iterator[dict[str, LoopbackServer]]:
    """Lend a good source and one of each mood."""
    with ExitStack() as running:
        answers: dict[str, Answer] = {"Good": HonestTaxii([indicator(number) for number in range(100, 130)])}
        answers |= {name: Moody(mood) for name, mood in MOODS.items()}
        yield {name: running.enter_context(LoopbackServer(answer)) for name, answer in answers.items()}


def test_bad_sources_are_said_each_in_a_line_and_keep_nobody_from_the_good_ones(
    hub: Installation, servers: dict[str, LoopbackServer], signed_in: Any
) -> None:
    warp = factories.warp()
    coordinator = factories.coordinator(warp)
    addresses = {name: server.url("/taxii2/") for name, server in servers.items()}
    addresses["Down"] = f"http://127.0.0.1:{free_port()}/taxii2/"
    for name, url in addresses.items():
        sources.add(name, url, SourceKind.TAXII21, [warp.slug], "TLP:GREEN", allow_private=True)
    db.session.commit()

    said = hub.run("source", "pull")
    assert said.code == 1
    assert "good: fetched 30 stored 30 updated 0 duplicate 0 quarantined 0" in said.out
    complaints = {line.partition(":")[0]: line for line in said.err.splitlines()}
    assert complaints.keys() == {"Down", *MOODS}
    assert len(said.err.splitlines()) == 5

    page = signed_in(coordinator).get("/desk/sources").text
    for name, line in complaints.items():
        assert line.removeprefix(f"{name}: ") in page
    assert page.count("Needs attention") == 5

    for server in servers.values():
        if isinstance(server.answer, Moody):
            server.answer.mood = None
    mended = hub.run("source", "pull")
    assert mended.err.count("\n") == 1  # the one that is down is still down
    assert "fetched 30 stored 30" in mended.out.split("hanging: ")[1]
    page = signed_in(coordinator).get("/desk/sources").text
    assert page.count("Needs attention") == 1
