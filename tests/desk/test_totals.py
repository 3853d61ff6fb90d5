"""Daily totals: counted once a local day, caught up after a rest, without anybody in them."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import inspect, select

from tests import factories
from warp_hub import audit, clock, db, mail
from warp_hub.background.slots import moment_of
from warp_hub.desk import totals, wording
from warp_hub.desk.counting import Count
from warp_hub.desk.models import DailyTotal
from warp_hub.discussions import asking, replying, speaking
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.asking import Asked
from warp_hub.discussions.replies import find_open
from warp_hub.mail import LetterState
from warp_hub.memberships.models import MembershipKind, State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Choice, Decision, ItemKind
from warp_hub.tlp import Marking
from warp_hub.training import bookings, organising
from warp_hub.training.models import OpenTo, SessionKind
from warp_hub.training.organising import Details

# A Tuesday noon in summer, when London's midnight is not that of UTC.
NOON = datetime(2026, 7, 7, 11, 0, tzinfo=UTC)
MONDAY = date(2026, 7, 6)


@pytest.fixture
def warp(database: object):
    return factories.warp()


def _counted(warp, day: date = MONDAY) -> dict[str, int]:
    db.session.commit()
    db.session.expire_all()
    return db.session.scalars(
        select(DailyTotal.counts).where(DailyTotal.warp_id == warp.id, DailyTotal.day == day)
    ).one()


def _decided(warp, at: datetime, choice: Choice = Choice.PASS_ON) -> None:
    item = factories.item(kept_by=[warp], published=at)
    db.session.add(Decision(item_id=item.id, keeper=warp.id, choice=choice, decided_at=at))
    db.session.commit()


def test_a_day_is_that_of_the_warp_from_midnight_to_midnight(warp) -> None:
    midnight = moment_of(MONDAY, datetime.min.time())
    assert midnight.hour == 23
    for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23, minutes=59)):
        _decided(warp, at)
    _decided(warp, midnight + timedelta(days=1))
    with clock.at(NOON):
        totals.record()
    assert _counted(warp)[Count.PASSED_ON] == 2
    assert _counted(warp, MONDAY - timedelta(days=1))[Count.PASSED_ON] == 1


def test_today_is_not_counted_before_it_is_over(warp) -> None:
    with clock.at(NOON):
        totals.record()
    db.session.commit()
    assert max(db.session.scalars(select(DailyTotal.day))) == MONDAY


def test_what_a_day_is_made_of(warp) -> None:
    at = NOON - timedelta(days=1)
    for choice in (Choice.KEEP, Choice.NOT_FOR_US, Choice.SAME_AS):
        _decided(warp, at, choice)
    for kind in (ItemKind.SHARED_INCIDENT, ItemKind.QUESTION, ItemKind.QUESTION):
        factories.item(kind=kind, kept_by=[warp], published=at)
    for kind, state in (("digest", "sent"), ("alert", "sent"), ("alert", "failed"), ("digest", "cancelled")):
        letter = mail.post(kind, factories.person().id, warp_id=warp.id, expires_at=NOON)
        letter.state, letter.finished_at = LetterState(state), at
    factories.organisation(warp)
    factories.organisation(warp, kind=MembershipKind.ASSOCIATE)
    factories.organisation(warp, state=State.LAPSED)
    with clock.at(NOON):
        totals.record()
    counted = {name: number for name, number in _counted(warp).items() if number}
    assert counted == {
        Count.KEPT: 1,
        Count.SET_ASIDE: 2,
        Count.INCIDENTS: 1,
        Count.ASKED: 2,
        Count.DIGESTS: 1,
        Count.NOTICES: 1,
        Count.FAILED: 1,
        Count.FULL: 1,
        Count.ASSOCIATES: 1,
    }


def test_training_counts_on_the_day_it_ended_and_who_came_is_ticked_later(warp) -> None:
    viewer = viewer_of(factories.coordinator(warp, at=factories.organisation(warp)).id, Proof.FULL)
    with clock.at(NOON - timedelta(days=3)):
        starts = NOON - timedelta(days=1)
        said = Details("Exercise", SessionKind.EXERCISE, starts, starts + timedelta(hours=1), {"en": "Come."})
        held = organising.announce(said, warp, Marking.GREEN, OpenTo.OWN, viewer)
        guests = [factories.member(warp) for _ in range(3)]
        booked = [bookings.book(held.id, viewer_of(guest.id, Proof.FULL)) for guest in guests]
    db.session.commit()
    with clock.at(NOON):
        totals.record()
    assert _counted(warp)[Count.HELD] == 1
    assert (_counted(warp)[Count.PLACES], _counted(warp)[Count.ATTENDED]) == (3, 0)
    with clock.at(NOON + timedelta(days=2)):
        organising.tick(held.id, [one.id for one in booked[:2]], viewer)
        db.session.commit()
        totals.record()
    assert _counted(warp)[Count.ATTENDED] == 2


def test_a_question_is_answered_once_on_the_day_of_its_first_reply(warp) -> None:
    sam, grace = factories.member(warp), factories.member(warp)
    with clock.at(NOON - timedelta(days=3)):
        asked = _asks(sam)
    for days_ago, who in ((1, grace), (1, sam), (0, grace)):
        with clock.at(NOON - timedelta(days=days_ago)):
            _replies(who, asked)
    with clock.at(NOON + timedelta(days=1)):
        totals.record()
    assert _counted(warp)[Count.ANSWERED] == 1
    assert _counted(warp, MONDAY + timedelta(days=1))[Count.ANSWERED] == 0
    assert _counted(warp, MONDAY - timedelta(days=2))[Count.ASKED] == 1


def _asks(who):
    with _as_web(who) as viewer:
        question = Asked("Who has?", "We start.", addresses_for(viewer)[0], speaking.speaker_of(who.id))
        asked = asking.ask(question, viewer)
        db.session.commit()
    return asked


def _replies(who, item_id) -> None:
    with _as_web(who) as viewer:
        replying.reply(find_open(item_id, viewer), "We have.", speaking.speaker_of(who.id), viewer)
        db.session.commit()


@contextmanager
def _as_web(who):
    viewer = viewer_of(who.id, Proof.FULL)
    with db.acting("web"):
        db.enter(viewer.settings())
        yield viewer
        db.leave()


def test_the_openings_of_records_are_counted_for_every_coordinator_to_see(warp) -> None:
    elsewhere = factories.warp("Westmarch")
    for of, days_ago in ((warp, 1), (warp, 1), (warp, 0), (elsewhere, 1)):
        with clock.at(NOON - timedelta(days=days_ago)):
            audit.record("record.opened", warp=of.id)
    db.session.commit()
    with clock.at(NOON):
        totals.record()
    assert _counted(warp)[Count.OPENED] == 2
    done = {line.name: line.whole for line in totals.told([warp.id])[0].done}
    assert done[Count.OPENED] == 2
    assert wording.COUNTS[Count.OPENED] == "Records opened of who sent a report"


def test_counting_twice_changes_nothing_and_a_rest_is_caught_up(warp) -> None:
    with clock.at(NOON):
        totals.record()
        before = _counted(warp)
        totals.record()
        assert _counted(warp) == before
    with clock.at(NOON + timedelta(days=20)):
        totals.record()
    db.session.commit()
    days = sorted(db.session.scalars(select(DailyTotal.day)))
    assert days[-1] == MONDAY + timedelta(days=20)
    assert len(days) == (days[-1] - days[0]).days + 1
    with clock.at(NOON + totals.KEPT + timedelta(days=5)):
        assert totals.forget_old() > 0


def test_how_many_belonged_is_told_by_that_day_alone(warp) -> None:
    council = factories.organisation(warp)
    with clock.at(NOON):
        totals.record()
    db.session.commit()
    council_membership = db.session.scalars(select(factories.Membership)).one()
    council_membership.state = State.LEFT
    with clock.at(NOON + timedelta(days=1)):
        totals.record()
    assert _counted(warp)[Count.FULL] == 1
    assert _counted(warp, MONDAY + timedelta(days=1))[Count.FULL] == 0
    assert council


def test_a_total_has_no_room_for_anybody(warp) -> None:
    assert [column.name for column in inspect(DailyTotal).columns] == ["warp_id", "day", "counts", "recorded_at"]
    with clock.at(NOON):
        totals.record()
    counts = _counted(warp)
    assert all(type(number) is int for number in counts.values())
    assert set(counts) <= {name.value for name in Count} == {name.value for name in wording.COUNTS}


@pytest.mark.parametrize(
    ("number", "whole", "seen"),
    [(4, None, None), (5, None, 5), (0, None, None), (20, 22, None), (20, 25, 20), (22, 22, None)],
)
def test_a_number_of_people_is_shown_only_when_nobody_stands_out(number, whole, seen) -> None:
    assert totals.shown(number, whole, 5) == seen


def test_the_page_shows_what_was_done_and_keeps_small_numbers_of_people_back(signed_in, warp) -> None:
    yesterday = clock.now() - timedelta(days=1)
    _decided(warp, yesterday)
    for _ in range(3):
        factories.organisation(warp)
    totals.record()
    db.session.commit()
    page = signed_in(factories.coordinator(warp)).get_page("/desk/totals")
    rows = {
        row.find("th").text.strip(): [cell.text.strip() for cell in row.select("td")] for row in page.select("tbody tr")
    }
    assert rows["Warnings passed on"] == ["1", "1"]
    assert rows["Members"] == ["too few to show"]
    other = signed_in(factories.coordinator(factories.warp("Westmarch"))).get_page("/desk/totals")
    assert warp.name not in other.get_text()
    assert "No day is counted yet." in other.get_text()
