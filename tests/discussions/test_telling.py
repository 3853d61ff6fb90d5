"""Letters to those who follow: soon and not often for named replies, next morning for those of "a member"."""

from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from tests.digests.conftest import post_room as post_room
from tests.digests.post_room import PostRoom, html_of, states, text_of
from tests.discussions.conftest import Room, as_web
from warp_hub import clock, db
from warp_hub.discussions import following, replying, telling
from warp_hub.discussions.replies import find_said
from warp_hub.sharing import publishing
from warp_hub.tlp import Marking, Outlet

WORDS = "Ours moved in zq7aa11bb22cc33dd."


def tell(post_room: PostRoom) -> list[EmailMessage]:
    """Run the job of the timetable and deliver what it posted."""
    telling.tell_due()
    db.session.commit()
    return post_room.deliver()


def to(letters: list[EmailMessage]) -> set[str]:
    return {str(letter["To"]).partition("<")[2].rstrip(">") for letter in letters}


def follow(room: Room, item_id: UUID, *people: object) -> None:
    for person in people:
        following.follow(person.id, item_id)  # type: ignore[attr-defined]
    db.session.commit()


def test_a_reply_under_green_is_printed_with_its_title_and_its_label(room: Room, post_room: PostRoom) -> None:
    asked = room.asks(room.sam, "Who has moved?", marking=Marking.GREEN)
    room.replies(room.owen, asked, WORDS)
    (letter,) = tell(post_room)
    assert letter["Subject"].strip() == "TLP:GREEN New reply: Who has moved?"
    for part in (text_of(letter), html_of(letter)):
        assert all(words in part for words in (WORDS, "Owen Pritchard", "End of TLP:GREEN", "Stop following"))


@pytest.mark.parametrize("marking", [Marking.AMBER, Marking.AMBER_STRICT])
def test_above_green_a_letter_says_only_that_there_is_one(room: Room, post_room: PostRoom, marking: Marking) -> None:
    asked = room.asks(room.sam, "zq7title99887766", marking=marking)
    room.replies(room.grace, asked, WORDS)
    (letter,) = tell(post_room)
    assert letter["Subject"] == "A new reply to read in the portal"
    for part in (text_of(letter), html_of(letter)):
        assert f"1 new reply to something under {marking}" in part
        assert f"/sign-in?next=%2Fdiscussions%2F{asked}" in part
    assert not any(secret in post_room.everything() for secret in (b"zq7", b"Grace"))


def test_of_red_a_letter_says_no_more_than_that_something_waits(room: Room, post_room: PostRoom) -> None:
    red = factories.item(Marking.RED, to=[room.sam, room.grace])
    follow(room, red.id, room.sam)
    room.replies(room.grace, red.id, WORDS)
    (letter,) = tell(post_room)
    assert letter["Subject"] == "Something needs your attention"
    assert str(red.id).encode() not in post_room.everything()


def test_who_replies_under_their_name_has_no_letter_about_it_and_who_does_not_follow_has_none(
    room: Room, post_room: PostRoom
) -> None:
    asked = room.asks(room.sam)
    follow(room, asked, room.grace)
    room.replies(room.grace, asked)
    assert to(tell(post_room)) == {room.sam.email}
    assert tell(post_room) == []


def test_there_is_one_letter_in_half_an_hour_however_many_reply(room: Room, post_room: PostRoom) -> None:
    asked = room.asks(room.sam)
    room.replies(room.grace, asked)
    assert len(tell(post_room)) == 1
    room.replies(room.grace, asked, "And our supplier too.")
    room.replies(room.declan, asked)
    with clock.at(clock.now() + timedelta(minutes=29)):
        assert tell(post_room) == []
    with clock.at(clock.now() + timedelta(minutes=31)):
        (letter,) = tell(post_room)
    assert "2 new replies" in text_of(letter)


def test_a_reply_of_a_member_is_told_next_morning_to_everybody_its_author_too(room: Room, post_room: PostRoom) -> None:
    noon = clock.local(clock.now()).replace(hour=12, minute=0)
    with clock.at(noon):
        asked = room.asks(room.sam, marking=Marking.GREEN)
        follow(room, asked, room.grace)
        room.replies(room.grace, asked, WORDS, named=False)
        assert tell(post_room) == []
    with clock.at(noon + timedelta(hours=18, minutes=30)):
        assert tell(post_room) == []
    with clock.at(noon + timedelta(hours=19, minutes=30)):
        letters = tell(post_room)
    assert to(letters) == {room.sam.email, room.grace.email}
    assert all("A member:" in text_of(letter) and WORDS in text_of(letter) for letter in letters)
    assert b"Grace" not in post_room.everything().replace(b"Grace Okafor <", b"")


def test_who_asks_as_a_member_follows_nothing(room: Room, post_room: PostRoom) -> None:
    asked = room.asks(room.sam, named=False)
    room.replies(room.grace, asked)
    assert tell(post_room) == []


def test_a_letter_says_nothing_of_what_is_gone_when_it_leaves(room: Room, post_room: PostRoom) -> None:
    taken, hidden, raised, left = (room.asks(room.sam, f"Number {number}") for number in range(4))
    said = {asked: room.replies(room.grace, asked) for asked in (taken, hidden, raised, left)}
    telling.tell_due()
    db.session.commit()
    with as_web(room.viewer(room.grace)) as viewer:
        assert replying.take_back(find_said(said[taken], viewer), viewer)
        db.session.commit()
    with as_web(room.viewer(room.priya)) as viewer:
        replying.hide(find_said(said[hidden], viewer, Outlet.DESK), "It names somebody.", viewer)
        db.session.commit()
    publishing.raise_marking(room.item(raised), Marking.RED, by=room.priya.id)
    following.stop_following(room.sam.id, left)
    db.session.commit()
    assert post_room.deliver() == []
    assert {state for state, _ in states()} == {"cancelled"}


def test_following_is_asked_of_nobody_else(room: Room) -> None:
    asked = room.asks(room.sam)
    assert [following.follows(who.id, asked) for who in (room.sam, room.grace)] == [True, False]
    rows = db.session.execute(select(following.Follow.person_id, following.Follow.item_id)).all()
    assert [tuple(row) for row in rows] == [(room.sam.id, asked)]
