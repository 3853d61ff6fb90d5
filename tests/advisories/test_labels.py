"""Labels of what comes in: read, assumed, tightened by reports in any order, held when they cannot be read."""

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from tests import factories
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import (
    EARLY,
    LATE,
    LATER,
    Stix,
    definition,
    indicator,
    made,
    newer,
    relationship,
    report,
)
from warp_hub import clock, db
from warp_hub.memberships import directory
from warp_hub.memberships.models import Coordinator
from warp_hub.sharing.models import Decision, Item, LabelChange
from warp_hub.stix import marking_ref
from warp_hub.tlp import Marking

CLEAR, GREEN, AMBER, STRICT, RED = Marking
WHITE_ID = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
OPENCTI_STRICT = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"

# What a source says of one object, and what it becomes where the default is TLP:GREEN.
READ: dict[str, tuple[dict[str, object], Marking, bool]] = {
    "nothing": ({}, GREEN, True),
    "its label": ({"object_marking_refs": [marking_ref(AMBER)]}, AMBER, False),
    "clear, below the default": ({"object_marking_refs": [marking_ref(CLEAR)]}, CLEAR, False),
    "the white of version 1": ({"object_marking_refs": [WHITE_ID]}, CLEAR, False),
    "several": ({"object_marking_refs": [marking_ref(CLEAR), marking_ref(STRICT), WHITE_ID]}, STRICT, False),
    "strict as OpenCTI has it": ({"object_marking_refs": [OPENCTI_STRICT]}, STRICT, False),
    "a label among the labels": ({"labels": ["tlp:red"]}, RED, False),
    "both, of which one is stricter": (
        {"object_marking_refs": [marking_ref(GREEN)], "labels": ["TLP:AMBER"]},
        AMBER,
        False,
    ),
    "a part alone": ({"granular_markings": [{"marking_ref": marking_ref(AMBER), "selectors": ["name"]}]}, AMBER, False),
    "another language": ({"granular_markings": [{"lang": "fr", "selectors": ["name"]}]}, GREEN, True),
}


@pytest.mark.parametrize("said", READ)
def test_a_label_is_read_as_the_table_says(hub: Hub, said: str) -> None:
    given, marking, assumed = READ[said]
    feed, obj = hub.feed(), indicator(**given)
    assert hub.pull(feed, obj).held == 0
    item = hub.item(feed, obj)
    assert (item.marking, item.label_assumed, item.held) == (marking, assumed, None)


@pytest.mark.parametrize(
    "given",
    [
        {"object_marking_refs": [f"marking-definition--{uuid4()}"]},
        {"object_marking_refs": [marking_ref(CLEAR), f"marking-definition--{uuid4()}"]},
        {"labels": ["tlp:unclear"]},
        {"granular_markings": [{"marking_ref": f"marking-definition--{uuid4()}", "selectors": ["name"]}]},
        {"x_warp_hub_embargo_until": "next week"},
        {"x_warp_hub_embargo_until": "2999-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_read_is_held_and_reaches_nobody(hub: Hub, given: dict[str, object]) -> None:
    feed = hub.feed(trusted=True)
    obj = report(**given)
    outcome = hub.pull(feed, obj)
    assert (outcome.stored, outcome.held) == (1, 1)
    item = hub.item(feed, obj)
    assert item.held
    assert item.published_at is None
    assert [decision.choice for decision in hub.rows(Decision)] == [None]


def test_a_definition_that_comes_later_lets_go_of_what_waited_for_it(hub: Hub) -> None:
    feed, statement = hub.feed(trusted=True), definition("Copyright somebody.")
    obj = indicator(marking=statement["id"])
    hub.pull(feed, obj)
    assert hub.item(feed, obj).held
    hub.pull(feed, statement)
    item = hub.item(feed, obj)
    assert (item.held, item.marking, item.label_assumed) == (None, GREEN, True)
    assert item.restrictions == "Copyright somebody."
    assert item.published_at is not None


def test_a_red_item_names_the_coordinators_of_the_sources_warps(hub: Hub) -> None:
    warp, other = factories.warp(), factories.warp("Westmarch")
    kim, lee, _elsewhere = (
        factories.coordinator(warp),
        factories.coordinator(other),
        factories.coordinator(factories.warp("Far")),
    )
    names = {kim.id, lee.id}
    feed, obj = hub.feed(warp, other, trusted=True), report(marking=RED)
    hub.pull(feed, obj)
    assert set(hub.item(feed, obj).recipients) == names


def test_a_red_item_does_not_name_whose_time_as_a_stand_in_is_over(hub: Hub) -> None:
    warp = factories.warp()
    kim, lee = factories.coordinator(warp).id, factories.coordinator(warp).id
    ended = update(Coordinator).where(Coordinator.person_id == lee)
    db.session.execute(ended.values(until=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    assert directory.warps_of(lee) == []
    feed, obj = hub.feed(warp, trusted=True), report(marking=RED)
    hub.pull(feed, obj)
    assert hub.item(feed, obj).recipients == [kim]


def test_a_red_item_that_can_name_nobody_stays_inside(hub: Hub) -> None:
    feed, obj = hub.feed(trusted=True), report(marking=RED)
    hub.pull(feed, obj)
    item = hub.item(feed, obj)
    assert (item.published_at, item.recipients) == (None, [])
    assert not feed.now.unsettled


def _everything(marking: Marking | None) -> list[Stix]:
    address, malware = indicator(), made("malware", name="Emotet", is_family=True)
    link = relationship(address, "indicates", malware)
    inner = made("grouping", name="Part", context="suspicious-activity", object_refs=[link["id"], address["id"]])
    return [address, malware, link, inner, report(inner, malware, marking=marking)]


@pytest.mark.parametrize("marking", [AMBER, STRICT, RED])
@pytest.mark.parametrize("pages", ["one page", "a pull for each"])
def test_an_unmarked_object_takes_the_strictest_of_what_names_it_in_any_order(
    hub: Hub, marking: Marking, pages: str
) -> None:
    objects = _everything(marking)
    orders = [objects, objects[::-1], [objects[4], *objects[:4]], [objects[3], objects[4], *objects[:3]]]
    warp = factories.warp()
    kim = factories.coordinator(warp).id
    for order in orders:
        feed = hub.feed(warp)
        for part in [order] if pages == "one page" else [[obj] for obj in order]:
            hub.pull(feed, *part)
        for obj in objects:
            item = hub.item(feed, obj)
            assert item.marking is marking, obj["type"]
            assert item.recipients == ([kim] if marking is RED else [])


def test_several_reports_count_each_and_a_marked_object_keeps_its_own_label(hub: Hub) -> None:
    shared, marked = indicator(), indicator(marking=CLEAR)
    note = made(
        "note", content="Look", object_refs=[shared["id"], marked["id"]], object_marking_refs=[marking_ref(STRICT)]
    )
    for order in itertools.permutations([shared, marked, report(shared, marking=AMBER), note]):
        feed = hub.feed()
        hub.pull(feed, *order)
        assert hub.item(feed, shared).marking is STRICT
        assert hub.item(feed, marked).marking is CLEAR


def test_a_report_that_cannot_be_read_holds_what_it_alone_gives_a_label_to(hub: Hub) -> None:
    statement = definition("TLP:AMBER+STRICT")
    for order in itertools.permutations(["address", "report", "definition"]):
        feed, address = hub.feed(trusted=True), indicator()
        things = {"address": address, "report": report(address, marking=statement["id"]), "definition": statement}
        for name in order:
            before_the_definition = "definition" not in order[: order.index(name) + 1]
            hub.pull(feed, things[name])
            if before_the_definition and {"address", "report"} <= set(order[: order.index(name) + 1]):
                published_before_the_report = order[0] == "address"
                assert bool(hub.item(feed, address).held) is not published_before_the_report
        item = hub.item(feed, address)
        assert item.held is None
        assert item.marking is STRICT


def test_once_its_label_is_read_a_report_hands_on_that_label_and_no_longer_what_it_was_itself_given(hub: Hub) -> None:
    statement = definition("TLP:AMBER")
    feed, address = hub.feed(), indicator()
    middle = report(address, marking=statement["id"])
    hub.pull(feed, address, middle, report(middle, marking=STRICT))
    assert (hub.item(feed, address).marking, bool(hub.item(feed, address).held)) == (STRICT, True)
    hub.pull(feed, statement)
    for obj in (middle, address):
        assert (hub.item(feed, obj).marking, hub.item(feed, obj).held) == (AMBER, None)


def test_reports_that_name_each_other_hold_each_other_no_longer_than_what_held_them_both(hub: Hub) -> None:
    statement = definition("TLP:AMBER")
    feed, address = hub.feed(), indicator()
    one, other = report(address), report(address)
    one["object_refs"].append(other["id"])
    other["object_refs"].append(one["id"])
    hub.pull(feed, address, one, other, report(one, marking=statement["id"]))
    hub.pull(feed, statement)
    for obj in (address, one, other):
        assert (hub.item(feed, obj).marking, hub.item(feed, obj).held) == (AMBER, None)


def test_what_two_reports_hold_waits_for_both(hub: Hub) -> None:
    first, second = definition("TLP:AMBER"), definition("TLP:GREEN")
    feed, deep = hub.feed(), indicator()
    group = made("grouping", context="x", object_refs=[deep["id"]])
    hub.pull(feed, deep, group, report(group, marking=first["id"]), report(deep, marking=second["id"]))
    hub.pull(feed, first)
    assert (hub.item(feed, group).held, bool(hub.item(feed, deep).held)) == (None, True)
    hub.pull(feed, second)
    assert (hub.item(feed, deep).marking, hub.item(feed, deep).held) == (AMBER, None)


def test_what_waits_for_a_label_of_its_own_does_not_come_free_with_its_report(hub: Hub) -> None:
    of_the_report, own = definition("TLP:AMBER"), definition("TLP:RED")
    feed, address = hub.feed(), indicator()
    hub.pull(feed, address, report(address, marking=of_the_report["id"]))
    hub.pull(feed, newer(address, object_marking_refs=[own["id"]]))
    hub.pull(feed, of_the_report)
    assert hub.item(feed, address).held
    hub.pull(feed, own)
    assert (hub.item(feed, address).marking, hub.item(feed, address).held) == (RED, None)


def test_a_report_raises_what_was_published_without_a_label(hub: Hub) -> None:
    feed, address = hub.feed(trusted=True), indicator()
    hub.pull(feed, address)
    assert hub.item(feed, address).published_at is not None
    hub.pull(feed, report(address, marking=AMBER))
    item = hub.item(feed, address)
    assert item.marking is AMBER
    assert item.recipients == [feed.warps[0].id]
    assert [(change.before, change.after) for change in hub.rows(LabelChange)] == [(GREEN, AMBER)]


def test_a_stricter_version_raises_and_a_looser_one_never_lowers(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp).id
    feed, first = hub.feed(warp, trusted=True), report(marking=GREEN)
    hub.pull(feed, first)
    for modified, given, expected in (
        (LATE, AMBER, AMBER),
        (LATER, CLEAR, AMBER),
        ("2026-04-01T00:00:00Z", RED, RED),
        ("2026-05-01T00:00:00Z", GREEN, RED),
    ):
        hub.pull(feed, newer(first, modified, object_marking_refs=[marking_ref(given)]))
        item = hub.item(feed, first)
        assert item.marking is expected
    assert item.recipients == [kim]


@pytest.mark.parametrize("paged", [True, False])
def test_the_label_is_the_strictest_of_all_versions_however_they_come(hub: Hub, paged: bool) -> None:
    first = report()
    versions = [
        newer(first, EARLY, object_marking_refs=[marking_ref(AMBER)]),
        newer(first, LATE),
        newer(first, LATER, object_marking_refs=[marking_ref(CLEAR)]),
    ]
    for order in itertools.permutations(versions):
        feed = hub.feed()
        for part in [[one] for one in order] if paged else [order]:
            hub.pull(feed, *part)
        assert hub.item(feed, first).marking is AMBER


def test_a_version_whose_label_cannot_be_read_waits_outside_while_the_last_good_one_stays(hub: Hub) -> None:
    feed, first = hub.feed(trusted=True), report(name="Good")
    hub.pull(feed, first)
    outcome = hub.pull(feed, newer(first, name="Secret", object_marking_refs=[f"marking-definition--{uuid4()}"]))
    assert outcome.quarantined == 1
    item = hub.item(feed, first)
    assert (item.title, item.held) == ("Good", None)


def test_limits_beside_the_label_are_kept(hub: Hub) -> None:
    feed, statement = hub.feed(), definition("For health bodies only.")
    obj = report(object_marking_refs=[statement["id"]], labels=["tlp:ex:chr", "PAP:AMBER"])
    hub.pull(feed, statement, obj)
    item = hub.item(feed, obj)
    assert (item.chatham_house, item.pap, item.restrictions) == (True, "PAP:AMBER", "For health bodies only.")


def test_every_item_has_a_label(hub: Hub) -> None:
    feed = hub.feed(marking=RED)
    hub.pull(feed, *_everything(None))
    assert {item.marking for item in hub.rows(Item)} == {RED}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2), (0, 2, 1), (2, 0, 1)])
def test_what_was_observed_takes_the_label_of_the_report_that_names_the_observation(hub: Hub, order) -> None:
    seen = {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{uuid4()}", "value": "192.0.2.7"}
    observation = made(
        "observed-data", first_observed=EARLY, last_observed=EARLY, number_observed=1, object_refs=[seen["id"]]
    )
    objects = [report(observation, marking=Marking.AMBER), observation, seen]
    feed = hub.feed(factories.warp())
    for number in order:
        hub.pull(feed, *(objects[one] for one in order[: order.index(number) + 1]))
    assert [hub.item(feed, obj).marking for obj in objects] == [Marking.AMBER] * 3
