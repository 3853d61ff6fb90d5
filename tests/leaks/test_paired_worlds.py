"""Two worlds, equal but for one item: to whoever may not have it they are the same, byte for byte.

This finds what no canary can: counts, lengths, orders, links to a next page, a letter that goes or does not.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import make_url

from tests import database
from tests.leaks.throwaway import open_hub, own_connections
from tests.sizes import TIER
from warp_hub import clock, db
from warp_hub.db.roles import RoleUrls
from warp_hub.proof import judging, matrix, planted, posting, refusing
from warp_hub.proof.plans import plan_of
from warp_hub.proof.planted import Garden
from warp_hub.proof.walking import Answer, Walker

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("paired worlds")]

LOWER = ("N", "L", "R", "M", "X", "O", "C", "E")
PAGES = ("/", "/advisories", "/warps/here", "/desk", "/desk/warnings", "/desk/sources", "/desk/digest")
PAGES += ("/search?q=Patch", "/search?q=Kestrel", "/search?q=zq7")
WITHIN = ("/advisories", "/desk", "/warps")
FEW = (
    "RED waiting",
    "RED published",
    "GREEN waiting",
    "AMBER to a council",
    "AMBER+STRICT published",
    "GREEN early notice",
    "AMBER support",
    "AMBER note of Elsewhere",
)
ROWS = judging.ROWS if TIER == "proof" else FEW
_PASSING = re.compile(r"(link|token)=[\w.%-]+|boundary=\"[^\"]*\"|--=+\d+==-*")


@dataclass
class World:
    """One of the two: an app on its database."""

    app: Flask
    garden: Garden
    walker: Walker

    def pages(self, viewer: str, *more: str) -> dict[str, Answer]:
        """Return what a viewer is answered by the pages that list, and all they lead to, and by these."""
        with self.walker.looking_up_once():
            followed = {answer.url: answer for answer in self.walker.follow(viewer, PAGES, WITHIN)}
            return followed | {url: self.walker.ask(viewer, url) for url in more}

    def letters(self) -> dict[tuple[str, str, object], list[str]]:
        """Return the digests that go, as their readers see them."""
        with tempfile.TemporaryDirectory() as folder:
            sent = list(posting.send_digests(self.app, self.garden, Path(folder), LOWER))
        return {(one.kind, one.viewer, one.warp): _as_read(one) for one in sent}


def _as_read(letter: posting.Sent) -> list[str]:
    _raw, headers, *parts = letter.readings()
    kept = [line for line in headers.splitlines() if not line.startswith(("Date:", "Message-ID:"))]
    return [_PASSING.sub("", text) for text in (*kept, *parts)]


@dataclass
class Pair:
    """The world without the item, which stays as it is, and the moment at which both are looked at."""

    urls: RoleUrls
    garden: Garden
    moment: datetime
    seen: dict[str, dict[str, Answer]]
    read: dict[tuple[str, str, object], list[str]]


@pytest.fixture(scope="module")
def world(hub_settings: object) -> Iterator[Pair]:
    """Return the world without the item, as everybody saw it."""
    urls = database.clone_database()
    with own_connections():
        open_hub(urls)
        garden = matrix.planting()
        db.disconnect()
    before = _copied(urls)
    with _opened(before, garden) as without, clock.at(moment := clock.now()):
        seen = {viewer: without.pages(viewer) for viewer in LOWER}
        read = without.letters()
    database.drop_database(before)
    yield Pair(urls, garden, moment, seen, read)
    database.drop_database(urls)


def _copied(urls: RoleUrls) -> RoleUrls:
    return database._create(str(make_url(urls.owner).database))


@contextmanager
def _opened(urls: RoleUrls, garden: Garden) -> Iterator[World]:
    with own_connections():
        app = open_hub(urls)
        yield World(app, garden, Walker(app, garden.cast))
        db.disconnect()


@contextmanager
def _with_one_more(pair: Pair, row: str) -> Iterator[tuple[World, str]]:
    """Lend a copy of the world that has one more item, and the id of that."""
    urls = _copied(pair.urls)
    garden = deepcopy(pair.garden)
    with _opened(urls, garden) as other:
        with db.acting("work"):
            of_before = garden.ids.pop(row)
            garden.stix_ids.pop(row)
            planted.plant_row(garden, row, plan_of(row))
            db.session.commit()
            db.leave()
        added = garden.ids[row]
        assert added != of_before
        with clock.at(pair.moment):
            yield other, str(added)
    database.drop_database(urls)


def _lower(row: str) -> list[str]:
    """Return those who may have the item by no outlet, by the tables."""
    tables = (judging.RECEIVED, judging.ON_DESKS, judging.LINKED, judging.TOLD)
    receiving: set[str] = set().union(*(of.get(row, frozenset()) for of in tables))
    return [viewer for viewer in LOWER if viewer not in receiving]


@pytest.mark.parametrize("row", ROWS)
def test_one_more_item_changes_nothing_for_those_who_may_not_have_it(world: Pair, row: str) -> None:
    with _with_one_more(world, row) as (other, added):
        differing: list[Any] = []
        for viewer in _lower(row):
            before, after = world.seen[viewer], other.pages(viewer)
            differing += [(viewer, url) for url in before.keys() ^ after.keys()]
            differing += [
                (viewer, url) for url in before.keys() & after.keys() if not refusing.alike(before[url], after[url])
            ]
            absent = other.walker.ask(viewer, "/advisories/00000000-0000-4000-8000-000000000000")
            refused = other.walker.ask(viewer, f"/advisories/{added}")
            differing += [] if refusing.alike(refused, absent) else [(viewer, refused.url)]
        read = other.letters()
    differing += [letter for letter in world.read.keys() ^ read.keys() if letter[1] in _lower(row)]
    differing += [
        (letter, *(line for line in read[letter] if line not in world.read[letter]))
        for letter in world.read.keys() & read.keys()
        if letter[1] in _lower(row) and read[letter] != world.read[letter]
    ]
    assert differing == []


def test_whoever_may_have_the_item_does_see_a_difference(world: Pair) -> None:
    """The comparison itself is tried: it must not be blind."""
    with _with_one_more(world, "AMBER published") as (other, _added):
        before, after = world.seen["M"], other.pages("M")
        assert not refusing.alike(before["/advisories"], after["/advisories"])
        assert other.letters() != world.read
