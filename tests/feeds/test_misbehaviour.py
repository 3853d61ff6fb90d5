"""Servers that lie, drip, hang and flood: every pull ends soon, with what was good, and with one plain sentence."""

import time
from dataclasses import replace

import pytest

from feeds import opening
from feeds.contract import Endpoint, FeedError, Limits
from tests.feeds.hostile import SECRET
from tests.feeds.misbehaviour import BEHAVIOURS, Behaviour
from tests.feeds.servers import serving


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_a_misbehaving_server_is_survived(behaviour: Behaviour, hasty: Limits) -> None:
    good: set[str] = set()
    ended_with: FeedError | None = None
    cursors: list[str | None] = []
    limits = replace(hasty, page_bytes=8_000_000, max_pages=50, tries=3)

    started = time.monotonic()
    with serving(behaviour.answer()) as server:
        endpoint = Endpoint(server.url("/taxii2/"), "feed", SECRET, allow_private=True)
        try:
            for page in opening.pull("taxii21", endpoint, None, limits):
                good |= {each.id for each in page.objects}
                cursors.append(page.cursor)
                assert not page.bad
        except FeedError as fault:
            ended_with = fault
    took = time.monotonic() - started

    assert len(good) == behaviour.good
    assert (type(ended_with) if ended_with else None) in _kinds(behaviour)
    assert took < 10
    if ended_with:
        assert ended_with.sentence.endswith(".") or "It says:" in ended_with.sentence
        assert SECRET not in ended_with.sentence
        assert ended_with.__context__ is None or ended_with.__suppress_context__


def _kinds(behaviour: Behaviour) -> set[type[FeedError] | None]:
    if behaviour.ends_with is None:
        return {None}
    return {behaviour.ends_with, *behaviour.ends_with.__subclasses__()}


def test_other_families_than_those_of_servers_are_all_there() -> None:
    families = {behaviour.name.split()[0] for behaviour in BEHAVIOURS}

    assert families == {"F2", "F4", "F5", "F6", "F7", "F16"}
