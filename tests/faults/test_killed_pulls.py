"""A pull killed at any step: what is stored is whole, and the next pull ends as if nothing had happened."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from tests import factories
from tests.advisories.stix_objects import LATE, Feed, Stix, definition, indicator, made, newer, relationship, report
from tests.faults.killing import killed_at, steps_of
from tests.sizes import SIZES, TIER
from warp_hub import db
from warp_hub.advisories import intake
from warp_hub.advisories.models import Advisory, Provenance, Quarantined, Source, SourceRun
from warp_hub.sharing.models import Decision, Indicator, Item, ItemVersion, Reference
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")
PAGE = 12
LIMITS = replace(intake.STANDARD_LIMITS, page_size=PAGE)
STEPS_TRIED = 8


@pytest.mark.parametrize("trusted", [True, False])
def test_a_pull_killed_at_any_step_leaves_whole_pages_and_the_next_one_completes_it(
    tmp_path: Path, trusted: bool
) -> None:
    objects = _objects()
    warp = factories.warp()
    factories.coordinator(warp)
    untouched = _feed(tmp_path, warp, trusted, objects)
    steps = steps_of(lambda: _pull(untouched))
    expected = _state(untouched)
    for step in _chosen(steps):
        feed = _feed(tmp_path, warp, trusted, objects)
        assert killed_at(step, lambda feed=feed: _pull(feed)), step
        _assert_whole(feed, trusted)
        _pull(feed)
        assert _state(feed) == expected, step
        assert _pull(feed).stored == 0


def test_a_pull_killed_twice_and_more_still_completes(tmp_path: Path) -> None:
    objects, warp = _objects(), factories.warp()
    factories.coordinator(warp)
    untouched = _feed(tmp_path, warp, True, objects)
    steps = steps_of(lambda: _pull(untouched))
    feed = _feed(tmp_path, warp, True, objects)
    deaths = sum(killed_at(steps // 4, lambda: _pull(feed)) for _ in range(5))
    assert deaths >= 2
    _pull(feed)
    assert _state(feed) == _state(untouched)


def test_the_lock_of_a_killed_pull_dies_with_it_and_its_run_is_said_to_be_interrupted(tmp_path: Path) -> None:
    feed = _feed(tmp_path, factories.warp(), True, _objects())
    assert killed_at(30, lambda: _pull(feed))
    _pull(feed)
    runs = db.session.scalars(select(SourceRun).order_by(SourceRun.started_at)).all()
    assert [run.ok for run in runs] == [False, True]
    assert "interrupted" in runs[0].outcome


def _objects() -> list[Stix]:
    """Return three pages: links before their ends, a report that tightens what came long before it, bad ones."""
    statement = definition()
    addresses = [indicator(modified=f"2026-01-{day:02}T00:00:00Z") for day in range(1, 11)]
    malware = made("malware", name="M", is_family=True, modified="2026-01-03T12:00:00Z")
    links = [relationship(one, "indicates", malware, modified="2026-01-02T00:00:00Z") for one in addresses[:6]]
    early = report(*addresses[:2], name="Early", modified="2026-01-02T12:00:00Z")
    held = report(name="Held", marking=statement["id"], modified="2026-01-05T12:00:00Z")
    tight = report(*addresses[4:], malware, marking=Marking.AMBER, modified=LATE, labels=["severity:critical"])
    red = report(addresses[3], marking=Marking.RED, modified=LATE)
    changed = newer(early, LATE, name="Early, changed", object_refs=[addresses[9]["id"]])
    late = {**statement, "created": "2026-02-02T00:00:00Z"}
    bad = [{"type": "indicator", "id": "indicator--nonsense"}, {**addresses[0], "name": "Another content"}]
    return [*addresses, malware, *links, early, held, tight, red, changed, late, *bad]


def _feed(folder: Path, warp: Any, trusted: bool, objects: list[Stix]) -> Feed:
    return Feed(folder, warp, trusted=trusted).offers(*objects)


def _pull(feed: Feed) -> intake.Outcome:
    return intake.pull_source(feed.source.id, limits=LIMITS)


def _chosen(steps: int) -> list[int]:
    """Return every step where the tier has the time, else some of them spread over all."""
    if SIZES.kills_per_step > 1 or TIER == "proof":
        return list(range(1, steps + 1))
    return sorted({round(1 + place * (steps - 1) / (STEPS_TRIED - 1)) for place in range(STEPS_TRIED)})


def _assert_whole(feed: Feed, trusted: bool) -> None:
    """Say that what is there is whole pages, their cursor, and nothing published before the run's end."""
    db.leave()
    cursor = db.session.scalar(select(Source.cursor).where(Source.id == feed.source.id))
    place = orjson.loads(cursor)["bundle"] if cursor else {"at": None, "finished": False}
    items = _rows(Item, feed)
    run = db.session.scalars(select(SourceRun).where(SourceRun.source_id == feed.source.id)).one_or_none()
    taken = place["at"][2] if place["at"] else (run.fetched if run else 0)
    assert (run.fetched if run else 0) in (taken, len(_objects()))
    assert len(_rows(ItemVersion, feed)) >= len(items)
    if trusted and not place["finished"]:
        assert all(item.published_at is None for item in items)
    parts = db.session.scalar(house_read(select(func.count()).select_from(Provenance), "test"))
    assert (parts or 0) >= len(items)
    db.leave()


def _state(feed: Feed) -> dict[str, Any]:
    """Return all that a pull leaves behind, without ids and times of this hub."""
    db.leave()
    names = {
        row.item_id: row.stix_id for row in db.session.scalars(select(Provenance)) if row.source_id == feed.source.id
    }
    parts: dict[str, Any] = {
        names[item.id]: [
            item.title,
            item.marking.value,
            item.held,
            item.label_assumed,
            item.published_at is not None,
            item.added_at is not None,
            sorted(map(str, item.recipients)),
        ]
        for item in _rows(Item, feed)
    }
    for what in (ItemVersion, Reference, Indicator, Decision):
        for row in _rows(what, feed):
            told = [str(getattr(row, name, "")) for name in ("target", "value", "modified", "choice", "marking")]
            parts[names[row.item_id]].append([what.__name__, *told, getattr(row, "published_at", None) is not None])
    advisories = {row.id for row in _rows(Advisory, feed)}
    aside = select(Quarantined).where(Quarantined.source_id == feed.source.id)
    source = db.session.scalars(select(Source).where(Source.id == feed.source.id)).one()
    found = {
        "items": {name: sorted(map(str, told)) for name, told in parts.items()},
        "warnings": sorted(names[item_id] for item_id in advisories),
        "aside": sorted(str(row.reason) for row in db.session.scalars(house_read(aside, "test"))),
        "unsettled": source.unsettled,
    }
    db.leave()
    return found


def _rows(what: Any, feed: Feed) -> list[Any]:
    statement = select(what)
    if what is not Item:
        statement = statement.join(Item, (what.id if what is Advisory else what.item_id) == Item.id)
    return list(db.session.scalars(house_read(statement.where(Item.originator == feed.source.id), "test")))
