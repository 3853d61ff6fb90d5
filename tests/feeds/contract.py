"""What every connector must do: inherit from ConnectorContract, say how its source is served and what it speaks."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from feeds import opening, shape
from feeds.contract import BadObject, Endpoint, FeedError, Limits, Page, StixObject
from tests.feeds.dialects import STIX, Dialect, Member
from tests.feeds.hostile import NOT_STIX, SECRET

# Serves members (bytes are sent as they are), or one whole document, for the length of a with-block.
Serve = Callable[[list[Member]], AbstractContextManager[Endpoint]]
ServeRaw = Callable[[bytes], AbstractContextManager[Endpoint]]

UNREADABLE_CURSORS = (
    "",
    "nonsense",
    "[]",
    '{"bundle": 1, "taxii21": 1, "csaf": 1, "rss": 1, "kev": 1, "misp": 1}',
    "[" * 100_000,
    '{"taxii21": {"/": "x"}, "csaf": {"files": 1, "seen": [], "missed": {}, "updated": "x"}}',
    '{"rss": {"a": ["b", "c"]}, "kev": {"a": 1}, "misp": {"a": ["b", 7]}}',
)


def taken(pages: Iterator[Page]) -> tuple[list[StixObject], list[BadObject]]:
    """Return everything a pull yields."""
    objects: list[StixObject] = []
    bad: list[BadObject] = []
    for page in pages:
        objects += page.objects
        bad += page.bad
    return objects, bad


class ConnectorContract:
    """The promises of feeds.contract, tried on one kind of source."""

    kind: str
    dialect: Dialect = STIX

    @pytest.fixture
    def serve(self) -> Serve:
        raise NotImplementedError

    @pytest.fixture
    def serve_raw(self) -> ServeRaw:
        raise NotImplementedError

    def _pull(self, endpoint: Endpoint, limits: Limits, cursor: str | None = None) -> tuple[list[int], list[BadObject]]:
        """Return which members arrived, in the order of their coming, and what was refused."""
        found, bad = taken(opening.pull(self.kind, endpoint, cursor, limits))
        return self._numbers(found), bad

    def _numbers(self, found: list[StixObject]) -> list[int]:
        return [number for each in found if (number := self.dialect.number(each)) is not None]

    def test_objects_come_oldest_first(self, serve: Serve, quick: Limits) -> None:
        with serve([self.dialect.member(n) for n in range(25)]) as endpoint:
            numbers, bad = self._pull(endpoint, replace(quick, page_size=10))

        assert numbers == list(range(25))
        assert not bad

    def test_the_text_is_the_object_and_the_object_is_sound(self, serve: Serve, quick: Limits) -> None:
        with serve([self.dialect.rich]) as endpoint:
            found, bad = taken(opening.pull(self.kind, endpoint, None, quick))

        assert not bad
        for each in found:
            assert json.loads(each.text) == each.data
            assert (each.id, each.type, each.modified) == (
                each.data["id"],
                each.data["type"],
                each.data.get("modified"),
            )
            assert shape.fault_of(each.data) is None
        assert self.dialect.is_what_was_sent(found, self.dialect.rich)

    def test_each_page_holds_a_cursor_that_resumes_after_it(self, serve: Serve, quick: Limits) -> None:
        limits = replace(quick, page_size=10, overlap=0)
        with serve([self.dialect.member(n) for n in range(35)]) as endpoint:
            pages = [page for page in opening.pull(self.kind, endpoint, None, limits) if page.objects]
            assert len(pages) >= 4
            for place, page in enumerate(pages[:-1], 1):
                rest, _ = self._pull(endpoint, limits, page.cursor)
                assert rest == [n for later in pages[place:] for n in self._numbers(later.objects)]

    def test_pulling_twice_brings_the_same_ids_and_texts(self, serve: Serve, quick: Limits) -> None:
        with serve([self.dialect.member(n) for n in range(25)]) as endpoint:
            first, _ = taken(opening.pull(self.kind, endpoint, None, quick))
            second, _ = taken(opening.pull(self.kind, endpoint, None, quick))

        assert [(each.id, each.modified, each.text) for each in first] == [
            (each.id, each.modified, each.text) for each in second
        ]

    def test_a_cursor_that_cannot_be_read_begins_anew(self, serve: Serve, quick: Limits) -> None:
        with serve([self.dialect.member(1)]) as endpoint:
            for cursor in UNREADABLE_CURSORS:
                assert self._pull(endpoint, quick, cursor)[0] == [1]

    def test_a_bad_object_is_refused_alone_and_reported(self, serve: Serve, quick: Limits) -> None:
        for name, raw in self.dialect.bad.items():
            with serve([self.dialect.member(1), raw, self.dialect.member(2)]) as endpoint:
                numbers, bad = self._pull(endpoint, quick)

            assert sorted(numbers) == [1, 2], name
            assert len(bad) == 1, name
            assert bad[0].reason, name
            assert not self.dialect.keeps_bytes or bad[0].raw == raw[: quick.object_bytes], name

    def test_many_bad_objects_leave_every_good_one(self, serve: Serve, quick: Limits) -> None:
        bad_ones = list(self.dialect.bad.values())
        mixed = [part for n, raw in enumerate(bad_ones) for part in (self.dialect.member(n), raw)]

        with serve(mixed) as endpoint:
            numbers, bad = self._pull(endpoint, quick)

        assert (len(numbers), len(bad)) == (len(bad_ones), len(bad_ones))

    def test_a_strange_but_sound_object_is_taken(self, serve: Serve, quick: Limits) -> None:
        for name, member in self.dialect.strange.items():
            with serve([member]) as endpoint:
                found, bad = taken(opening.pull(self.kind, endpoint, None, quick))

            assert not bad, (name, bad[0].reason)
            assert found, name
            assert self.dialect.is_what_was_sent(found, member), name

    def test_what_is_of_another_kind_is_refused_in_one_plain_sentence(self, serve_raw: ServeRaw, quick: Limits) -> None:
        for name, raw in self.dialect.not_read.items():
            with serve_raw(raw) as endpoint, pytest.raises(FeedError) as refused:
                taken(opening.pull(self.kind, endpoint, None, quick))

            sentence = refused.value.sentence
            assert sentence.endswith("."), name
            assert len(sentence) < 200, name
            assert not {"Traceback", "sign in", "/etc/passwd"} & set(sentence.split()), name

    def test_more_bytes_than_agreed_are_never_taken(self, serve_raw: ServeRaw, quick: Limits) -> None:
        limits = replace(quick, page_bytes=20_000)

        with serve_raw(self.dialect.document(100)) as endpoint, pytest.raises(FeedError) as refused:
            taken(opening.pull(self.kind, endpoint, None, limits))

        assert "larger than" in refused.value.sentence or "more than" in refused.value.sentence

    def test_an_object_above_the_limit_is_refused_by_itself(self, serve: Serve, quick: Limits) -> None:
        limits = replace(quick, object_bytes=2_000)
        with serve([self.dialect.member(1), self.dialect.large(2), self.dialect.member(3)]) as endpoint:
            numbers, bad = self._pull(endpoint, limits)

        assert numbers == [1, 3]
        assert "larger than 2,000 bytes" in bad[0].reason
        assert len(bad[0].raw) == 2_000

    def test_a_flood_of_bad_objects_ends_the_pull(self, serve: Serve, quick: Limits) -> None:
        limits = replace(quick, max_bad_objects=5)
        with serve(self.dialect.flood) as endpoint, pytest.raises(FeedError, match="had to be refused"):
            taken(opening.pull(self.kind, endpoint, None, limits))

    def test_no_error_holds_the_password(self, serve_raw: ServeRaw, quick: Limits) -> None:
        with serve_raw(NOT_STIX["F16 a web page"]) as endpoint:
            signed_in = replace(endpoint, username="feed", password=SECRET)
            with pytest.raises(FeedError) as refused:
                taken(opening.pull(self.kind, signed_in, None, quick))

        assert SECRET not in repr(signed_in)
        assert SECRET not in str(refused.value) + repr(refused.value.__cause__) + repr(refused.value.__context__)

    def test_its_door_says_in_one_sentence_what_is_there(self, serve: Serve, quick: Limits) -> None:
        with serve([self.dialect.member(1)]) as endpoint:
            assert opening.test(self.kind, endpoint, quick).endswith(".")

    def test_what_was_refused_can_be_read_once_more(self, quick: Limits) -> None:
        raw = self.dialect.member(7)
        found = opening.again(self.kind, raw if isinstance(raw, bytes) else json.dumps(raw).encode(), quick)

        assert self._numbers([each for each in found if isinstance(each, StixObject)]) == [7]
