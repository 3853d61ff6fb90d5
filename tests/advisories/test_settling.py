"""The end of a run: who publishes, what goes with a warning, what is early, what is urgent."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import LATE, Feed, Stix, indicator, made, newer, relationship, report
from warp_hub import clock, db
from warp_hub.advisories import intake
from warp_hub.advisories.gathering import behind
from warp_hub.advisories.scopes import house
from warp_hub.background.models import jobs
from warp_hub.sharing import bulk, publishing
from warp_hub.sharing.models import Choice, Decision, Item
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import NOBODY, Marking, Outlet, Viewer

MEMBER = Viewer(uuid4(), True)


def _announced() -> list[str]:
    fresh()
    deferred = select(jobs.c.args).where(jobs.c.task_name == "announce")
    return [args["item_id"] for args in db.session.scalars(deferred)]


def _is_out(item: Item, viewer: Viewer = MEMBER) -> bool:
    return find_visible(Item, item.id, viewer) is not None


def _pass_on(hub: Hub, feed: Feed, warning: Stix) -> None:
    item = hub.item(feed, warning)
    warp = feed.warps[0].id
    bulk.publish_all([*behind(house, item), item.id], to=[warp], passed_by=[warp])
    db.session.commit()


def test_a_trusted_source_passes_on_for_all_its_warps(hub: Hub) -> None:
    first, second = factories.warp(), factories.warp("Westmarch")
    feed, warning = hub.feed(first, second, trusted=True), report(marking=Marking.AMBER)
    hub.pull(feed, warning)
    item = hub.item(feed, warning)
    assert item.recipients == item.passed_by == [first.id, second.id]
    decisions = {(row.keeper, row.choice, row.decided_by) for row in hub.rows(Decision)}
    assert decisions == {(first.id, Choice.PASS_ON, None), (second.id, Choice.PASS_ON, None)}


def test_nothing_of_a_trusted_source_is_out_before_its_run_has_ended(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    feed.offers(*(indicator() for _ in range(1500)))
    seen: list[int] = []

    def look(_outcome: Any) -> None:
        with db.acting("web"):
            seen.append(len(db.session.scalars(select_visible(Item, MEMBER, Outlet.PAGE)).all()))
            db.leave()

    intake.pull_source(feed.source.id, look)
    assert seen[0] == 0
    assert all(item.published_at for item in hub.rows(Item))


def test_a_clear_warning_is_public_where_a_warp_of_the_source_shows_them(hub: Hub) -> None:
    shows = hub.feed(trusted=True)
    hides = hub.feed(factories.warp(settings={"shows_clear_warnings": False}), trusted=True)
    open_one, closed_one = report(marking=Marking.CLEAR), report(marking=Marking.CLEAR)
    hub.pull(shows, open_one)
    hub.pull(hides, closed_one)
    assert find_visible(Item, hub.item(shows, open_one).id, NOBODY, Outlet.PUBLIC)
    assert not find_visible(Item, hub.item(hides, closed_one).id, NOBODY, Outlet.PUBLIC)


def test_what_stands_behind_a_warning_is_what_it_names_and_the_links_between(hub: Hub) -> None:
    feed = hub.feed()
    address, malware, elsewhere = indicator(), made("malware", name="M", is_family=True), indicator()
    link, loose = relationship(address, "indicates", malware), relationship(elsewhere, "indicates", malware)
    other = report(elsewhere)
    group = made("grouping", context="x", object_refs=[malware["id"]])
    warning = report(address, group, other)
    hub.pull(feed, address, malware, elsewhere, link, loose, other, group, warning)
    found = set(behind(house, hub.item(feed, warning)).values())
    assert found == {obj["id"] for obj in (address, group, malware, link)}


def test_cycles_and_dangling_references_end(hub: Hub) -> None:
    feed = hub.feed()
    one = made("note", content="1", object_refs=[f"indicator--{uuid4()}"])
    two = made("note", content="2", object_refs=[one["id"]])
    one["object_refs"].append(two["id"])
    warning = report(one)
    hub.pull(feed, one, two, warning)
    assert set(behind(house, hub.item(feed, warning)).values()) == {one["id"], two["id"]}


def test_what_comes_late_goes_out_with_the_warning_that_was_passed_on(hub: Hub) -> None:
    feed, address, malware = hub.feed(), indicator(), made("malware", name="M", is_family=True)
    unrelated = indicator()
    warning = report(address, malware)
    hub.pull(feed, warning, malware, unrelated)
    _pass_on(hub, feed, warning)
    link = relationship(address, "indicates", malware)
    hub.pull(feed, address, link)
    assert _is_out(hub.item(feed, address))
    assert _is_out(hub.item(feed, link))
    assert not _is_out(hub.item(feed, unrelated))


def test_an_update_of_a_passed_on_warning_reaches_its_readers_and_brings_its_new_parts(hub: Hub) -> None:
    feed, first, second = hub.feed(), indicator(), indicator()
    warning = report(first)
    hub.pull(feed, warning, first)
    _pass_on(hub, feed, warning)
    hub.pull(feed, newer(warning, name="Better", object_refs=[first["id"], second["id"]]), second)
    assert hub.item(feed, warning).title == "Better"
    assert _is_out(hub.item(feed, second))


def test_a_revoked_warning_is_withdrawn_from_everybody_at_once(hub: Hub) -> None:
    feed, warning = hub.feed(trusted=True), report()
    hub.pull(feed, warning)
    assert _is_out(hub.item(feed, warning))
    hub.pull(feed, newer(warning, revoked=True))
    item = hub.item(feed, warning)
    assert item.withdrawn_at is not None
    assert not _is_out(item)
    hub.pull(feed, newer(warning, "2026-05-01T00:00:00Z", name="Back again"))
    assert not _is_out(hub.item(feed, warning))


def test_what_arrives_revoked_waits_for_nobody_and_is_never_published(hub: Hub) -> None:
    feed, trusted = hub.feed(), hub.feed(trusted=True)
    hub.pull(feed, report(revoked=True))
    hub.pull(trusted, report(revoked=True))
    assert hub.rows(Decision) == []
    assert all(item.published_at is None for item in hub.rows(Item))


def _in(hours: int) -> str:
    return (clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_an_early_warning_and_what_stands_behind_it_alone_reach_only_the_coordinators(hub: Hub) -> None:
    warp = factories.warp()
    kim = Viewer(person := factories.coordinator(warp).id, True, red=frozenset({person}))
    feed, alone, shared = hub.feed(warp, trusted=True), indicator(), indicator()
    early = report(alone, shared, x_warp_hub_embargo_until=_in(5), labels=["severity:critical"])
    hub.pull(feed, early, alone, shared, report(shared))
    for obj, for_all in ((early, False), (alone, False), (shared, True)):
        item = hub.item(feed, obj)
        assert _is_out(item) is for_all
        assert _is_out(item, kim)
    assert _announced() == []
    with clock.at(clock.now() + timedelta(hours=6)):
        fresh()
        assert len(publishing.lift_due_embargoes()) == 3  # the shared one as well: its early notice ended at once
        assert _is_out(hub.item(feed, alone))


def test_what_an_open_warning_names_later_is_early_no_more(hub: Hub) -> None:
    feed, shared = hub.feed(trusted=True), indicator()
    hub.pull(feed, report(shared, x_warp_hub_embargo_until=_in(5)), shared)
    assert not _is_out(hub.item(feed, shared))
    hub.pull(feed, report(shared))
    assert _is_out(hub.item(feed, shared))
    before = hub.item(feed, shared).added_at
    assert len(publishing.lift_due_embargoes()) == 1
    db.session.commit()
    assert hub.item(feed, shared).added_at > before


def test_late_parts_of_an_early_warning_are_as_early(hub: Hub) -> None:
    feed, late = hub.feed(), indicator()
    warning = report(late, x_warp_hub_embargo_until=_in(5))
    hub.pull(feed, warning)
    _pass_on(hub, feed, warning)
    hub.pull(feed, late)
    item = hub.item(feed, late)
    assert item.published_at is not None
    assert not _is_out(item)


@pytest.mark.parametrize(("word", "times"), [("critical", 1), ("high", 0)])
def test_an_urgent_warning_is_announced_once_when_it_goes_out(hub: Hub, word: str, times: int) -> None:
    feed, warning = hub.feed(trusted=True), report(labels=[f"severity:{word}"])
    hub.pull(feed, warning)
    hub.pull(feed)
    assert _announced() == [str(hub.item(feed, warning).id)] * times


def test_a_warning_that_becomes_urgent_is_announced(hub: Hub) -> None:
    feed, warning = hub.feed(trusted=True), report()
    hub.pull(feed, warning)
    hub.pull(feed, newer(warning, LATE, x_actively_exploited=True))
    assert _announced() == [str(hub.item(feed, warning).id)]


def test_what_waits_in_a_queue_is_not_announced_before_it_is_passed_on(hub: Hub) -> None:
    feed, warning = hub.feed(), report(labels=["severity:critical"])
    hub.pull(feed, warning)
    hub.pull(feed, newer(warning, x_cvss_score=9.9, labels=["severity:critical"]))
    assert _announced() == []


def test_publishing_again_stamps_nothing_that_was_out_already(hub: Hub) -> None:
    feed, address = hub.feed(trusted=True), indicator()
    hub.pull(feed, address)
    before = hub.item(feed, address).added_at
    hub.pull(feed, report(address))
    assert hub.item(feed, address).added_at == before


def test_a_source_that_becomes_trusted_decides_for_those_still_waiting(hub: Hub) -> None:
    feed, warning = hub.feed(), report()
    hub.pull(feed, warning)
    source = feed.now
    source.trusted = source.unsettled = True
    db.session.commit()
    hub.pull(feed)
    assert _is_out(hub.item(feed, warning))
    assert [row.choice for row in hub.rows(Decision)] == [Choice.PASS_ON]
