"""Who will see this? is the inverse of the rule: exactly the people whom the rule permits."""

import itertools
from datetime import timedelta

import pytest

from tests import factories
from warp_hub import clock
from warp_hub.memberships import agreement_writing
from warp_hub.memberships.models import MembershipKind, Post, State
from warp_hub.memberships.reach import audience, receivers
from warp_hub.memberships.viewers import Proof, viewer_of, viewers_of
from warp_hub.tlp import NOBODY, Handling, Marking, Outlet, permits

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def community() -> dict[str, object]:
    """Return two WARPs, one inside the other in name only, with every kind of person."""
    midshire = factories.warp()
    eastdale = factories.warp("Eastdale", parent_id=midshire.id)
    council = factories.organisation(midshire)
    both = factories.organisation(midshire, eastdale)
    lapsed = factories.organisation(midshire, state=State.LAPSED)
    supplier = factories.organisation(midshire, kind=MembershipKind.ASSOCIATE)
    return {
        "midshire": midshire,
        "eastdale": eastdale,
        "council": council,
        "lead": factories.person(council, lead=True),
        "in both": factories.person(both),
        "of a lapsed council": factories.person(lapsed),
        "suspended": factories.person(council, state=State.SUSPENDED),
        "left the post": factories.person(council, post=State.LEFT),
        "undecided": factories.person(council, post=State.APPLIED),
        "associate": factories.person(supplier),
        "coordinator": factories.coordinator(midshire),
        "coordinator with a post": factories.coordinator(eastdale, at=council),
        "stranger": factories.person(),
    }


@pytest.mark.parametrize("to", ["midshire", "eastdale", "council", "associate", "lead", "of a lapsed council"])
def test_receivers_are_exactly_those_whom_the_rule_permits(community, to) -> None:
    now = clock.now()
    everyone = [made.id for made in community.values() if hasattr(made, "email")]
    viewers = {person: viewer_of(person, Proof.FULL) for person in everyone}
    for marking, outlet, embargoed in itertools.product(Marking, Outlet, [False, True]):
        handling = Handling(
            marking,
            keepers=frozenset({community["midshire"].id}),
            recipients=frozenset({community[to].id}),
            early=frozenset({community["lead"].id}),
            published_at=now - timedelta(hours=1),
            embargo_until=now + timedelta(hours=1) if embargoed else None,
        )
        expected = {person for person, viewer in viewers.items() if permits(viewer, handling, outlet, now)}
        assert receivers(handling, outlet, now) == expected, (marking, outlet, embargoed)


def test_the_lapsed_the_suspended_and_the_undecided_are_nobody(community) -> None:
    for who in ("of a lapsed council", "suspended", "left the post", "undecided", "stranger"):
        assert viewer_of(community[who].id, Proof.FULL) == NOBODY, who


def test_a_mailbox_or_one_factor_proves_no_address(community) -> None:
    for proof in (Proof.MAILBOX, Proof.PASSWORD):
        viewer = viewer_of(community["coordinator with a post"].id, proof)
        assert viewer.is_member
        assert viewer.amber | viewer.strict | viewer.red | viewer.keeps == frozenset()


def test_an_associate_has_no_strict_address_and_keeps_no_desk(community) -> None:
    viewer = viewer_of(community["associate"].id, Proof.FULL)
    assert viewer.strict == frozenset()
    assert viewer.keeps == {community["associate"].id}
    assert community["midshire"].id in viewer.amber


def test_a_warp_inside_another_grants_nothing_either_way(community) -> None:
    lead = viewer_of(community["lead"].id, Proof.FULL)
    assert community["eastdale"].id not in lead.amber
    assert community["eastdale"].id in viewer_of(community["in both"].id, Proof.FULL).amber


def test_many_viewers_at_once_are_the_same_as_one_by_one(community) -> None:
    everyone = [made.id for made in community.values() if hasattr(made, "email")]
    together = viewers_of(everyone, Proof.FULL)
    assert {person: together.get(person, NOBODY) for person in everyone} == {
        person: viewer_of(person, Proof.FULL) for person in everyone
    }


def test_who_will_see_this_counts_councils_people_mail_and_notices(community) -> None:
    seen = audience(Handling(Marking.AMBER, recipients=frozenset({community["council"].id}), published_at=clock.now()))
    assert (seen.organisations, seen.people, seen.by_mail, seen.notice_only) == (1, 2, 0, 2)


def test_it_counts_only_the_organisations_by_which_somebody_receives(community) -> None:
    """A second organisation of the same person is another WARP's, lapsed, an associate, or has yet to agree."""
    westmarch = factories.warp("Westmarch")
    agreement_writing.write(westmarch, {"en": "We keep it.", "cy": "Cadwn ef."})
    agreement_writing.publish(westmarch, clock.now())
    undecided, lapsed = factories.organisation(westmarch), factories.organisation(westmarch, state=State.LAPSED)
    supplier = factories.organisation(community["midshire"], kind=MembershipKind.ASSOCIATE)
    for other in (undecided, lapsed, supplier):
        factories._kept(Post(person_id=community["lead"].id, organisation_id=other.id))
    to = {"recipients": frozenset({community["midshire"].id}), "published_at": clock.now()}
    with clock.at(clock.now() + timedelta(days=1)):
        counted = {marking: audience(Handling(marking, **to)).organisations for marking in Marking}
    assert counted[Marking.GREEN] == 4  # of two councils, and of two suppliers
    assert counted[Marking.AMBER] == 4
    assert counted[Marking.AMBER_STRICT] == 2
