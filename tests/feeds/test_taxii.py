"""TAXII 2.1: the contract, the ways to name a source, paging, and what is asked of the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from feeds import opening
from feeds.contract import (
    AddressRefused,
    Endpoint,
    FeedError,
    Limits,
    SourceLied,
    SourceRefused,
)
from tests.feeds.contract import ConnectorContract, Serve, ServeRaw, taken
from tests.feeds.dialects import Member
from tests.feeds.hostile import SECRET
from tests.feeds.samples import indicator
from tests.feeds.servers import TAXII, HonestTaxii, LoopbackServer, Reply, Request, serving


@contextmanager
def pulling(honest: HonestTaxii, path: str = "/taxii2/") -> Iterator[tuple[LoopbackServer, Endpoint]]:
    with serving(honest) as server:
        yield server, Endpoint(server.url(path), "feed", SECRET, allow_private=True)


class TestTaxiiKeepsTheContract(ConnectorContract):
    kind = "taxii21"

    @pytest.fixture
    def serve(self) -> Serve:
        @contextmanager
        def at(members: list[Member]) -> Iterator[Endpoint]:
            with serving(HonestTaxii(members)) as server:
                yield Endpoint(server.url("/taxii2/"), allow_private=True)

        return at

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        @contextmanager
        def at(raw: bytes) -> Iterator[Endpoint]:
            honest = HonestTaxii()
            with serving(
                lambda request: Reply(raw) if request.path == honest.objects_path else honest(request)
            ) as server:
                yield Endpoint(server.url("/taxii2/"), allow_private=True)

        return at


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    "path",
    [
        "/taxii2",
        "/taxii2/hub",
        "/taxii2/hub/collections",
        f"/taxii2/hub/collections/{HonestTaxii.collection}",
        f"/taxii2/hub/collections/{HonestTaxii.collection}/objects",
    ],
)
def test_a_source_may_be_named_by_discovery_root_or_collection(path: str, slash: str, quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(1)]), path + slash) as (_, endpoint):
        found, _ = taken(opening.pull("taxii21", endpoint, None, quick))

    assert [each.id for each in found] == [indicator(1)["id"]]


@pytest.mark.parametrize("uses_next", [True, False])
def test_every_object_of_many_pages_arrives(uses_next: bool, quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(n) for n in range(95)], page=10, uses_next=uses_next)) as (_, endpoint):
        found, _ = taken(opening.pull("taxii21", endpoint, None, quick))

    assert {each.id for each in found} == {indicator(n)["id"] for n in range(95)}


def test_a_second_pull_asks_only_for_what_came_since_with_five_minutes_of_overlap(quick: Limits) -> None:
    honest = HonestTaxii([indicator(n) for n in range(1000)])
    with pulling(honest) as (server, endpoint):
        *_, last = opening.pull("taxii21", endpoint, None, quick)
        honest.add([indicator(5000)])
        server.requests.clear()
        found, _ = taken(opening.pull("taxii21", endpoint, last.cursor, quick))

    assert found[-1].id == indicator(5000)["id"]
    assert len(found) == 301
    asked = [request.query for request in server.requests if "limit" in request.query]
    assert asked == [{"limit": "1000", "added_after": "2026-01-01T00:11:39.000000Z"}]


def test_next_is_never_mixed_with_a_date_of_the_headers(quick: Limits) -> None:
    honest = HonestTaxii([indicator(n) for n in range(50)], page=10)
    with pulling(honest) as (server, endpoint):
        first = next(iter(opening.pull("taxii21", endpoint, None, quick)))
        server.requests.clear()
        taken(opening.pull("taxii21", endpoint, first.cursor, replace(quick, overlap=0)))

    asked = [request.query for request in server.requests if "limit" in request.query]
    assert {query["added_after"] for query in asked} == {"2026-01-01T00:00:09.000000Z"}
    assert [query.get("next") for query in asked] == [None, "10", "20", "30"]
    assert {query["limit"] for query in asked} == {"1000"}


def test_the_server_is_asked_in_its_own_media_type_and_with_our_credentials(quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(1)])) as (server, endpoint):
        taken(opening.pull("taxii21", endpoint, None, quick))

    assert {request.headers["accept"] for request in server.requests} == {TAXII}
    assert {request.headers["authorization"] for request in server.requests} == {
        "Basic ZmVlZDpjb3JyZWN0LWhvcnNlLWJhdHRlcnk="
    }
    assert all("cookie" not in request.headers for request in server.requests)


def test_the_cursor_keeps_the_servers_date_word_for_word(quick: Limits) -> None:
    honest = HonestTaxii([indicator(1)])
    honest.rows = [("2026-01-01T00:00:00Z", indicator(1))]
    with pulling(honest) as (_, endpoint):
        *_, last = opening.pull("taxii21", endpoint, None, quick)

    assert '"2026-01-01T00:00:00Z"' in str(last.cursor)


def test_a_cursor_is_kept_for_each_collection_and_only_readable_ones_are_read(quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(1)])) as (server, endpoint):
        *_, last = opening.pull("taxii21", endpoint, None, quick)

    assert list(orjson.loads(last.cursor or "")["taxii21"]) == [f"/taxii2/hub/collections/{HonestTaxii.collection}/"]
    assert not any("52892447" in request.target for request in server.requests)


def test_only_the_collections_that_were_chosen_are_read(quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(1)])) as (_, endpoint):
        found, _ = taken(opening.pull("taxii21", replace(endpoint, collections=("Warnings",)), None, quick))
        with pytest.raises(SourceRefused, match="no collection that we may read"):
            taken(opening.pull("taxii21", replace(endpoint, collections=("Closed", "Unknown")), None, quick))

    assert len(found) == 1


def test_a_collection_may_be_named_by_its_alias(quick: Limits) -> None:
    honest = HonestTaxii([indicator(1)])
    alias = honest.objects_path.replace(honest.collection, "warnings")

    def answer(request: Request) -> Any:
        target = request.target.replace("/warnings/", f"/{honest.collection}/")
        return honest(Request(request.method, target, request.headers))

    with serving(answer) as server:
        endpoint = Endpoint(server.url(alias.removesuffix("objects/")), allow_private=True)
        found, _ = taken(opening.pull("taxii21", endpoint, None, quick))

    assert len(found) == 1
    assert all("/warnings/" in request.path for request in server.requests)


def test_an_api_root_on_another_host_is_never_asked(quick: Limits) -> None:
    with serving(HonestTaxii([indicator(1)])) as elsewhere:
        roots = {"title": "t", "api_roots": [elsewhere.url("/taxii2/hub/")], "default": elsewhere.url("/taxii2/hub/")}
        with serving(lambda _: Reply(roots)) as server:
            endpoint = Endpoint(server.url("/taxii2/"), "feed", SECRET, allow_private=True)
            with pytest.raises(SourceLied, match="enter the address of its API root itself"):
                taken(opening.pull("taxii21", endpoint, None, quick))

        assert not elsewhere.connections


def test_one_api_root_elsewhere_does_not_cost_the_others(quick: Limits) -> None:
    honest = HonestTaxii([indicator(1)])
    roots = {"title": "t", "api_roots": ["https://elsewhere.example/root/", honest.root]}
    with serving(lambda request: Reply(roots) if request.path == "/taxii2/" else honest(request)) as server:
        pages = list(opening.pull("taxii21", Endpoint(server.url("/taxii2/"), allow_private=True), None, quick))

    assert len(pages[0].objects) == 1
    assert "elsewhere.example" in pages[0].notes[0]


@pytest.mark.parametrize(
    "directory",
    [
        [],
        {"title": "t"},
        {"title": "t", "api_roots": "x"},
        {"api_roots": ["/"]},
        {"self": 1, "title": "t", "api_roots": ["/"]},
        {"title": "t", "api_roots": [7, None]},
        {"title": "t", "api_roots": ["javascript:alert(1)"]},
        {"versions": [], "title": "t"},
        {"title": "t", "versions": ["a"], "max_content_length": "x"},
    ],
)
def test_a_directory_that_makes_no_sense_is_refused_plainly(directory: Any, quick: Limits) -> None:
    with serving(lambda _: Reply(directory)) as server, pytest.raises(FeedError) as refused:
        taken(opening.pull("taxii21", Endpoint(server.url("/taxii2/"), allow_private=True), None, quick))

    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "entry", [{}, {"id": "../../secret", "title": "t", "can_read": True, "can_write": False}, 7, None]
)
def test_a_list_of_collections_that_makes_no_sense_is_refused_plainly(entry: Any, quick: Limits) -> None:
    honest = HonestTaxii()
    listing = Reply({"collections": [entry]})
    with serving(lambda request: listing if request.path.endswith("/collections/") else honest(request)) as server:
        with pytest.raises(FeedError):
            taken(opening.pull("taxii21", Endpoint(server.url("/taxii2/"), allow_private=True), None, quick))

        assert not any("secret" in request.path for request in server.requests)


def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones(quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(n) for n in range(100)])) as (server, endpoint):
        found, bad = taken(opening.pull("taxii21", endpoint, None, replace(quick, page_bytes=12_000)))

    assert {each.id for each in found} == {indicator(n)["id"] for n in range(100)}
    assert not bad
    assert [request.query["limit"] for request in server.requests if "limit" in request.query][:7] == [
        "1000", "500", "250", "125", "62", "31", "31",
    ]  # fmt: skip


def test_an_object_larger_than_a_page_is_refused_alone_by_way_of_the_manifest(quick: Limits) -> None:
    objects = [indicator(n) for n in range(30)]
    objects[14]["description"] = "x" * 30_000
    with pulling(HonestTaxii(objects)) as (_, endpoint):
        found, bad = taken(opening.pull("taxii21", endpoint, None, replace(quick, page_bytes=12_000)))

    assert {each.id for each in found} == {each["id"] for each in objects} - {objects[14]["id"]}
    assert [(each.stix_id, "larger than 12,000 bytes" in each.reason) for each in bad] == [(objects[14]["id"], True)]


def test_a_server_that_ignores_the_limit_is_committed_in_portions(quick: Limits) -> None:
    honest = HonestTaxii([indicator(n) for n in range(25)])
    with serving(
        lambda request: (
            Reply(
                {"objects": [each for _, each in honest.rows]},
                headers={"X-TAXII-Date-Added-Last": "2026-01-01T00:00:24Z"},
            )
            if request.path == honest.objects_path
            else honest(request)
        )
    ) as server:
        endpoint = Endpoint(server.url("/taxii2/"), allow_private=True)
        pages = list(opening.pull("taxii21", endpoint, None, replace(quick, page_size=10)))

    assert [len(page.objects) for page in pages] == [10, 10, 5]
    assert [("00:00:24Z" in str(page.cursor)) for page in pages] == [False, False, True]


@pytest.mark.parametrize("server_date", ["", "Fri, 31 Dec 9999 23:59:59 GMT", "nonsense"])
def test_a_cursor_in_the_future_is_set_back_and_reported(server_date: str, quick: Limits) -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    honest = HonestTaxii()
    honest.rows = [("9999-12-31T23:59:59.000000Z", indicator(1))]

    def answer(request: Request) -> Any:
        reply = honest(request)
        assert isinstance(reply, Reply)
        return Reply(reply.body, headers=reply.headers | {"Date": server_date})

    with serving(answer) as server:
        endpoint = Endpoint(server.url("/taxii2/"), allow_private=True)
        *_, last = opening.pull("taxii21", endpoint, None, replace(quick, now=lambda: now))

    assert "2026-03-01T12:00:00.000000Z" in str(last.cursor)
    assert any("future" in note for note in last.notes)


def test_a_server_whose_clock_is_an_hour_ahead_is_believed(quick: Limits) -> None:
    honest = HonestTaxii()
    honest.rows = [("2026-03-01T13:00:00.000000Z", indicator(1))]

    def answer(request: Request) -> Any:
        reply = honest(request)
        assert isinstance(reply, Reply)
        return Reply(reply.body, headers=reply.headers | {"Date": "Sun, 01 Mar 2026 13:00:05 GMT"})

    with serving(answer) as server:
        endpoint = Endpoint(server.url("/taxii2/"), allow_private=True)
        limits = replace(quick, now=lambda: datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
        *_, last = opening.pull("taxii21", endpoint, None, limits)

    assert "2026-03-01T13:00:00.000000Z" in str(last.cursor)
    assert not last.notes


def test_a_stored_cursor_in_the_future_is_not_asked_with(quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(1)])) as (server, endpoint):
        places = {f"/taxii2/hub/collections/{HonestTaxii.collection}/": "9999-01-01T00:00:00Z"}
        cursor = orjson.dumps({"taxii21": places}).decode()
        limits = replace(quick, now=lambda: datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
        (page,) = opening.pull("taxii21", endpoint, cursor, limits)

    assert len(page.objects) == 1
    assert page.notes
    assert not any("9999" in request.target for request in server.requests)


def test_a_source_with_nothing_new_yields_one_empty_page_with_its_cursor(quick: Limits) -> None:
    with pulling(HonestTaxii()) as (_, endpoint):
        (page,) = opening.pull("taxii21", endpoint, None, quick)

    assert (page.objects, page.bad, page.cursor) == ([], [], '{"taxii21": {}}')


def test_an_address_with_a_query_is_refused(quick: Limits) -> None:
    with pytest.raises(AddressRefused):
        taken(opening.pull("taxii21", Endpoint("https://example.org/taxii2/?key=1"), None, quick))


def test_trying_a_source_names_what_can_be_read(quick: Limits) -> None:
    with pulling(HonestTaxii([indicator(1)])) as (_, endpoint):
        assert opening.test("taxii21", endpoint, quick) == "TAXII 2.1 answers; 1 to read: Warnings."
