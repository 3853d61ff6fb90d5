"""A source on the network, from its server to the hub's tables: cursors, failures in the middle, real servers."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import LATE, indicator, newer, report
from tests.conftest import REAL_DATA
from tests.feeds import medallion
from tests.feeds.servers import HonestTaxii, LoopbackServer, Reply, Request, serving
from warp_hub import db
from warp_hub.advisories import commands, intake, sources
from warp_hub.advisories.intake import PullFailed
from warp_hub.advisories.models import Provenance, Source, SourceKind
from warp_hub.advisories.taking_in import Outcome
from warp_hub.sharing.models import Item

PAGE = 30
LIMITS = replace(intake.STANDARD_LIMITS, page_size=PAGE, sleep=lambda _: None)


class Server:
    """An honest TAXII server that can be told to fail after some pages."""

    def __init__(self, objects: list[dict[str, Any]]) -> None:
        self.honest = HonestTaxii(objects, page=PAGE)
        self.good_pages: int | None = None
        self.fault = Reply({}, 403)

    def __call__(self, request: Request) -> Any:
        if request.path == self.honest.objects_path and self.good_pages is not None:
            if self.good_pages == 0:
                return self.fault
            self.good_pages -= 1
        return self.honest(request)


@pytest.fixture
def taxii(database: Any) -> Iterator[tuple[Server, LoopbackServer, Source]]:
    server = Server([indicator(f"a-{number}.example") for number in range(100)])
    with ExitStack() as open_servers:
        running = open_servers.enter_context(serving(server))
        yield server, running, _source(running.url("/taxii2/"))


def _source(url: str, name: str = "Network", **given: Any) -> Source:
    made = sources.add(name, url, SourceKind.TAXII21, [factories.warp().slug], "TLP:GREEN", allow_private=True, **given)
    db.session.commit()
    fresh()
    return made


def _pull(source: Source) -> Outcome:
    fresh()
    return intake.pull_source(source.id, limits=LIMITS)


def _cursor(source: Source) -> str:
    fresh()
    return db.session.scalars(select(Source.cursor).where(Source.id == source.id)).one() or ""


def test_pages_come_one_by_one_and_the_next_pull_asks_only_for_what_is_new(hub: Hub, taxii: Any) -> None:
    server, running, source = taxii
    assert _pull(source) == Outcome(fetched=100, stored=100)
    assert server.honest.rows[-1][0] in _cursor(source)
    before = len(running.requests)
    server.honest.add([indicator(), report()])
    outcome = _pull(source)
    assert outcome.stored == 2
    assert outcome.fetched == outcome.stored + outcome.duplicate
    asked = [request.query.get("added_after") for request in running.requests[before:] if "objects" in request.path]
    assert asked[0] is not None


def test_a_source_that_fails_in_the_middle_keeps_its_pages_and_goes_on_from_there(hub: Hub, taxii: Any) -> None:
    server, _running, source = taxii
    server.good_pages = 2
    with pytest.raises(PullFailed, match="Network"):
        _pull(source)
    assert len(hub.rows(Item)) == 2 * PAGE
    assert server.honest.rows[2 * PAGE - 1][0] in _cursor(source)
    server.good_pages = None
    assert _pull(source).stored == 100 - 2 * PAGE
    fresh()
    assert [run.ok for run in sources.runs_of(source.id)] == [True, False]


def test_a_failing_source_keeps_no_other_from_being_pulled(hub: Hub, taxii: Any) -> None:
    server, _, _ = taxii
    with serving(Server([report()])) as other:
        _source(other.url("/taxii2/"), "Other")
        server.good_pages = 0
        lines = list(commands.pull(None))
    assert [ok for _, ok in lines] == [False, True, True]
    assert lines[-1][0] == "fetched 1 stored 1 updated 0 duplicate 0 quarantined 0"


def test_a_password_goes_to_the_source_and_into_no_sentence(hub: Hub, taxii: Any) -> None:
    server, running, _source_without = taxii
    secret = "correct-horse-battery"
    source = _source(running.url("/taxii2/"), "Closed", username="kim", password=secret)
    server.good_pages, server.fault = 0, Reply({"title": f"wrong password {secret}"}, 401)
    with pytest.raises(PullFailed) as failed:
        _pull(source)
    assert any("authorization" in request.headers for request in running.requests)
    fresh()
    told = [str(failed.value), sources.find(source.id).health, *(run.outcome for run in sources.runs_of(source.id))]
    assert not any(secret in line for line in told)


def test_a_late_older_version_and_a_newer_one_arrive_over_two_pulls(hub: Hub, taxii: Any) -> None:
    server, _running, source = taxii
    first = report(name="First")
    server.honest.add([newer(first, LATE, name="Second")])
    _pull(source)
    server.honest.add([first])
    assert _pull(source).updated == 1
    titles = {row.stix_id: row.item_id for row in hub.rows(Provenance)}
    assert next(item for item in hub.rows(Item) if item.id == titles[first["id"]]).title == "Second"


@pytest.mark.real_data
def test_real_files_come_whole_from_the_reference_server(hub: Hub, tmp_path: Path) -> None:
    try:
        python = medallion.interpreter()
    except medallion.NoMedallion as why:
        pytest.skip(str(why))
    file = REAL_DATA / "stix" / "unit42-report_REvil_SupplyChain_Attack_Kaseya.json"
    objects = json.loads(file.read_text())["objects"]
    with medallion.serving(python, tmp_path, objects) as home:
        source = _source(f"{home}/taxii2/", username=medallion.USER, password=medallion.PASSWORD)
        outcome = _pull(source)
        assert outcome.fetched == len(objects)
        assert outcome.stored == len({obj["id"] for obj in objects})
        again = _pull(source)
        assert (again.stored, again.updated) == (0, 0)
