"""One warning from several sources is one in every list, and no source gains anything over another's by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import LATE, Stix, newer, report
from warp_hub import clock, db
from warp_hub.advisories import listing, merging, queue
from warp_hub.alerts import interests
from warp_hub.alerts.interests import Owner, Wanted
from warp_hub.digests.compose import compose
from warp_hub.exports import warnings
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing import sameness
from warp_hub.sharing.models import Choice, Decision, Item
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

MEMBER = Viewer(uuid4(), True)


def notice(number: str = "ICSA-26-001", **given: Any) -> Stix:
    """Return a report that is a notice with a number."""
    references = [{"source_name": "ICS-CERT", "external_id": number}]
    return report(external_references=given.pop("references", references), **given)


def _listed(viewer: Viewer = MEMBER, **asked: Any) -> set[str]:
    fresh()
    found = db.session.scalars(listing.select_asked(listing.Asked(**asked), viewer))
    return {item.title for item in found}


@contextmanager
def _at_the_desk(person: Any) -> Iterator[Viewer]:
    fresh()
    viewer = viewer_of(person.id, Proof.FULL)
    with db.acting("web"):
        db.enter(viewer.settings())
        yield viewer
        db.session.commit()
        db.leave()


def _at(viewer: Viewer, item_id: UUID) -> Item:
    found: Item = find_visible(Item, item_id, viewer, Outlet.DESK)
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"number": "ICSA-26-001"}, {"number": "icsa 26 001"}),
        (
            {"references": [], "name": "CVE-2026-1001 and CVE-2026-1000"},
            {"references": [], "description": "CVE-2026-1000, cve-2026-1001."},
        ),
        (
            {"name": "FortiOS: patch", "references": [{"source_name": "a", "url": "https://www.a.example/x/"}]},
            {
                "name": "FortiOS – Patch!",
                "references": [{"source_name": "b", "url": "http://a.example/x?utm_source=m"}],
            },
        ),
    ],
)
def test_two_trusted_sources_that_tell_the_same_are_one_in_the_list(hub: Hub, first: Any, second: Any) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    leading, following = notice(**first), notice(**second)
    hub.pull(one, leading)
    hub.pull(two, following)
    assert _listed() == {leading["name"]}
    assert _listed(source=two.source.id) == {following["name"]}
    leader, follower = hub.item(one, leading), hub.item(two, following)
    assert [other.id for other in sameness.others_of(leader, MEMBER, Outlet.PAGE)] == [follower.id]
    assert sameness.count_others([leader.id], MEMBER, Outlet.PAGE) == {leader.id: 1}


def test_whoever_narrows_the_list_misses_nothing_whose_leader_is_not_in_it(hub: Hub) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    hub.pull(one, notice(name="Leads", labels=["critical"]), notice("ICSA-26-002", name="Second", labels=["high"]))
    hub.pull(two, notice(name="Zorgon follows", labels=["high"]))
    hub.pull(two, notice("ICSA-26-002", name="Second again", labels=["high"]))
    severities = {item.title: item.severity for item in hub.rows(Item)}
    leader, follower = severities["Leads"], severities["Zorgon follows"]
    assert leader is not follower
    assert _listed() == {"Leads", "Second"}
    assert _listed(words="zorgon") == {"Zorgon follows"}
    assert _listed(severity=follower) == {"Second", "Zorgon follows"}
    assert _listed(severity=leader) == {"Leads"}
    fresh()
    assert {item.title for item in warnings.newest(MEMBER, follower, None).items} == {"Second", "Zorgon follows"}


def test_for_me_shows_the_one_that_leads_and_the_other_where_that_one_is_not_on_the_list_or_not_theirs(
    hub: Hub,
) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    leading = notice(name="Zorgon leads")
    hub.pull(one, leading, notice("ICSA-26-002", name="Quiet", marking=Marking.AMBER))
    hub.pull(one, notice("ICSA-26-003", name="Zorgon for few", marking=Marking.AMBER_STRICT))
    hub.pull(two, notice(name="Zorgon follows"), notice("ICSA-26-002", name="Zorgon alone", marking=Marking.AMBER))
    hub.pull(two, notice("ICSA-26-003", name="Zorgon for few again", marking=Marking.AMBER_STRICT))
    full = factories.member(warp)
    _watches(full, "Zorgon")
    assert _listed(viewer_of(full.id, Proof.FULL), mine=True) == {"Zorgon leads", "Zorgon alone", "Zorgon for few"}
    hub.pull(one, newer(leading, revoked=True))
    assert "Zorgon follows" in _listed(viewer_of(full.id, Proof.FULL), mine=True)


def _watches(person: Any, what: str) -> None:
    viewer = viewer_of(person.id, Proof.FULL)
    with _at_the_desk(person):
        interests.keep(Owner(person_id=person.id), Wanted(typed=(what,)), viewer)


def test_what_only_looks_alike_stays_two(hub: Hub) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    weakness = {"source_name": "cwe", "external_id": "CWE-79"}
    attack = {"source_name": "mitre-attack", "external_id": "T1566.001"}
    first = notice(name="Patch", references=[weakness, attack], description="CVE-2026-1")
    second = notice(name="Patch", references=[weakness, attack], description="CVE-2026-1000 CVE-2026-1001")
    hub.pull(one, first, notice("ICSA-26-001", name="One"))
    hub.pull(two, second, notice("ICSA-26-002", name="Two"))
    assert len(_listed()) == 3  # "Patch" twice, one title
    assert not any(item.same_as_id for item in hub.rows(Item))


def test_nobody_loses_a_warning_whose_leader_they_do_not_receive(hub: Hub) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    leading = notice(name="Leads", marking=Marking.AMBER)
    hub.pull(one, leading)
    hub.pull(two, notice(name="Strict", marking=Marking.AMBER_STRICT), notice(name="Wide", marking=Marking.GREEN))
    associate = Viewer(uuid4(), True, amber=frozenset({warp.id}))
    full = Viewer(uuid4(), True, amber=frozenset({warp.id}), strict=frozenset({warp.id}))
    # What is wider than the leader is led by nobody.
    assert _listed() == {"Wide"}
    assert _listed(associate) == _listed(full) == {"Leads", "Wide"}
    hub.pull(one, newer(leading, revoked=True))
    assert _listed(full) == {"Strict", "Wide"}


@pytest.mark.parametrize("trusted", [True, False])
def test_a_later_claim_to_be_the_same_never_takes_the_lead_or_hides(hub: Hub, trusted: bool) -> None:
    warp = factories.warp()
    honest, hostile = hub.feed(warp, trusted=True), hub.feed(warp, trusted=trusted)
    genuine = notice(name="Genuine", severity="x", labels=["high"])
    old = notice("OTHER-1", name="Old one of the hostile source")
    hub.pull(hostile, old)
    hub.pull(honest, genuine)
    claims = [
        notice(name="Forged wide", marking=Marking.CLEAR, labels=["critical"]),
        {**genuine, "name": "Forged id", "modified": LATE},
        newer(old, name="Forged old", external_references=genuine["external_references"]),
    ]
    hub.pull(hostile, *claims)
    hub.pull(honest, newer(genuine, LATE, name="Genuine, updated"))
    assert "Genuine, updated" in _listed()
    assert hub.item(honest, genuine).same_as_id is None


def test_an_untrusted_source_passed_on_by_hand_leads_nothing_of_a_trusted_one(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    honest, hostile = hub.feed(warp, trusted=True), hub.feed(warp)
    squatter, genuine = notice(name="Nothing to do"), notice(name="Genuine")
    hub.pull(hostile, squatter)
    squatting = hub.item(hostile, squatter).id
    with _at_the_desk(kim) as viewer:
        queue.pass_on(_at(viewer, squatting), warp.id, viewer)
    hub.pull(honest, genuine)
    assert _listed() == {"Nothing to do", "Genuine"}


def test_a_source_of_one_warp_leads_nothing_that_others_decide_over(hub: Hub) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    local, national = hub.feed(ours, trusted=True), hub.feed(ours, theirs, trusted=True)
    hub.pull(local, notice(name="Local"))
    hub.pull(national, notice(name="National"))
    assert _listed() == {"Local", "National"}


def test_a_less_urgent_warning_hides_no_more_urgent_one(hub: Hub) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    hub.pull(one, notice(name="Calm", labels=["low"]))
    hub.pull(two, notice(name="Urgent", labels=["critical"]))
    assert _listed() == {"Calm", "Urgent"}


def test_a_copy_of_an_untrusted_source_leads_until_it_changes(hub: Hub) -> None:
    warp = factories.warp()
    kim = factories.coordinator(warp)
    mirror, honest = hub.feed(warp), hub.feed(warp, trusted=True)
    genuine = notice(name="Genuine")
    hub.pull(mirror, genuine)
    mirrored = hub.item(mirror, genuine).id
    with _at_the_desk(kim) as viewer:
        queue.pass_on(_at(viewer, mirrored), warp.id, viewer)
    hub.pull(honest, genuine)
    assert hub.item(honest, genuine).same_as_id == mirrored
    hub.pull(mirror, newer(genuine, name="Forged"))
    assert _listed() == {"Forged", "Genuine"}


def test_a_link_outlives_a_change_of_a_trusted_leader_that_still_tells_the_same(hub: Hub) -> None:
    warp = factories.warp()
    one, two = hub.feed(warp, trusted=True), hub.feed(warp, trusted=True)
    leading = notice(name="Leads")
    hub.pull(one, leading)
    hub.pull(two, notice(name="Follows"))
    hub.pull(one, newer(leading, name="Leads, updated"))
    assert _listed() == {"Leads, updated"}
    hub.pull(one, newer(leading, "2026-06-01T00:00:00Z", name="Another matter", external_references=[]))
    assert _listed() == {"Another matter", "Follows"}


def test_same_as_another_by_hand_passes_it_on_under_the_other_and_can_be_undone(hub: Hub) -> None:
    warp = factories.warp()
    kim, feeds = factories.coordinator(warp), (hub.feed(warp), hub.feed(warp))
    leading, following = notice(name="Leads"), notice(name="Follows")
    ids = []
    for feed, warning in zip(feeds, (leading, following), strict=True):
        hub.pull(feed, warning)
        ids.append(hub.item(feed, warning).id)
    with _at_the_desk(kim) as viewer:
        (alike,) = merging.offered(_at(viewer, ids[1]), viewer)
        assert (alike.item.id, alike.kind) == (ids[0], "notice")
        assert [found.id for found in merging.search(_at(viewer, ids[1]), "leads", viewer)] == [ids[0]]
        merging.say_same(_at(viewer, ids[1]), warp.id, ids[0], viewer)
    assert _listed() == set()
    with _at_the_desk(kim) as viewer:
        queue.pass_on(_at(viewer, ids[0]), warp.id, viewer)
    assert _listed() == {"Leads"}
    assert find_visible(Item, ids[1], MEMBER) is not None
    assert {row.choice for row in hub.rows(Decision)} == {Choice.PASS_ON, Choice.SAME_AS}
    with _at_the_desk(kim) as viewer:
        merging.part(_at(viewer, ids[1]), warp.id, viewer)
    assert _listed() == {"Leads", "Follows"}


def test_a_link_by_hand_ends_when_an_untrusted_leader_changes_its_words(hub: Hub) -> None:
    warp = factories.warp()
    kim, hostile, honest = factories.coordinator(warp), hub.feed(warp), hub.feed(warp)
    leading, following = notice(name="Leads"), notice("OTHER-1", name="Genuine")
    hub.pull(hostile, leading)
    hub.pull(honest, following)
    ids = hub.item(hostile, leading).id, hub.item(honest, following).id
    with _at_the_desk(kim) as viewer:
        queue.pass_on(_at(viewer, ids[0]), warp.id, viewer)
        merging.say_same(_at(viewer, ids[1]), warp.id, ids[0], viewer)
    assert _listed() == {"Leads"}
    hub.pull(hostile, newer(leading, name="Turned"))
    assert _listed() == {"Turned", "Genuine"}


@pytest.mark.parametrize("change", [{"revoked": True}, {"name": "Turned"}])
def test_what_was_put_under_a_warning_that_never_went_out_waits_again_when_that_one_is_gone(
    hub: Hub, change: Any
) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    kim, hostile, honest = factories.coordinator(ours), hub.feed(ours, theirs), hub.feed(ours, theirs)
    leading, following = notice(name="Leads"), notice("OTHER-1", name="Genuine")
    hub.pull(hostile, leading)
    hub.pull(honest, following)
    ids = hub.item(hostile, leading).id, hub.item(honest, following).id
    with _at_the_desk(kim) as viewer:
        merging.say_same(_at(viewer, ids[1]), ours.id, ids[0], viewer)
    hub.pull(hostile, newer(leading, **change))
    assert hub.item(honest, following).same_as_id is None
    assert {(row.keeper, row.choice) for row in hub.rows(Decision) if row.item_id == ids[1]} == {
        (ours.id, None),
        (theirs.id, None),
    }


def test_what_was_put_under_a_warning_that_its_coordinator_withdraws_waits_again(hub: Hub) -> None:
    warp = factories.warp()
    kim, one, two = factories.coordinator(warp), hub.feed(warp), hub.feed(warp)
    leading, following = notice(name="Leads"), notice("OTHER-1", name="Genuine")
    hub.pull(one, leading)
    hub.pull(two, following)
    ids = hub.item(one, leading).id, hub.item(two, following).id
    with _at_the_desk(kim) as viewer:
        merging.say_same(_at(viewer, ids[1]), warp.id, ids[0], viewer)
        queue.withdraw(_at(viewer, ids[0]), "It was wrong", viewer)
    assert hub.item(two, following).same_as_id is None
    assert [row.choice for row in hub.rows(Decision) if row.item_id == ids[1]] == [None]


def test_by_hand_one_warp_puts_nothing_under_what_is_less_urgent_for_another(hub: Hub) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    kim = factories.coordinator(ours)
    one, two = hub.feed(ours, theirs, trusted=True), hub.feed(ours, theirs, trusted=True)
    calm, urgent = notice(name="Calm", labels=["low"]), notice("OTHER-1", name="Urgent", labels=["critical"])
    hub.pull(one, calm)
    hub.pull(two, urgent)
    ids = hub.item(one, calm).id, hub.item(two, urgent).id
    with _at_the_desk(kim) as viewer:
        merging.say_same(_at(viewer, ids[1]), ours.id, ids[0], viewer)
    assert _listed() == {"Calm", "Urgent"}


def test_by_hand_one_warp_takes_nothing_from_the_lists_of_another(hub: Hub) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    kim = factories.coordinator(ours)
    local, national = hub.feed(ours), hub.feed(ours, theirs, trusted=True)
    own, genuine = notice("OTHER-1", name="Nothing to do"), notice(name="Genuine")
    hub.pull(local, own)
    hub.pull(national, genuine)
    ids = hub.item(local, own).id, hub.item(national, genuine).id
    with _at_the_desk(kim) as viewer:
        queue.pass_on(_at(viewer, ids[0]), ours.id, viewer)
        merging.say_same(_at(viewer, ids[1]), ours.id, ids[0], viewer)
    assert _listed() == {"Nothing to do", "Genuine"}


def test_a_stranger_to_the_desk_says_nothing_and_is_told_of_no_hidden_warning(hub: Hub) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    kim, lee = factories.coordinator(ours), factories.coordinator(theirs)
    mine, other = hub.feed(ours), hub.feed(theirs)
    secret, probe = notice(name="Secret", marking=Marking.AMBER), notice(name="Probe")
    hub.pull(mine, secret)
    hub.pull(other, probe)
    ids = hub.item(mine, secret).id, hub.item(other, probe).id
    with _at_the_desk(lee) as viewer:
        assert merging.offered(_at(viewer, ids[1]), viewer) == []
        assert merging.search(_at(viewer, ids[1]), "secret", viewer) == []
        assert merging.say_same(_at(viewer, ids[1]), theirs.id, ids[0], viewer) is None
    with _at_the_desk(kim) as viewer, pytest.raises(queue.NotOnThisDesk):
        merging.say_same(db.session.scalars(select_visible(Item, viewer, Outlet.DESK)).one(), theirs.id, ids[0], viewer)


def test_a_digest_tells_once_what_its_warp_passed_on_twice(hub: Hub) -> None:
    ours, theirs = factories.warp(), factories.warp("Westmarch")
    since = clock.now() - timedelta(days=1)
    both = factories.item(title="Leads", passed_by=[ours.id, theirs.id])
    elsewhere = factories.item(title="Leads elsewhere", passed_by=[theirs.id])
    factories.item(title="Follows", passed_by=[ours.id], same_as_id=both.id)
    factories.item(title="Follows one of theirs", passed_by=[ours.id], same_as_id=elsewhere.id)
    told = {entry.title for entry in compose(MEMBER, ours.id, since).new}
    assert told == {"Leads", "Follows one of theirs"}
    assert {entry.title for entry in compose(MEMBER, theirs.id, since).new} == {"Leads", "Leads elsewhere"}
