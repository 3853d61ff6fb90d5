"""Who has not signed in fully for 180 days: no counts of TLP:AMBER, no tool that fetches it, back at the next time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.renewals.conftest import on
from warp_hub import clock, db
from warp_hub.jobs import people as delivery
from warp_hub.memberships import arrivals, away, reach, tokens
from warp_hub.memberships.models import Person
from warp_hub.memberships.renewal_models import LastFullMonth, SignedInDay
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.operations import explaining
from warp_hub.tlp import Marking, Outlet

CAME = date(2027, 3, 9)
LAPSES = date(2027, 3, 31) + away.AWAY_AFTER


@pytest.fixture
def warp(database):
    return factories.warp()


@pytest.fixture
def sam(warp) -> Person:
    made = factories.member(warp, lead=True)
    with on(CAME):
        arrivals.after_full_sign_in(made.id)
        db.session.commit()
    return made


def letters_see(person: Person) -> frozenset[object]:
    seen = delivery.load(person.id).viewer
    return seen.amber | seen.strict


@pytest.mark.parametrize(("day", "sees"), [(-1, True), (0, False), (1, False)], ids=["before", "the day", "after"])
def test_it_lapses_180_days_after_the_end_of_the_month_and_returns_with_the_next_sign_in(sam, warp, day, sees) -> None:
    item = factories.item(Marking.AMBER, to=[warp])
    handling = item.handling()
    with on(LAPSES + timedelta(days=day)):
        secret = tokens.mint(sam.id, "Firewall", Marking.AMBER_STRICT, clock.now() + timedelta(days=30))
        assert bool(letters_see(sam)) is sees
        assert bool(tokens.find(sam.email, secret).viewer.amber) is sees
        for outlet in (Outlet.NOTICE, Outlet.FILE):
            assert (sam.id in reach.receivers(handling, outlet)) is sees
        # It waits for them on the page, and nothing else of theirs has lapsed.
        assert sam.id in reach.receivers(handling, Outlet.PAGE)
        assert viewer_of(sam.id, Proof.FULL).amber
        assert delivery.load(sam.id).viewer.red == {sam.id}
        assert (explaining.AWAY in explaining.explain(str(item.id), sam.email)) is not sees
        arrivals.after_full_sign_in(sam.id)
        assert letters_see(sam)


def test_signing_in_by_page_counts_and_a_mail_link_does_not(signed_in, browser, sam, warp) -> None:
    reader = factories.member(warp)
    signed_in(reader, Proof.MAILBOX).get_page("/")
    assert db.session.scalars(select(LastFullMonth.person_id)).all() == [sam.id]
    assert away.signed_in_since([sam.id, reader.id], CAME) == {sam.id: True, reader.id: False}
    assert away.signed_in_since([sam.id], date(2027, 4, 1)) == {sam.id: False}


def test_whoever_never_signed_in_is_counted_from_when_we_began_to(sam, warp) -> None:
    reader = factories.member(warp)
    with on(CAME):
        assert away.begin_counting() == 1
        assert away.begin_counting() == 0
    for day, sees in ((-1, True), (0, False)):
        with on(LAPSES + timedelta(days=day)):
            assert bool(letters_see(reader)) is sees
    assert away.signed_in_since([reader.id], CAME) == {reader.id: False}


def test_days_are_kept_for_30_days_and_then_only_the_month(sam) -> None:
    for days, kept in ((29, 1), (30, 1), (31, 0)):
        with on(CAME + timedelta(days=days)):
            away.forget_days()
            assert len(db.session.scalars(select(SignedInDay.day)).all()) == kept
    assert db.session.scalars(select(LastFullMonth.month)).all() == [date(2027, 3, 1)]
