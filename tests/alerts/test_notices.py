"""Who is told at once: those the rule names, each once, and no more than they can bear."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import clock, db, mail
from warp_hub.alerts import choices, notices
from warp_hub.alerts.models import AlertSent
from warp_hub.memberships.models import MembershipKind, Person, State, Warp
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def midshire(database: object) -> Warp:
    return factories.warp("Midshire")


def urgent(warp: Warp, marking: Marking = Marking.GREEN, **given: object) -> Item:
    given.setdefault("passed_by", [warp.id])
    return factories.item(marking, severity=given.pop("severity", Severity.ACT_TODAY), **given)  # type: ignore[arg-type]


def told_of(item: Item) -> set[object]:
    """Announce an item; return to whom letters went just now."""
    before = set(db.session.scalars(select(mail.Letter.id)))
    notices.announce(item.id)
    db.session.commit()
    letters = db.session.scalars(select(mail.Letter)).all()
    return {letter.person_id for letter in letters if letter.id not in before}


def withheld_from(person: Person) -> list[str | None]:
    return list(db.session.scalars(select(AlertSent.withheld).where(AlertSent.person_id == person.id)))


def test_an_urgent_warning_goes_to_everyone_of_the_warp_that_passed_it_on(midshire: Warp) -> None:
    members = {factories.member(midshire).id, factories.coordinator(midshire).id}
    members.add(factories.member(midshire, MembershipKind.ASSOCIATE).id)
    assert told_of(urgent(midshire)) == members


def test_what_is_not_urgent_not_published_or_no_warning_is_not_announced(midshire: Warp) -> None:
    factories.member(midshire)
    for item in (
        urgent(midshire, severity=Severity.THIS_WEEK),
        urgent(midshire, published=None, added_at=None),
        urgent(midshire, withdrawn_at=clock.now()),
        urgent(midshire, kind=ItemKind.QUESTION),
        urgent(midshire, kind=ItemKind.SUPPORT),
    ):
        assert told_of(item) == set()
    assert notices.announce(uuid4()) == 0


def test_each_is_told_once_ever_whatever_is_edited(midshire: Warp) -> None:
    reader = factories.member(midshire)
    item = urgent(midshire)
    assert told_of(item) == {reader.id}
    publishing.revise(item)
    db.session.commit()
    assert told_of(item) == set()


def test_another_warps_people_are_told_when_it_passes_it_on_too(midshire: Warp) -> None:
    westmarch = factories.warp("Westmarch")
    factories.member(midshire)
    other = factories.member(westmarch)
    item = urgent(midshire)
    assert other.id not in told_of(item)
    publishing.publish([item], passed_by=[westmarch.id])
    db.session.commit()
    assert told_of(item) == {other.id}


def test_what_no_warp_passed_on_goes_to_all_who_may_receive_it(midshire: Warp) -> None:
    reader, other = factories.member(midshire), factories.member(factories.warp("Westmarch"))
    assert told_of(urgent(midshire, passed_by=[])) == {reader.id, other.id}


def test_amber_goes_to_its_recipients_and_strict_never_to_an_associate(midshire: Warp) -> None:
    member, associate = factories.member(midshire), factories.member(midshire, MembershipKind.ASSOCIATE)
    factories.member(factories.warp("Westmarch"))
    assert told_of(urgent(midshire, Marking.AMBER, to=[midshire])) == {member.id, associate.id}
    assert told_of(urgent(midshire, Marking.AMBER_STRICT, to=[midshire])) == {member.id}


def test_red_and_early_notices_go_to_the_named_alone(midshire: Warp) -> None:
    named = factories.member(midshire)
    factories.member(midshire)
    assert told_of(urgent(midshire, Marking.RED, to=[named])) == {named.id}
    lifts = clock.now() + timedelta(hours=1)
    assert told_of(urgent(midshire, early=[named], embargo_until=lifts)) == {named.id}


def test_when_an_early_notice_lifts_the_others_are_told(midshire: Warp) -> None:
    early, other = factories.member(midshire), factories.member(midshire)
    item = urgent(midshire, early=[early], embargo_until=clock.now() + timedelta(hours=1))
    assert told_of(item) == {early.id}
    with clock.at(clock.now() + timedelta(hours=2)):
        assert told_of(item) == {other.id}


def test_nobody_is_told_at_once_more_than_five_times_a_week(midshire: Warp) -> None:
    reader = factories.member(midshire)
    for _ in range(5):
        assert told_of(urgent(midshire)) == {reader.id}
    sixth = urgent(midshire)
    assert told_of(sixth) == set()
    assert withheld_from(reader).count("5 in the last 7 days already") == 1
    with clock.at(clock.now() + timedelta(days=8)):
        assert told_of(sixth) == set()
        assert told_of(urgent(midshire)) == {reader.id}


def test_who_does_not_want_it_or_cannot_be_written_to_is_left_out_and_stops_nobody(midshire: Warp) -> None:
    stopped, suspended, lapsed, reader = (factories.member(midshire) for _ in range(4))
    choices.choose(stopped.id, wants=False)
    suspended.mail_suspended = "refused"
    lapsed.state = State.LAPSED
    db.session.add_all([suspended, lapsed])
    db.session.commit()
    assert told_of(urgent(midshire)) == {reader.id}
    assert withheld_from(stopped) == ["does not want to be told at once"]
    assert withheld_from(suspended) == ["mail suspended: refused"]
    assert withheld_from(lapsed) == []


def test_one_who_changes_their_mind_is_told_again(midshire: Warp) -> None:
    reader = factories.member(midshire)
    choices.choose(reader.id, wants=False)
    choices.choose(reader.id, wants=True)
    db.session.commit()
    assert told_of(urgent(midshire)) == {reader.id}


def test_a_notice_is_worth_sending_for_a_day(midshire: Warp) -> None:
    factories.member(midshire)
    told_of(urgent(midshire))
    letter = db.session.scalars(select(mail.Letter)).one()
    assert letter.expires_at - letter.created_at <= timedelta(hours=24, seconds=1)
    assert (letter.kind, letter.warp_id) == ("alert", midshire.id)
