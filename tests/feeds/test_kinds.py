"""CSAF, RSS, KEV and MISP keep the contract of every connector, each by the ways in which it is served."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feeds.contract import Endpoint
from tests.feeds.contract import ConnectorContract, Serve, ServeRaw
from tests.feeds.dialects import CSAF, KEV, MISP, RSS, Member, encoded
from tests.feeds.documents import kev_list, manifest, rolie, rss
from tests.feeds.misp_server import misp_feed
from tests.feeds.samples import moment
from tests.feeds.servers import Reply, Request, serving

_counts = itertools.count()


def _file_at(folder: Path) -> ServeRaw:
    @contextmanager
    def at(raw: bytes) -> Iterator[Endpoint]:
        file = folder / f"{next(_counts)}.dat"
        file.write_bytes(raw)
        yield Endpoint(str(file))

    return at


@contextmanager
def _on_the_web(raw: bytes) -> Iterator[Endpoint]:
    with serving(lambda _: Reply(raw)) as server:
        yield Endpoint(server.url("/feed"), allow_private=True)


class TestAFolderOfCsafKeepsTheContract(ConnectorContract):
    kind, dialect = "csaf", CSAF

    @pytest.fixture
    def serve_raw(self, tmp_path: Path) -> ServeRaw:
        return _file_at(tmp_path)

    @pytest.fixture
    def serve(self, tmp_path: Path) -> Serve:
        @contextmanager
        def at(members: list[Member]) -> Iterator[Endpoint]:
            folder = tmp_path / f"folder{next(_counts)}"
            folder.mkdir()
            for place, member in enumerate(members):
                (folder / f"{place:03}.json").write_bytes(encoded(member))
            yield Endpoint(str(folder))

        return at


class TestARolieFeedKeepsTheContract(ConnectorContract):
    kind, dialect = "csaf", CSAF

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        return _on_the_web

    @pytest.fixture
    def serve(self) -> Serve:
        @contextmanager
        def at(members: list[Member]) -> Iterator[Endpoint]:
            entries = [(f"HN-{n}", f"/documents/{n}", moment(n)) for n in range(len(members))]

            def answer(request: Request) -> Reply:
                if request.path == "/feed.json":
                    return Reply(rolie(entries[::-1]))
                return Reply(encoded(members[int(request.path.rpartition("/")[2])]))

            with serving(answer) as server:
                yield Endpoint(server.url("/feed.json"), allow_private=True)

        return at


class TestRssKeepsTheContract(ConnectorContract):
    kind, dialect = "rss", RSS

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        return _on_the_web

    @pytest.fixture
    def serve(self, serve_raw: ServeRaw) -> Serve:
        return lambda members: serve_raw(rss([encoded(each) for each in members][::-1]))


class TestKevKeepsTheContract(ConnectorContract):
    kind, dialect = "kev", KEV

    @pytest.fixture
    def serve_raw(self, tmp_path: Path) -> ServeRaw:
        return _file_at(tmp_path)

    @pytest.fixture
    def serve(self, serve_raw: ServeRaw) -> Serve:
        return lambda members: serve_raw(kev_list(members))


class TestAFolderOfMispKeepsTheContract(ConnectorContract):
    kind, dialect = "misp", MISP

    @pytest.fixture
    def serve_raw(self, tmp_path: Path) -> ServeRaw:
        return _file_at(tmp_path)

    @pytest.fixture
    def serve(self, tmp_path: Path) -> Serve:
        @contextmanager
        def at(members: list[Member]) -> Iterator[Endpoint]:
            folder = tmp_path / f"feed{next(_counts)}"
            folder.mkdir()
            listed = manifest(members)
            (folder / "manifest.json").write_text(json.dumps(listed))
            for uuid, member in zip(listed, members, strict=True):
                (folder / f"{uuid}.json").write_bytes(encoded(member))
            yield Endpoint(str(folder))

        return at


class TestAMispFeedOnTheWebKeepsTheContract(ConnectorContract):
    kind, dialect = "misp", MISP

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        return _on_the_web

    @pytest.fixture
    def serve(self) -> Serve:
        @contextmanager
        def at(members: list[Member]) -> Iterator[Endpoint]:
            with serving(misp_feed(members)) as server:
                yield Endpoint(server.url("/feed/"), allow_private=True)

        return at
