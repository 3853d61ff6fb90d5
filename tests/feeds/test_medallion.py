"""The TAXII connector against the reference server of OASIS, unmodified."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from feeds import opening
from feeds.contract import Endpoint, Limits, SourceRefused
from tests.feeds import medallion
from tests.feeds.contract import taken
from tests.feeds.samples import indicator, stix_id

OBJECTS: list[dict[str, Any]] = [indicator(n) for n in range(250)]


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return medallion.interpreter()
    except medallion.NoMedallion as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def source(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with medallion.serving(python, tmp_path_factory.mktemp("medallion"), OBJECTS) as home:
        yield Endpoint(f"{home}/taxii2/", medallion.USER, medallion.PASSWORD, allow_private=True)


@pytest.mark.parametrize("path", ["/taxii2/", "/root/", f"/root/collections/{medallion.READABLE}/"])
def test_everything_is_pulled_however_the_source_is_named(source: Endpoint, path: str, quick: Limits) -> None:
    endpoint = replace(source, url=source.url.replace("/taxii2/", path))

    pages = list(opening.pull("taxii21", endpoint, None, quick))

    assert [each.id for page in pages for each in page.objects] == [each["id"] for each in OBJECTS]
    assert [len(page.objects) for page in pages] == [100, 100, 50]
    assert not any(page.bad or page.notes for page in pages)


def test_each_page_resumes_and_the_last_cursor_brings_the_overlap_alone(source: Endpoint, quick: Limits) -> None:
    limits = quick
    pages = list(opening.pull("taxii21", source, None, limits))

    middle, _ = taken(opening.pull("taxii21", source, pages[0].cursor, replace(limits, overlap=0)))
    again, _ = taken(opening.pull("taxii21", source, pages[-1].cursor, replace(limits, overlap=30)))

    assert [each.id for each in middle] == [each["id"] for each in OBJECTS[100:]]
    assert [each.id for each in again] == [each["id"] for each in OBJECTS[220:]]
    assert orjson.loads(pages[-1].cursor or "")["taxii21"] == {
        f"/root/collections/{medallion.READABLE}/": "2026-01-01T00:04:09.000000Z"
    }


def test_its_manifest_serves_where_its_pages_are_too_large(source: Endpoint, quick: Limits) -> None:
    limits = replace(quick, page_bytes=2_000, overlap=0)
    cursor = orjson.dumps({"taxii21": {f"/root/collections/{medallion.READABLE}/": "2026-01-01T00:04:05.000000Z"}})

    found, bad = taken(opening.pull("taxii21", source, cursor.decode(), limits))

    assert [each.id for each in found] == [each["id"] for each in OBJECTS[246:]]
    assert not bad


def test_a_wrong_password_is_said(source: Endpoint, quick: Limits) -> None:
    with pytest.raises(SourceRefused, match="did not accept the user name and password") as refused:
        taken(opening.pull("taxii21", replace(source, password="wrong"), None, quick))

    assert refused.value.permanent


def test_a_collection_that_is_not_there_or_closed_is_said(source: Endpoint, quick: Limits) -> None:
    for name in (medallion.CLOSED, stix_id("x", 1).removeprefix("x--")):
        url = source.url.replace("/taxii2/", f"/root/collections/{name}/")
        with pytest.raises(SourceRefused):
            taken(opening.pull("taxii21", replace(source, url=url), None, quick))


def test_trying_the_source_names_its_collection(source: Endpoint, quick: Limits) -> None:
    assert opening.test("taxii21", source, quick) == "TAXII 2.1 answers; 1 to read: Warnings."


@pytest.mark.real_data
def test_real_objects_come_over_medallion_as_they_come_from_their_files(
    python: Path, stix_folder: Path, tmp_path: Path, quick: Limits
) -> None:
    files = ["misp2stix_eset_wintervivern.json", "misp-stix_event2_21.json", "oasis_poisonivy.json"]
    objects = [each for name in files for each in orjson.loads((stix_folder / name).read_bytes())["objects"]]
    unique = list({each["id"]: each for each in objects}.values())
    expected = {
        (each.id, orjson.dumps(each.data, option=orjson.OPT_SORT_KEYS))
        for name in files
        for each in taken(opening.pull("bundle", Endpoint(str(stix_folder / name)), None, quick))[0]
    }

    with medallion.serving(python, tmp_path, unique, page=50) as home:
        endpoint = Endpoint(f"{home}/taxii2/", medallion.USER, medallion.PASSWORD, allow_private=True)
        found, bad = taken(opening.pull("taxii21", endpoint, None, quick))

    assert {(each.id, orjson.dumps(each.data, option=orjson.OPT_SORT_KEYS)) for each in found} == expected
    assert not bad
