"""Hostile documents through the whole intake: no crash, no hang, no growth, and every good object stored."""

import json
import random
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.advisories import hostile_run
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import LATE, made, report
from tests.feeds import hostile_sources
from tests.feeds.hostile import BAD_OBJECTS, NOT_STIX, STRANGE_OBJECTS
from tests.feeds.samples import indicator
from tests.sizes import SIZES
from warp_hub.advisories import intake, quarantine
from warp_hub.advisories.intake import PullFailed
from warp_hub.advisories.models import Advisory, Provenance
from warp_hub.advisories.taking_in import Outcome
from warp_hub.sharing.models import Item

LONGEST, MOST_GROWTH = 60, 200 * 1024
SEED = 20261122


def _document(*objects: bytes) -> bytes:
    return b'{"type": "bundle", "objects": [' + b", ".join(objects) + b"]}"


def _encoded(obj: Any) -> bytes:
    return json.dumps(obj).encode()


def test_every_bad_object_is_put_aside_with_a_reason_and_its_neighbours_arrive(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    pieces = []
    for number, bad in enumerate(BAD_OBJECTS.values()):
        pieces += [_encoded(indicator(number)), bad]
    feed.file.write_bytes(_document(*pieces))
    outcome = intake.pull_source(feed.source.id)
    assert outcome.stored == len(BAD_OBJECTS)
    assert outcome.quarantined == len(BAD_OBJECTS)
    assert all(row.reason and len(row.reason) <= 500 for row in hub.aside(feed))


def test_every_strange_object_is_taken_in_held_or_put_aside_and_none_is_wider_than_it_may_be(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    feed.file.write_bytes(_document(*map(_encoded, STRANGE_OBJECTS.values())))
    outcome = intake.pull_source(feed.source.id)
    assert outcome.fetched == len(STRANGE_OBJECTS)
    assert outcome.quarantined == 1  # the year 9999
    assert outcome.held == 1  # a marking nobody knows
    assert all(item.published_at is None for item in hub.rows(Item) if item.held)
    assert not any("<script" in html for row in hub.rows(Advisory) for html in row.body.values())


@pytest.mark.parametrize("name", NOT_STIX)
def test_what_is_not_stix_is_one_clear_line(hub: Hub, name: str) -> None:
    feed = hub.feed()
    feed.file.write_bytes(NOT_STIX[name])
    with pytest.raises(PullFailed) as failed:
        intake.pull_source(feed.source.id)
    assert "\n" not in str(failed.value)
    assert hub.rows(Item) == []


def test_spoilt_documents_never_crash_hang_or_grow(hub: Hub) -> None:
    spoil = random.Random(SEED)
    feed = hub.feed(trusted=True)
    feed.file.write_bytes(_spoilt(spoil))
    _pull_or_refuse(feed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(SIZES.hostile_documents):
        feed.file.write_bytes(_spoilt(spoil))
        begun = time.monotonic()
        _pull_or_refuse(feed)
        assert time.monotonic() - begun < LONGEST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH
    # What the cheap check lets through is never a surprise to the hub or its database.
    assert not [row.stix_id for row in hub.aside(feed) if row.reason == quarantine.UNSTORABLE]
    good = report(name="The good one")
    hub.pull(feed, good)
    assert good["id"] in {row.stix_id for row in hub.rows(Provenance)}


def test_hostile_sources_of_every_kind_and_family_do_no_harm_and_keep_no_other_waiting(
    hub: Hub, tmp_path: Path
) -> None:
    hostile = hostile_sources.chosen(SIZES.hostile_documents)
    tally = hostile_run.run(hostile, factories.warp().slug, tmp_path, honest_every=20)
    assert tally.is_clean, tally
    assert tally.sources == SIZES.hostile_documents
    assert {source.family for source in hostile} == {f"F{n}" for n in range(1, 19)}


def _pull_or_refuse(feed: Any) -> None:
    try:
        outcome = intake.pull_source(feed.source.id)
    except PullFailed as refused:
        outcome = Outcome()
        lines = str(refused).splitlines()
        assert len(lines) == 1, lines
    assert outcome.fetched == outcome.stored + outcome.updated + outcome.duplicate + outcome.quarantined


def _spoilt(spoil: random.Random) -> bytes:
    """Return a bundle of sound objects of which some carry nonsense, and sometimes broken bytes."""
    objects = [_nonsense(spoil, obj) for obj in _sound(spoil)]
    text = _document(*map(_encoded, objects))
    if spoil.random() < 0.3:
        place = spoil.randrange(len(text))
        text = text[:place] + bytes(spoil.randrange(256) for _ in range(spoil.randrange(8))) + text[place + 3 :]
    return text


def _sound(spoil: random.Random) -> list[dict[str, Any]]:
    things = [indicator(spoil.randrange(500)) for _ in range(3)]
    bare = {"type": "file", "spec_version": "2.1", "id": things[0]["id"].replace("indicator", "file"), "name": "x"}
    group = made("grouping", name="Group", context="x", object_refs=[things[0]["id"]])
    vulnerability = made("vulnerability", name="CVE-2026-1", external_references=[{"source_name": "cve"}])
    return [*things, bare, group, vulnerability, report(*things, modified=spoil.choice([LATE, "2026-02-01T10:00:00Z"]))]


def _nonsense(spoil: random.Random, obj: dict[str, Any]) -> dict[str, Any]:
    values: list[Any] = [
        None, True, -1, 2**53, 1.5e300, "", "\u202e", "x" * 5000, "<script>alert(1)</script>", [], [[]], [None], {},
        {"a": {"b": []}}, ["tlp:red", 7], "2026-02-30T00:00:00Z", "marking-definition--x", [{"marking_ref": []}],
        [{"source_name": 5, "url": "javascript:x"}], "'; DROP TABLE item; --", {"score": "9" * 400}, "[a:b = '",
    ]  # fmt: skip
    names = [*obj, "labels", "object_marking_refs", "granular_markings", "revoked", "lang", "pattern", "hashes"]
    names += ["external_references", "description", "x_cvss", "x_products", "x_warp_hub_embargo_until", "objects"]
    changed = dict(obj)
    for _ in range(spoil.randrange(4)):
        changed[spoil.choice(names)] = spoil.choice(values)
    return changed
