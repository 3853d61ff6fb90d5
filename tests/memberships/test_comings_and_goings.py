"""Who belongs changes in one step each, by whoever may change it, and is on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import audit, clock, db
from warp_hub.memberships import organisations, people, warps
from warp_hub.memberships.authority import LastCoordinator, NotTheirs
from warp_hub.memberships.models import MembershipKind, PostKind, State, WarpKind
from warp_hub.memberships.reading import Unreadable
from warp_hub.memberships.settings import WarpSettings
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import NOBODY

pytestmark = pytest.mark.usefixtures("database")


def actions() -> list[str]:
    return list(db.session.scalars(select(audit.Audit.action).order_by(audit.Audit.at)))


def test_a_warp_is_founded_with_an_organisation_a_person_and_a_coordinator() -> None:
    midshire = warps.found_warp("midshire", "Midshire WARP", WarpKind.REGION, settings=WarpSettings(k=7))
    eastdale = warps.found_warp("eastdale", "Eastdale WARP", WarpKind.SUB_REGION, parent=midshire)
    council = organisations.add_organisation("Testham Council", domains=["testham.gov.example"])
    organisations.join(council, midshire)
    sam = people.add_person("Sam@Testham.gov.example", "Sam Lee")
    people.appoint(sam, council, PostKind.LEAD)
    people.appoint_coordinator(sam, midshire)

    viewer = viewer_of(sam.id, Proof.FULL)

    assert eastdale.parent_id == midshire.id
    assert midshire.settings == {"k": 7}
    assert viewer.strict == {sam.id, council.id, midshire.id}
    assert viewer.keeps == {sam.id, midshire.id}
    assert actions()[0] == "warp.founded"
    assert {"membership.joined", "person.appointed", "coordinator.appointed"} <= set(actions())


@pytest.mark.parametrize("slug", ["", "Midshire", "mid shire", "1st", "mid--shire", "-mid", "m" * 41, "mid/shire"])
def test_a_slug_that_does_not_fit_an_address_is_refused(slug: str) -> None:
    with pytest.raises(Unreadable):
        warps.found_warp(slug, "Midshire WARP")


def test_two_warps_never_share_a_slug() -> None:
    warps.found_warp("midshire", "Midshire WARP")

    with pytest.raises(warps.SlugTaken):
        warps.found_warp("midshire", "Another WARP")


def test_settings_change_within_their_floors() -> None:
    midshire = warps.found_warp("midshire", "Midshire WARP")

    warps.change_settings(midshire, k=9)

    assert midshire.settings == {"k": 9}
    with pytest.raises(ValueError, match="greater than or equal to 5"):
        warps.change_settings(midshire, k=2)
    assert midshire.settings == {"k": 9}


def test_an_address_finds_its_person_in_any_letters_and_nobody_else() -> None:
    sam = people.add_person("Sam.Lee@testham.gov.example", "Sam Lee")

    assert people.find_person_by_email(" sam.LEE@TESTHAM.gov.example. ") is sam
    assert people.find_person_by_email("sam.lee@testham.gov.example.evil.example") is None
    assert people.find_person_by_email("sam%@testham.gov.example") is None
    assert people.find_person_by_email("not an address") is None
    with pytest.raises(people.AddressTaken):
        people.add_person("SAM.lee@testham.gov.example", "Another")


def test_an_address_leads_to_every_organisation_of_exactly_its_domain() -> None:
    adur = organisations.add_organisation("Adur Council", domains=["adur-worthing.gov.example"])
    worthing = organisations.add_organisation("Worthing Council", domains=["adur-worthing.gov.example"])
    organisations.add_domain(worthing, "worthing.gov.example", is_former=True)
    of = organisations.find_organisations_by_address

    assert list(of("sam@adur-worthing.gov.example")) == [adur, worthing]
    assert list(of("sam@mail.adur-worthing.gov.example")) == []
    assert list(of("sam@adur-worthing.gov.example.evil.example")) == []
    assert list(of("sam@worthing.gov.example")) == []


def test_a_suspended_person_is_nobody_and_everything_older_is_void() -> None:
    midshire = factories.warp()
    boss = factories.coordinator(midshire)
    sam = factories.member(midshire)
    before = clock.now()

    people.suspend(sam, "left the council", by=boss.id)
    db.session.commit()

    assert viewer_of(sam.id, Proof.FULL) == NOBODY
    assert sam.void_before is not None
    assert before <= sam.void_before <= clock.now()
    noted = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "person.suspended")).one()
    assert noted.actor == boss.id
    assert noted.detail == {"person": str(sam.id), "reason": "left the council"}


def test_a_restored_person_receives_again_but_what_was_void_stays_void() -> None:
    sam = factories.member(factories.warp())
    people.suspend(sam, "away")
    people.restore(sam)

    assert viewer_of(sam.id, Proof.FULL).is_member
    assert sam.void_before is not None


def test_whoever_left_is_replaced_by_somebody_new_with_the_same_address() -> None:
    sam = factories.member(factories.warp(), email="sam@testham.example")
    people.leave(sam, by=sam.id)

    again = people.add_person("sam@testham.example", "Sam Lee")

    assert again.id != sam.id
    assert viewer_of(sam.id, Proof.FULL) == NOBODY
    with pytest.raises(people.NotRestorable):
        people.restore(sam)


def test_the_last_coordinator_of_a_warp_can_neither_be_suspended_nor_leave_nor_step_down() -> None:
    midshire = factories.warp()
    boss = factories.coordinator(midshire)
    shut_out = factories.coordinator(midshire)
    people.suspend(shut_out, "away")

    for attempt in (
        lambda: people.suspend(boss, "away"),
        lambda: people.lapse(boss),
        lambda: people.leave(boss, by=boss.id),
        lambda: people.step_down(boss, midshire, by=boss.id),
    ):
        with pytest.raises(LastCoordinator, match="Midshire"):
            attempt()
    assert boss.state is State.ACTIVE
    assert viewer_of(boss.id, Proof.FULL).keeps == {boss.id, midshire.id}


def test_a_coordinator_changes_people_of_their_own_warp_only_and_never_an_equal() -> None:
    midshire, westmarch = factories.warp(), factories.warp("Westmarch")
    boss, other = factories.coordinator(midshire), factories.coordinator(westmarch)
    council = factories.organisation(midshire)
    sam, equal = factories.person(council), factories.coordinator(midshire, at=council)

    for attempt in (
        lambda: people.suspend(sam, "mine now", by=other.id),
        lambda: people.restore(sam, by=other.id),
        lambda: people.suspend(equal, "rival", by=boss.id),
        lambda: people.suspend(boss, "myself", by=sam.id),
        lambda: people.appoint(sam, council, PostKind.LEAD, by=other.id),
        lambda: people.appoint_coordinator(other, midshire, by=other.id),
        lambda: organisations.join(council, westmarch, by=boss.id),
        lambda: organisations.lapse(council, midshire, by=other.id),
        lambda: warps.change_settings(midshire, by=other.id, k=9),
    ):
        with pytest.raises(NotTheirs):
            attempt()
    people.suspend(sam, "left", by=boss.id)
    assert sam.state is State.SUSPENDED


def test_a_suspended_coordinator_changes_nothing() -> None:
    midshire = factories.warp()
    boss = factories.coordinator(midshire)
    factories.coordinator(midshire)
    sam = factories.member(midshire)
    people.suspend(boss, "away")

    with pytest.raises(NotTheirs):
        people.suspend(sam, "revenge", by=boss.id)


def test_a_membership_lapses_and_comes_back() -> None:
    midshire = factories.warp()
    council = factories.organisation(midshire)
    sam = factories.person(council)

    organisations.lapse(council, midshire)
    lapsed = viewer_of(sam.id, Proof.FULL)
    organisations.restore(council, midshire)
    restored = viewer_of(sam.id, Proof.FULL)
    organisations.join(council, midshire, MembershipKind.ASSOCIATE)

    assert lapsed == NOBODY
    assert midshire.id in restored.strict
    assert viewer_of(sam.id, Proof.FULL).strict == frozenset()
    organisations.leave(council, midshire)
    with pytest.raises(organisations.NotAMember):
        organisations.restore(council, midshire)


def test_a_suspension_holds_at_the_time_it_happened() -> None:
    sam = factories.member(factories.warp())
    with clock.at(clock.now() - timedelta(days=3)):
        people.suspend(sam, "away")

    assert sam.void_before is not None
    assert sam.void_before < clock.now() - timedelta(days=2)
