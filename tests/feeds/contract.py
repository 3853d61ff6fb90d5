"""What every connector must do: inherit from ConnectorContract and say how its source is served."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from feeds import opening
from feeds.contract import BadObject, Endpoint, FeedError, Limits, Page, StixObject
from tests.feeds.hostile import BAD_OBJECTS, NOT_STIX, SECRET, STRANGE_OBJECTS
from tests.feeds.samples import bundle, indicator

Member = bytes | dict[str, Any]
# Serves objects (bytes are sent as they are), or one whole document, for the length of a with-block.
Serve = Callable[[list[Member]], AbstractContextManager[Endpoint]]
ServeRaw = Callable[[bytes], AbstractContextManager[Endpoint]]


def taken(pages: Iterator[Page]) -> tuple[list[StixObject], list[BadObject]]:
    """Return everything a pull yields."""
    objects: list[StixObject] = []
    bad: list[BadObject] = []
    for page in pages:
        objects += page.objects
        bad += page.bad
    return objects, bad


def bundle_of(members: list[Member]) -> bytes:
    """Return a bundle of objects as bytes."""
    raw = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in members]
    frame = json.dumps(bundle(["HERE"])).encode()
    return frame.replace(b'"HERE"', b", ".join(raw))


class ConnectorContract:
    """The promises of feeds.contract, tried on one kind of source."""

    kind: str

    @pytest.fixture
    def serve(self) -> Serve:
        raise NotImplementedError

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        raise NotImplementedError

    def test_objects_come_oldest_first(self, serve: Serve, quick: Limits) -> None:
        objects: list[Member] = [indicator(n) for n in range(25)]

        with serve(objects) as endpoint:
            found, bad = taken(opening.pull(self.kind, endpoint, None, replace(quick, page_size=10)))

        assert [each.id for each in found] == [indicator(n)["id"] for n in range(25)]
        assert not bad

    def test_the_text_is_the_object_that_was_sent(self, serve: Serve, quick: Limits) -> None:
        sent = indicator(1, name="Blåbær ☃ \U0001f600", x_own={"a": [1, 2.5, None, True]})

        with serve([sent]) as endpoint:
            (found,), _ = taken(opening.pull(self.kind, endpoint, None, quick))

        assert json.loads(found.text) == sent == found.data
        assert (found.id, found.type, found.modified) == (sent["id"], "indicator", sent["modified"])

    def test_each_page_holds_a_cursor_that_resumes_after_it(self, serve: Serve, quick: Limits) -> None:
        limits = replace(quick, page_size=10, overlap=0)
        with serve([indicator(n) for n in range(35)]) as endpoint:
            pages = [page for page in opening.pull(self.kind, endpoint, None, limits) if page.objects]
            assert len(pages) == 4
            for place, page in enumerate(pages[:-1], 1):
                rest, _ = taken(opening.pull(self.kind, endpoint, page.cursor, limits))
                expected = [each.id for later in pages[place:] for each in later.objects]
                assert [each.id for each in rest] == expected

    def test_pulling_twice_brings_the_same_ids_and_texts(self, serve: Serve, quick: Limits) -> None:
        with serve([indicator(n) for n in range(25)]) as endpoint:
            first, _ = taken(opening.pull(self.kind, endpoint, None, quick))
            second, _ = taken(opening.pull(self.kind, endpoint, None, quick))

        assert [(each.id, each.modified, each.text) for each in first] == [
            (each.id, each.modified, each.text) for each in second
        ]

    def test_a_cursor_that_cannot_be_read_begins_anew(self, serve: Serve, quick: Limits) -> None:
        with serve([indicator(1)]) as endpoint:
            for cursor in (
                "",
                "nonsense",
                "[]",
                '{"bundle": 1, "taxii21": 1}',
                "[" * 100_000,
                '{"taxii21": {"/": "x"}}',
            ):
                found, _ = taken(opening.pull(self.kind, endpoint, cursor, quick))
                assert len(found) == 1

    @pytest.mark.parametrize("name", BAD_OBJECTS)
    def test_a_bad_object_is_refused_alone_and_reported(self, serve: Serve, quick: Limits, name: str) -> None:
        raw = BAD_OBJECTS[name]

        with serve([indicator(1), raw, indicator(2)]) as endpoint:
            found, bad = taken(opening.pull(self.kind, endpoint, None, quick))

        assert {each.id for each in found} == {indicator(1)["id"], indicator(2)["id"]}
        (refused,) = bad
        assert refused.reason
        assert refused.raw == raw[: quick.object_bytes]

    def test_many_bad_objects_leave_every_good_one(self, serve: Serve, quick: Limits) -> None:
        mixed: list[Member] = [part for n, raw in enumerate(BAD_OBJECTS.values()) for part in (indicator(n), raw)]

        with serve(mixed) as endpoint:
            found, bad = taken(opening.pull(self.kind, endpoint, None, quick))

        assert (len(found), len(bad)) == (len(BAD_OBJECTS), len(BAD_OBJECTS))

    @pytest.mark.parametrize("name", STRANGE_OBJECTS)
    def test_a_strange_but_sound_object_is_taken(self, serve: Serve, quick: Limits, name: str) -> None:
        with serve([STRANGE_OBJECTS[name]]) as endpoint:
            found, bad = taken(opening.pull(self.kind, endpoint, None, quick))

        assert [each.data for each in found] == [STRANGE_OBJECTS[name]]
        assert not bad

    @pytest.mark.parametrize("name", NOT_STIX)
    def test_what_is_not_stix_is_refused_in_one_plain_sentence(
        self, serve_raw: ServeRaw, quick: Limits, name: str
    ) -> None:
        with serve_raw(NOT_STIX[name]) as endpoint, pytest.raises(FeedError) as refused:
            taken(opening.pull(self.kind, endpoint, None, quick))

        sentence = refused.value.sentence
        assert sentence.endswith(".")
        assert len(sentence) < 200
        assert "Traceback" not in sentence
        assert "sign in" not in sentence

    def test_more_bytes_than_agreed_are_never_taken(self, serve_raw: ServeRaw, quick: Limits) -> None:
        limits = replace(quick, page_bytes=20_000)
        raw = bundle_of([indicator(n) for n in range(100)])

        with serve_raw(raw) as endpoint, pytest.raises(FeedError) as refused:
            taken(opening.pull(self.kind, endpoint, None, limits))

        assert "larger than" in refused.value.sentence or "more than" in refused.value.sentence

    def test_an_object_above_the_limit_is_refused_by_itself(self, serve: Serve, quick: Limits) -> None:
        limits = replace(quick, object_bytes=2_000)
        with serve([indicator(1), indicator(2, description="x" * 3_000), indicator(3)]) as endpoint:
            found, bad = taken(opening.pull(self.kind, endpoint, None, limits))

        assert len(found) == 2
        assert "larger than 2,000 bytes" in bad[0].reason
        assert len(bad[0].raw) == 2_000

    def test_a_flood_of_bad_objects_ends_the_pull(self, serve: Serve, quick: Limits) -> None:
        limits = replace(quick, max_bad_objects=5)
        with serve([*[b"0"] * 50]) as endpoint, pytest.raises(FeedError, match="had to be refused"):
            taken(opening.pull(self.kind, endpoint, None, limits))

    def test_no_error_holds_the_password(self, serve_raw: ServeRaw, quick: Limits) -> None:
        with serve_raw(NOT_STIX["F16 a web page"]) as endpoint:
            signed_in = replace(endpoint, username="feed", password=SECRET)
            with pytest.raises(FeedError) as refused:
                taken(opening.pull(self.kind, signed_in, None, quick))

        assert SECRET not in repr(signed_in)
        assert SECRET not in str(refused.value) + repr(refused.value.__cause__) + repr(refused.value.__context__)

    def test_its_door_says_in_one_sentence_what_is_there(self, serve: Serve, quick: Limits) -> None:
        with serve([indicator(1)]) as endpoint:
            assert opening.test(self.kind, endpoint, quick).endswith(".")
