"""What a coordinator decides reaches what stands behind the warning; done as web, under row-level security."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import LATE, Feed, Stix, definition, indicator, made, newer, report
from warp_hub import clock, db
from warp_hub.advisories import queue, reading
from warp_hub.desk import waiting
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Decision, Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Marking, Outlet, Viewer

MEMBER = Viewer(uuid4(), True)
Do = Callable[[Item, Viewer], object]


@contextmanager
def _at_the_desk(person: object) -> Iterator[Viewer]:
    fresh()
    viewer = viewer_of(person.id, Proof.FULL)  # type: ignore[attr-defined]
    with db.acting("web"):
        db.enter(viewer.settings())
        yield viewer
        db.session.commit()
        db.leave()


def _decide(hub: Hub, feed: Feed, warning: Stix, person: object, *deeds: Do) -> None:
    item_id = hub.item(feed, warning).id
    with _at_the_desk(person) as viewer:
        for do in deeds:
            item = find_visible(Item, item_id, viewer, Outlet.DESK)
            do(item, viewer)
            db.session.flush()


def _pass_on(feed: Feed) -> Do:
    return lambda item, viewer: queue.pass_on(item, feed.warps[0].id, viewer)


def _sees(hub: Hub, feed: Feed, obj: Stix, viewer: Viewer = MEMBER) -> bool:
    return find_visible(Item, hub.item(feed, obj).id, viewer) is not None


@pytest.mark.parametrize("marking", [Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT])
def test_a_label_read_for_a_report_goes_for_what_it_alone_gives_a_label_to(hub: Hub, marking: Marking) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    feed, unknown, deep = hub.feed(warp), definition(), indicator()
    group = made("grouping", context="x", object_refs=[deep["id"]])
    warning = report(group, marking=unknown["id"])
    hub.pull(feed, deep, group, warning)
    assert hub.item(feed, deep).held
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.read_label(item, marking, viewer), _pass_on(feed))
    for obj in (warning, group, deep):
        item = hub.item(feed, obj)
        assert (item.held, item.marking) == (None, marking)
        assert _sees(hub, feed, obj) is (marking is Marking.GREEN)


def test_a_label_read_as_red_names_the_coordinators_for_all_of_it(hub: Hub) -> None:
    warp = factories.warp()
    kim, lee = factories.coordinator(warp), factories.coordinator(warp)
    feed, address = hub.feed(warp), indicator()
    warning = report(address, marking=definition()["id"])
    hub.pull(feed, address, warning)
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.read_label(item, Marking.RED, viewer), _pass_on(feed))
    for obj in (warning, address):
        assert set(hub.item(feed, obj).recipients) == {kim.id, lee.id}


def test_what_carries_the_same_unreadable_label_gets_the_same_answer(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    label, other = definition()["id"], definition()["id"]
    feed, same, another = hub.feed(warp), indicator(marking=label), indicator(marking=other)
    warning = report(same, another, marking=label)
    hub.pull(feed, same, another, warning)
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.read_label(item, Marking.AMBER, viewer))
    assert (hub.item(feed, same).held, hub.item(feed, same).marking) == (None, Marking.AMBER)
    assert hub.item(feed, another).held


def test_a_raised_report_raises_every_unmarked_object_it_names(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    feed, shared, marked = hub.feed(warp, trusted=True), indicator(), indicator(marking=Marking.GREEN)
    warning, other = report(shared, marked), report(shared, marked)
    hub.pull(feed, warning, other, shared, marked)
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.raise_label(item, Marking.AMBER, viewer))
    assert hub.item(feed, shared).marking is Marking.AMBER
    assert hub.item(feed, marked).marking is Marking.GREEN
    assert _sees(hub, feed, other)


def test_what_a_coordinator_raised_stays_so_when_the_label_it_waited_for_is_read_at_last(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    late = definition("TLP:GREEN")
    feed, unread, unmarked = hub.feed(warp), indicator(marking=late["id"]), indicator()
    group = made("grouping", context="x", object_refs=[unmarked["id"]], marking=late["id"])
    warning = report(unread, group)
    hub.pull(feed, unread, unmarked, group, warning)
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.raise_label(item, Marking.AMBER, viewer))
    hub.pull(feed, late)
    for obj in (warning, unread, group, unmarked):
        assert (hub.item(feed, obj).held, hub.item(feed, obj).marking) == (None, Marking.AMBER)


def test_what_turns_out_to_be_red_names_the_coordinators_though_one_had_raised_it_before(hub: Hub) -> None:
    warp = factories.warp()
    kim, late = factories.coordinator(warp), definition("TLP:RED")
    feed, warning = hub.feed(warp), report(marking=late["id"])
    hub.pull(feed, warning)
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.raise_label(item, Marking.AMBER, viewer))
    hub.pull(feed, late)
    assert (hub.item(feed, warning).marking, hub.item(feed, warning).recipients) == (Marking.RED, [kim.id])


def test_passing_on_an_open_warning_ends_the_early_notice_of_what_it_names(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    feed, shared = hub.feed(warp), indicator()
    early, open_one = report(shared), report(shared)
    hub.pull(feed, early, open_one, shared)
    until = clock.now() + timedelta(hours=5)
    _decide(
        hub,
        feed,
        early,
        kim,
        lambda item, viewer: queue.give_early_notice(item, until, [kim.id], viewer),
        _pass_on(feed),
    )
    assert not _sees(hub, feed, early)
    assert not _sees(hub, feed, shared)
    _decide(hub, feed, open_one, kim, _pass_on(feed))
    assert not _sees(hub, feed, early)
    assert _sees(hub, feed, shared)


def test_raising_hides_a_warning_at_the_next_read(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    feed, warning = hub.feed(warp, trusted=True), report()
    hub.pull(feed, warning)
    assert _sees(hub, feed, warning)
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.raise_label(item, Marking.AMBER, viewer))
    assert not _sees(hub, feed, warning)
    assert _sees(hub, feed, warning, Viewer(uuid4(), True, amber=frozenset({warp.id})))


def test_two_warps_pass_on_one_item_each_for_its_own(hub: Hub) -> None:
    first, second = factories.warp(), factories.warp("Westmarch")
    desks = {first.id: factories.coordinator(first), second.id: factories.coordinator(second)}
    for order in itertools.permutations(desks):
        feed, address = hub.feed(first, second), indicator(marking=Marking.AMBER)
        warning = report(address, marking=Marking.AMBER)
        hub.pull(feed, address, warning)
        done = []
        for warp in order:
            done.append(warp)
            _decide(hub, feed, warning, desks[warp], lambda item, viewer, warp=warp: queue.pass_on(item, warp, viewer))
            for obj in (warning, address):
                item = hub.item(feed, obj)
                assert item.recipients == item.passed_by == done


def test_a_warning_revoked_while_it_waits_waits_no_more(hub: Hub) -> None:
    feed, warning = hub.feed(), report()
    hub.pull(feed, warning)
    assert len(hub.rows(Decision)) == 1
    hub.pull(feed, newer(warning, LATE, revoked=True))
    assert hub.rows(Decision) == []


def test_a_warning_that_one_warp_withdraws_waits_on_no_other_desk(hub: Hub) -> None:
    first, second = factories.warp(), factories.warp("Westmarch")
    kim, lee = factories.coordinator(first), factories.coordinator(second)
    feed, warning = hub.feed(first, second), report()
    hub.pull(feed, warning)
    _decide(hub, feed, warning, kim, _pass_on(feed))
    with _at_the_desk(lee) as viewer:
        assert waiting.waiting(viewer, [second.id]).warnings.count == 1
    _decide(hub, feed, warning, kim, lambda item, viewer: queue.withdraw(item, "A false alarm", viewer))
    with _at_the_desk(lee) as viewer:
        assert waiting.waiting(viewer, [second.id]).warnings.count == 0
        assert db.session.execute(reading.select_queue(viewer)).all() == []


def test_a_coordinator_elsewhere_cannot_decide(hub: Hub) -> None:
    feed, warning = hub.feed(), report()
    stranger = factories.coordinator(factories.warp("Westmarch"))
    hub.pull(feed, warning)
    item_id = hub.item(feed, warning).id
    with _at_the_desk(stranger) as viewer:
        assert find_visible(Item, item_id, viewer, Outlet.DESK) is None
