"""Bundles: the contract, files, folders, web addresses, and resuming in the middle."""

import itertools
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from feeds import bundle, opening
from feeds.contract import AddressRefused, Endpoint, FeedError, Limits, NotStix, SourceUnreachable
from tests.feeds.contract import ConnectorContract, Serve, ServeRaw, taken
from tests.feeds.dialects import bundle_of
from tests.feeds.hostile import NOT_STIX
from tests.feeds.samples import indicator, without
from tests.feeds.servers import Reply, serving


class TestBundleKeepsTheContract(ConnectorContract):
    kind = "bundle"

    @pytest.fixture
    def serve_raw(self, tmp_path: Path) -> ServeRaw:
        count = itertools.count()

        @contextmanager
        def at(raw: bytes) -> Iterator[Endpoint]:
            file = tmp_path / f"{next(count)}.json"
            file.write_bytes(raw)
            yield Endpoint(str(file))

        return at

    @pytest.fixture
    def serve(self, serve_raw: ServeRaw) -> Serve:
        return lambda members: serve_raw(bundle_of(members))


class TestBundleOverTheWebKeepsTheContract(ConnectorContract):
    kind = "bundle"

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        @contextmanager
        def at(raw: bytes) -> Iterator[Endpoint]:
            with serving(lambda _: Reply(raw, headers={"Content-Type": "application/json"})) as server:
                yield Endpoint(server.url("/feed.json"), allow_private=True)

        return at

    @pytest.fixture
    def serve(self, serve_raw: ServeRaw) -> Serve:
        return lambda members: serve_raw(bundle_of(members))


def _ids(path: Path | str, limits: Limits, cursor: str | None = None) -> list[str]:
    found, _ = taken(opening.pull("bundle", Endpoint(str(path)), cursor, limits))
    return [each.id for each in found]


@pytest.mark.parametrize(
    "shape", ["bundle", "bare list", "envelope", "one object", "byte order mark", "indented", "nothing in it"]
)
def test_what_counts_as_a_bundle(shape: str, tmp_path: Path, quick: Limits) -> None:
    objects = [indicator(1), indicator(2)]
    text = {
        "bundle": bundle_of([*objects]).decode(),
        "bare list": json.dumps(objects),
        "envelope": json.dumps({"objects": objects}),
        "one object": json.dumps(objects[0]),
        "byte order mark": "\ufeff" + bundle_of([*objects]).decode(),
        "indented": json.dumps({"objects": objects}, indent=4),
        "nothing in it": json.dumps({"type": "bundle", "id": "bundle--1"}),
    }[shape]
    file = tmp_path / "a.json"
    file.write_text(text, "utf-8")

    assert len(_ids(file, quick)) == {"one object": 1, "nothing in it": 0}.get(shape, 2)


def test_the_oldest_comes_first_whatever_the_order_in_the_file(tmp_path: Path, quick: Limits) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(bundle_of([indicator(n) for n in (5, 1, 4, 2, 3)]))

    assert _ids(file, quick) == [indicator(n)["id"] for n in (1, 2, 3, 4, 5)]


def test_a_file_address_with_blanks_is_read(tmp_path: Path, quick: Limits) -> None:
    file = tmp_path / "our feed.json"
    file.write_bytes(bundle_of([indicator(1)]))

    assert len(_ids(file.as_uri(), quick)) == 1


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path, quick: Limits) -> None:
    for name, number in [("b.json", 2), ("a.stix2", 1), ("c.stix", 3), (".hidden.json", 4), ("notes.txt", 5)]:
        (tmp_path / name).write_bytes(bundle_of([indicator(number)]))
    (tmp_path / "folder.json").mkdir()

    assert _ids(tmp_path, quick) == [indicator(n)["id"] for n in (1, 2, 3)]


def test_one_bad_file_costs_only_itself_and_is_named(tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "a.json").write_bytes(bundle_of([indicator(1)]))
    for number, raw in enumerate(NOT_STIX.values()):
        (tmp_path / f"b{number:02}.json").write_bytes(raw)
    (tmp_path / "c.json").write_bytes(bundle_of([indicator(2), b"7"]))

    found, bad = taken(opening.pull("bundle", Endpoint(str(tmp_path)), None, quick))

    assert [each.id for each in found] == [indicator(n)["id"] for n in (1, 2)]
    assert [each.reason.split(":")[0] for each in bad] == [f"b{n:02}.json" for n in range(len(NOT_STIX))] + ["c.json"]


def test_a_folder_resumes_in_the_middle_of_a_file(tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "a.json").write_bytes(bundle_of([indicator(n) for n in range(10)]))
    (tmp_path / "b.json").write_bytes(bundle_of([indicator(n) for n in range(10, 35)]))
    limits = replace(quick, page_size=10)
    pages = [page for page in opening.pull("bundle", Endpoint(str(tmp_path)), None, limits) if page.objects]

    assert _ids(tmp_path, limits, pages[1].cursor) == [indicator(n)["id"] for n in range(20, 35)]


def test_a_file_that_changed_since_is_read_from_its_beginning(tmp_path: Path, quick: Limits) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(bundle_of([indicator(n) for n in range(20)]))
    first = next(iter(opening.pull("bundle", Endpoint(str(file)), None, replace(quick, page_size=10))))
    file.write_bytes(bundle_of([indicator(n) for n in range(21)]))

    assert len(_ids(file, quick, first.cursor)) == 21


def test_a_second_pull_shows_everything_again_unless_only_changes_are_asked_for(tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "a.json").write_bytes(bundle_of([indicator(1)]))
    (tmp_path / "b.json").write_bytes(bundle_of([indicator(2)]))
    endpoint = Endpoint(str(tmp_path))
    *_, last = opening.pull("bundle", endpoint, None, quick)

    assert len(_ids(tmp_path, quick, last.cursor)) == 2
    assert taken(bundle.pull_changed(endpoint, last.cursor, quick)) == ([], [])
    (tmp_path / "b.json").write_bytes(bundle_of([indicator(2), indicator(3)]))
    found, _ = taken(bundle.pull_changed(endpoint, last.cursor, quick))
    assert len(found) == 2


def test_a_bundle_of_stix_20_comes_out_as_21(tmp_path: Path, quick: Limits) -> None:
    old = without(indicator(1), "spec_version", "pattern_type", "indicator_types") | {"labels": ["malicious-activity"]}
    (tmp_path / "a.json").write_bytes(bundle_of([old]))

    (found,), _ = taken(opening.pull("bundle", Endpoint(str(tmp_path)), None, quick))

    assert json.loads(found.text)["spec_version"] == "2.1"
    assert found.data["indicator_types"] == ["malicious-activity"]


@pytest.mark.parametrize(
    "path", ["/nowhere/at-all.json", "", "/dev/zero", "\0", "file://elsewhere/a.json", "ftp://x/a"]
)
def test_a_path_that_leads_nowhere_is_refused_plainly(path: str, quick: Limits) -> None:
    with pytest.raises((SourceUnreachable, AddressRefused)) as refused:
        _ids(path, quick)

    assert refused.value.permanent


def test_a_pipe_is_not_waited_for(tmp_path: Path, quick: Limits) -> None:
    os.mkfifo(tmp_path / "a.json")

    with pytest.raises(SourceUnreachable):
        _ids(tmp_path / "a.json", quick)


def test_an_empty_folder_is_said(tmp_path: Path, quick: Limits) -> None:
    with pytest.raises(SourceUnreachable, match="no STIX file"):
        _ids(tmp_path, quick)


def test_a_page_that_redirects_is_refused(quick: Limits) -> None:
    with serving(lambda _: Reply(status=302, headers={"Location": "/other"})) as server, pytest.raises(FeedError):
        taken(opening.pull("bundle", Endpoint(server.url("/feed.json"), allow_private=True), None, quick))


def test_a_web_page_instead_of_a_bundle_is_refused(quick: Limits) -> None:
    with serving(lambda _: Reply(NOT_STIX["F16 a web page"])) as server, pytest.raises(NotStix, match="web page"):
        taken(opening.pull("bundle", Endpoint(server.url("/feed.json"), allow_private=True), None, quick))


def test_trying_a_folder_counts_what_can_be_read(tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "a.json").write_bytes(bundle_of([indicator(1), indicator(2)]))
    (tmp_path / "b.json").write_bytes(b"<html>")

    sentence = opening.test("bundle", Endpoint(str(tmp_path)), quick)

    assert sentence == "1 bundle with 2 objects to read; 1 more cannot be read."
