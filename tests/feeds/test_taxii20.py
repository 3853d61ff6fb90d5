"""TAXII 2.0: the contract, its media types, its pages by Range, and STIX 2.0 turned into 2.1 on the way in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from feeds import opening
from feeds.contract import Endpoint, Limits, SourceLied, SourceRefused
from tests.feeds.contract import ConnectorContract, Serve, ServeRaw, taken
from tests.feeds.dialects import Member, bundle_of
from tests.feeds.hostile import SECRET
from tests.feeds.samples import indicator
from tests.feeds.servers import LoopbackServer, Reply, Request, serving

TAXII, STIX = "application/vnd.oasis.taxii+json; version=2.0", "application/vnd.oasis.stix+json; version=2.0"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
ROOT = "/api/"
OBJECTS = f"{ROOT}collections/{COLLECTION}/objects/"


@dataclass
class Honest20:
    """A TAXII 2.0 server by the book, which may leave out how many there are, or ignore what was asked for."""

    members: list[Member]
    says_total: bool = True
    pages: bool = True
    sign: str = "="
    raw: bytes | None = None

    def __call__(self, request: Request) -> Reply:
        about = {"id": COLLECTION, "title": "Warnings", "can_read": True, "can_write": False}
        fixed: dict[str, Any] = {
            "/taxii/": {"title": "Old", "api_roots": [f"http://{request.headers['host']}{ROOT}"]},
            ROOT: {"title": "Root", "versions": ["taxii-2.0"], "max_content_length": 9},
            f"{ROOT}collections/": {"collections": [about, about | {"id": "closed", "can_read": False}]},
            f"{ROOT}collections/{COLLECTION}/": about,
        }
        if request.path in fixed:
            return Reply(fixed[request.path], headers={"Content-Type": TAXII})
        if request.path != OBJECTS:
            return Reply({}, 404)
        return Reply(self.raw, headers={"Content-Type": STIX}) if self.raw is not None else self._page(request)

    def _page(self, request: Request) -> Reply:
        after = request.query.get("added_after", "")
        rows = [row for row in self._dated() if row[0] > after]
        unit, sign, wanted = request.headers["range"].partition(self.sign)
        if not sign:
            return Reply({"title": f"what is {unit}"}, 400, {"Content-Type": TAXII})
        first, last = map(int, wanted.split("-"))
        if first and first >= len(rows):
            return Reply({"title": "no such range"}, 416, {"Content-Type": TAXII})
        shown = rows[first : last + 1] if self.pages else rows
        headers = {"Content-Type": STIX}
        if shown:
            headers["X-TAXII-Date-Added-Last"] = shown[-1][0]
        if self.says_total and self.pages:
            headers["Content-Range"] = f"items {first}-{first + len(shown) - 1}/{len(rows)}"
        return Reply(bundle_of([each for _, each in shown]), 206 if self.pages else 200, headers)

    def _dated(self) -> list[tuple[str, Member]]:
        return [(f"2026-01-01T00:{n // 60:02}:{n % 60:02}.000000Z", each) for n, each in enumerate(self.members)]


@contextmanager
def pulling(honest: Honest20, path: str = "/taxii/") -> Iterator[tuple[LoopbackServer, Endpoint]]:
    with serving(honest) as server:
        yield server, Endpoint(server.url(path), "feed", SECRET, allow_private=True)


class TestTaxii20KeepsTheContract(ConnectorContract):
    kind = "taxii20"

    @pytest.fixture
    def serve(self) -> Serve:
        @contextmanager
        def at(members: list[Member]) -> Iterator[Endpoint]:
            with pulling(Honest20(members)) as (_, endpoint):
                yield endpoint

        return at

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        @contextmanager
        def at(raw: bytes) -> Iterator[Endpoint]:
            with pulling(Honest20([], raw=raw)) as (_, endpoint):
                yield endpoint

        return at


def test_every_object_arrives_however_the_server_counts_and_however_it_is_named(quick: Limits) -> None:
    members: list[Member] = [indicator(n) for n in range(25)]
    limits = replace(quick, page_size=10)
    servers = (Honest20(members), Honest20(members, says_total=False, sign=" "), Honest20(members, pages=False))
    for honest in servers:
        for path in ("/taxii", ROOT, f"{ROOT}collections/", OBJECTS):
            with pulling(honest, path) as (server, endpoint):
                found, bad = taken(opening.pull("taxii20", endpoint, None, limits))
            assert (len(found), bad) == (25, []), (honest.says_total, path)
    asked = [request.headers["accept"] for request in server.requests]
    assert {TAXII, STIX} >= set(asked)


def test_the_next_pull_asks_for_what_came_since(quick: Limits) -> None:
    honest = Honest20([indicator(n) for n in range(25)])
    with pulling(honest) as (server, endpoint):
        *_, last = opening.pull("taxii20", endpoint, None, quick)
        assert "2026-01-01T00:00:24.000000Z" in str(last.cursor)
        honest.members.append(indicator(25))
        found, _ = taken(opening.pull("taxii20", endpoint, last.cursor, replace(quick, overlap=0)))
    assert len(found) == 1
    assert "added_after" in server.requests[-1].query


def test_what_is_old_comes_in_as_what_is_new(quick: Limits) -> None:
    old = {name: value for name, value in indicator(1).items() if name not in ("spec_version", "pattern_type")}
    with pulling(Honest20([{**old, "labels": ["malicious-activity"]}])) as (_, endpoint):
        (obj,), _ = taken(opening.pull("taxii20", endpoint, None, quick))
    assert (obj.data["spec_version"], obj.data["indicator_types"]) == ("2.1", ["malicious-activity"])


def test_a_server_that_repeats_itself_is_left_with_what_was_good(quick: Limits) -> None:
    def repeats(request: Request) -> Reply:
        if request.path != OBJECTS:
            return honest(request)
        return Reply(bundle_of([indicator(1)]), 206, {"Content-Type": STIX})

    honest = Honest20([])
    with serving(repeats) as server:
        pages = opening.pull("taxii20", Endpoint(server.url(ROOT), allow_private=True), None, quick)
        assert len(next(pages).objects) == 1
        with pytest.raises(SourceLied, match="same page"):
            next(pages)


def test_trying_it_names_what_can_be_read_and_a_closed_one_is_said(quick: Limits) -> None:
    with pulling(Honest20([indicator(1)])) as (_, endpoint):
        assert opening.test("taxii20", endpoint, quick) == "TAXII 2.0 answers; 1 to read: Warnings."
        with pytest.raises(SourceRefused, match="no collection"):
            opening.test("taxii20", replace(endpoint, collections=("Other",)), quick)
