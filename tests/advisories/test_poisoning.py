"""What a hostile source cannot do to another one, to the labels or to the hub."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests import factories
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import LATE, Stix, indicator, made, newer, relationship, report
from warp_hub import clock, db
from warp_hub.advisories.models import Advisory
from warp_hub.sharing.models import Item, ItemVersion
from warp_hub.sharing.visibility import select_visible
from warp_hub.stix import marking_object, marking_ref
from warp_hub.tlp import Marking, Outlet, Viewer

MEMBER = Viewer(uuid4(), True)


def _seen() -> set[str]:
    return {item.title for item in db.session.scalars(select_visible(Item, MEMBER, Outlet.PAGE))}


@pytest.mark.parametrize("trusted", [True, False])
def test_another_source_neither_rewrites_nor_revokes_nor_remarks(hub: Hub, trusted: bool) -> None:
    warp = factories.warp()
    honest, hostile = hub.feed(warp, trusted=True), hub.feed(warp, trusted=trusted)
    original = report(name="Original")
    hub.pull(honest, original)
    before = hub.item(honest, original).added_at
    hub.pull(hostile, newer(original, LATE, name="Forged", object_marking_refs=[marking_ref(Marking.RED)]))
    hub.pull(hostile, newer(original, "2026-06-01T00:00:00Z", revoked=True))
    item = hub.item(honest, original)
    assert (item.title, item.marking, item.withdrawn_at, item.added_at) == ("Original", Marking.GREEN, None, before)
    assert hub.item(hostile, original).id != item.id


def test_another_source_cannot_take_an_id_before_its_owner_sends_it(hub: Hub) -> None:
    warp = factories.warp()
    honest, hostile = hub.feed(warp, trusted=True), hub.feed(warp)
    genuine = report(name="Genuine")
    hub.pull(hostile, {**genuine, "name": "Squatter"})
    assert hub.pull(honest, genuine).stored == 1
    assert _seen() == {"Genuine"}


def test_another_warps_source_learns_nothing_by_sending_a_known_id(hub: Hub) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    secret = report(name="Secret", marking=Marking.AMBER)
    feed, spy = hub.feed(ours), hub.feed(theirs)
    hub.pull(feed, secret)
    outcome = hub.pull(spy, {**secret, "name": "Probe"})
    assert outcome.stored == 1
    assert hub.item(feed, secret).keepers == [ours.id]
    assert hub.item(spy, secret).keepers == [theirs.id]


def test_a_spoofed_author_changes_nothing(hub: Hub) -> None:
    feed = hub.feed()
    obj = report(created_by_ref=f"identity--{uuid4()}")
    hub.pull(feed, obj)
    assert hub.item(feed, obj).originator_name == feed.now.name


def test_a_report_of_another_source_tightens_nothing(hub: Hub) -> None:
    warp = factories.warp()
    honest, hostile = hub.feed(warp, trusted=True), hub.feed(warp)
    address = indicator()
    hub.pull(honest, address)
    hub.pull(hostile, report(address, marking=Marking.RED))
    assert hub.item(honest, address).marking is Marking.GREEN


def test_a_relationship_of_another_source_publishes_nothing(hub: Hub) -> None:
    warp = factories.warp()
    honest, hostile = hub.feed(warp), hub.feed(warp, trusted=True)
    address = indicator()
    hub.pull(honest, address)
    hub.pull(hostile, relationship(address, "indicates", address))
    assert hub.item(honest, address).published_at is None


def test_a_label_given_another_meaning_is_refused_and_the_labels_stay_fixed(hub: Hub) -> None:
    feed = hub.feed()
    red = {**marking_object(Marking.RED), "name": "TLP:CLEAR"}
    red["extensions"] = {key: {**value, "tlp_2_0": "clear"} for key, value in red["extensions"].items()}
    obj = report(marking=Marking.RED)
    outcome = hub.pull(feed, red, obj, marking_object(Marking.GREEN))
    assert (outcome.quarantined, outcome.stored) == (1, 2)
    assert hub.item(feed, obj).marking is Marking.RED
    assert "labels are fixed" in hub.aside(feed)[0].reason


def test_the_first_definition_of_an_id_counts(hub: Hub) -> None:
    feed = hub.feed()
    harsh = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uuid4()}",
        "created": "2026-01-01T00:00:00Z",
        "definition_type": "statement",
        "definition": {"statement": "TLP:RED"},
    }
    hub.pull(feed, harsh)
    obj = report(marking=harsh["id"])
    assert hub.pull(feed, {**harsh, "definition": {"statement": "TLP:CLEAR"}}, obj).quarantined == 1
    assert hub.item(feed, obj).marking is Marking.RED


def test_a_version_dated_ahead_is_held_and_never_shuts_out_the_next_real_one(hub: Hub) -> None:
    feed, first = hub.feed(trusted=True), report(name="Now")
    ahead = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    alone = report(name="Tomorrow", modified=ahead)
    assert hub.pull(feed, first, alone).held == 1
    assert hub.pull(feed, newer(first, ahead, name="Too early")).quarantined == 1
    assert hub.pull(feed, newer(first, LATE, name="Real")).updated == 1
    assert _seen() == {"Real"}
    with clock.at(clock.now() + timedelta(days=3)):
        assert hub.pull(feed, newer(first, ahead, name="In its time")).updated == 1


@pytest.mark.parametrize("modified", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"])
def test_a_date_outside_the_calendar_is_refused(hub: Hub, modified: str) -> None:
    feed = hub.feed()
    assert hub.pull(feed, report(modified=modified)).quarantined == 1


def test_too_many_versions_of_one_object_are_refused(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warp_hub.advisories.arrivals.MOST_VERSIONS", 3)
    feed, first = hub.feed(), report()
    versions = [newer(first, f"2026-01-{day:02}T00:00:00Z") for day in range(1, 7)]
    outcome = hub.pull(feed, *versions)
    assert (outcome.stored, outcome.updated, outcome.quarantined) == (1, 2, 3)
    assert hub.pull(feed, newer(first, LATE)).quarantined == 1
    assert len(hub.rows(ItemVersion)) == 3


def _hostile() -> dict[str, Stix]:
    script = "<script>alert(1)</script>"
    return {
        "scripts everywhere": report(name=script, description=f"{script}[x](javascript:alert(1))", labels=[script]),
        "bad links": report(external_references=[{"source_name": script, "url": "javascript:alert(1)"}]),
        "self reference": (loop := made("grouping", name="Loop", context="x", object_refs=[]))
        | {"object_refs": [loop["id"]]},
        "a wide value": indicator("\u5341" * 1900 + ".example"),
        "a long value": indicator("a" * 1990 + ".example"),
        "a large pattern": made(
            "indicator", pattern="[" + "a:b = 'x' OR " * 60_000 + "a:b = 'y']", pattern_type="stix", valid_from=LATE
        ),
        "a number too large": report(x_number=2**80, x_float=1e308),
        "many references": report(*({"id": f"indicator--{uuid4()}"} for _ in range(12_000))),
        "a type nobody knows": made("x-unheard-of", name="Odd", x_deep=[[[[[[1]]]]]]),
    }


def test_hostile_content_is_stored_harmless_or_refused_and_the_rest_goes_on(hub: Hub) -> None:
    feed, good = hub.feed(trusted=True), report(name="Good")
    outcome = hub.pull(feed, *_hostile().values(), good)
    assert outcome.fetched == outcome.stored + outcome.quarantined == len(_hostile()) + 1
    assert outcome.quarantined <= 1
    assert "Good" in _seen()
    for advisory in hub.rows(Advisory):
        html = " ".join([*advisory.body.values(), *advisory.to_do.values()])
        assert "<script" not in html
        assert 'href="javascript' not in html
        assert all(link["url"] is None or link["url"].startswith("https:") for link in advisory.links)
