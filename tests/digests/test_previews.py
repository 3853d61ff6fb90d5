"""Seeing a digest before it goes, and sending one outside the timetable: by the operator, who leaves a trace."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.digests.post_room import PostRoom, states, text_of
from warp_hub import audit, clock, db
from warp_hub.digests import commands, previews, subscriptions
from warp_hub.memberships import people
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.settings import Cadence
from warp_hub.tlp import Marking


@pytest.fixture
def midshire(post_room: PostRoom) -> Warp:
    return factories.warp("Midshire")


@pytest.fixture
def sam(midshire: Warp) -> Person:
    return factories.member(midshire, email="sam@ashford.example")


def send(warp: Warp, person: Person | None = None) -> tuple[int, int]:
    sent = previews.send_now(warp, person)
    db.session.commit()
    return sent.posted, sent.skipped


def trace() -> list[str]:
    return list(db.session.scalars(select(audit.Audit.action).order_by(audit.Audit.at)))


def test_the_operator_sees_what_one_person_would_get_and_nothing_above_green(midshire: Warp, sam: Person) -> None:
    item = factories.item(passed_by=[midshire.id])
    secret = factories.item(Marking.AMBER, title="zq7secret", to=[midshire], passed_by=[midshire.id])
    letter = previews.preview(midshire, sam)
    db.session.commit()
    assert letter is not None
    assert item.title in letter.text
    assert secret.title not in letter.text + letter.html
    assert trace() == ["digest.previewed"]


def test_a_preview_of_nothing_is_nothing(midshire: Warp, sam: Person) -> None:
    assert previews.preview(midshire, sam) is None


def test_a_preview_sends_nothing_and_covers_nothing(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    factories.item(passed_by=[midshire.id])
    previews.preview(midshire, sam)
    db.session.commit()
    assert post_room.deliver() == []
    assert send(midshire) == (1, 0)


def test_sending_now_reaches_all_who_want_it_at_whatever_cadence(midshire: Warp, sam: Person) -> None:
    weekly, never = factories.member(midshire), factories.member(midshire)
    subscriptions.choose(weekly.id, midshire, Cadence.WEEKLY)
    subscriptions.choose(never.id, midshire, Cadence.NEVER)
    factories.item(passed_by=[midshire.id])
    assert send(midshire) == (2, 0)
    assert trace()[-1] == "digest.sent"


def test_sending_now_to_one_reaches_that_one(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    factories.member(midshire)
    factories.item(passed_by=[midshire.id])
    assert send(midshire, sam) == (1, 0)
    assert [message["To"] for message in post_room.deliver()] == [f"{sam.name} <{sam.email}>"]


def test_whoever_lost_their_place_since_it_was_posted_gets_neither_digest_nor_preview(
    midshire: Warp, sam: Person, post_room: PostRoom
) -> None:
    """What is public is there for nobody in particular: no letter goes to nobody, and none is tried again."""
    factories.item(Marking.CLEAR, is_public=True, passed_by=[midshire.id])
    assert send(midshire) == (1, 0)
    previews.post_test(sam.id, midshire)
    people.suspend(sam, "for the test")
    db.session.commit()
    assert post_room.deliver() == []
    assert states() == [("cancelled", "they receive nothing")] * 2


def test_nobody_gets_two_digests_of_one_day(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    factories.item(passed_by=[midshire.id])
    assert send(midshire) == (1, 0)
    assert send(midshire) == (0, 0)
    post_room.deliver()
    factories.item(passed_by=[midshire.id], published=timedelta(0))
    assert send(midshire) == (0, 0)


def test_a_day_that_brought_nothing_may_still_bring_something(midshire: Warp, sam: Person) -> None:
    assert send(midshire) == (0, 1)
    factories.item(passed_by=[midshire.id])
    assert send(midshire) == (1, 0)


def test_a_digest_that_came_too_late_can_be_sent_again(midshire: Warp, sam: Person, post_room: PostRoom) -> None:
    moment = clock.now().replace(hour=0, minute=5)
    item = factories.item(passed_by=[midshire.id], published=moment - timedelta(hours=1))
    with clock.at(moment):
        previews.runs.begin(midshire.id, moment.date(), {sam.id: None}, expires_at=moment, now=moment)
        db.session.commit()
        assert post_room.deliver() == []
        assert states() == [("cancelled", "it came too late")]
        assert send(midshire, sam) == (1, 0)
        (message,) = post_room.deliver()
    assert item.title in text_of(message)


def test_the_command_line_says_what_would_go_and_what_went(midshire: Warp, sam: Person) -> None:
    assert commands.preview(midshire.slug, None) == "0 would get a digest of Midshire WARP now, 1 would get none"
    assert commands.preview(midshire.slug, sam.email).startswith("nothing new for sam@ashford.example")
    item = factories.item(passed_by=[midshire.id])
    assert commands.preview(midshire.slug, None) == "1 would get a digest of Midshire WARP now, 0 would get none"
    shown = commands.preview(midshire.slug, "SAM@ashford.example")
    assert shown.startswith("Subject: TLP:GREEN Midshire WARP digest, 1 new\n")
    assert item.title in shown
    assert commands.send(midshire.slug, sam.email) == "posted 1 skipped 0"
    db.session.commit()


@pytest.mark.parametrize(("slug", "email"), [("nowhere", None), ("midshire", "nobody@ashford.example")])
def test_the_command_line_names_what_is_not_there(post_room: PostRoom, slug: str, email: str | None) -> None:
    factories.warp("Midshire", slug="midshire")
    with pytest.raises(commands.NotFound, match=email or slug):
        commands.preview(slug, email)
    with pytest.raises(commands.NotFound, match=email or slug):
        commands.send(slug, email)
