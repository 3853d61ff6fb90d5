"""How a question reaches the hub: whose it becomes, whom it reaches, and what no row may keep."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.discussions.conftest import Room, as_web
from warp_hub import clock, db
from warp_hub.db import new_id
from warp_hub.discussions import replying
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.latest import latest_questions
from warp_hub.discussions.replies import find_open, find_said, replies_to
from warp_hub.discussions.waiting import unanswered
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.tlp import Marking


def _reads(room: Room, who: object, item_id: object) -> bool:
    with as_web(room.viewer(who)) as viewer:
        return item_id in [item.id for item in latest_questions(viewer, 10)]


def test_a_question_to_my_warp_is_kept_by_it_and_read_there_alone(room: Room) -> None:
    asked = room.asks(room.sam)
    assert (room.item(asked).keepers, room.item(asked).recipients) == ([room.midshire.id], [room.midshire.id])
    assert [_reads(room, who, asked) for who in (room.sam, room.grace, room.declan, room.priya)] == [True] * 4
    assert not _reads(room, room.owen, asked)


def test_an_associate_has_no_question_for_full_members_and_cannot_ask_one(room: Room) -> None:
    asked = room.asks(room.sam, marking=Marking.AMBER_STRICT)
    assert _reads(room, room.grace, asked)
    assert not _reads(room, room.declan, asked)
    assert Marking.AMBER_STRICT not in [one.marking for one in addresses_for(room.viewer(room.declan))]


def test_a_question_to_all_warps_is_green_and_in_every_warps_digest(room: Room) -> None:
    asked = room.asks(room.sam, marking=Marking.GREEN)
    assert _reads(room, room.owen, asked)
    assert set(room.item(asked).passed_by) == {room.midshire.id, room.westmarch.id}


def test_a_question_about_a_warning_is_never_wider_than_the_warning(room: Room) -> None:
    amber = factories.item(Marking.AMBER, to=[room.midshire], kept_by=[room.midshire])
    strict = factories.item(Marking.AMBER_STRICT, to=[room.midshire], kept_by=[room.midshire])
    for_one = factories.item(Marking.AMBER, to=[room.council], kept_by=[room.midshire])
    red = factories.item(Marking.RED, to=[room.sam], kept_by=[room.midshire])
    early = factories.item(Marking.GREEN, early=[room.sam], embargo_until=clock.now() + timedelta(days=1))
    viewer = room.viewer(room.sam)
    assert [one.marking for one in addresses_for(viewer, amber)] == [Marking.AMBER, Marking.AMBER_STRICT]
    assert [one.marking for one in addresses_for(viewer, strict)] == [Marking.AMBER_STRICT]
    assert [addresses_for(viewer, one) for one in (for_one, red, early)] == [[], [], []]
    assert room.item(room.asks(room.sam, about=amber)).about_id == amber.id


HANDED_OVER = {
    "another's": lambda room: {"keepers": [room.grace.id], "kind": ItemKind.QUESTION},
    "the WARP's": lambda room: {"keepers": [room.midshire.id], "kind": ItemKind.QUESTION},
    "mine and the WARP's": lambda room: {"keepers": [room.sam.id, room.midshire.id], "kind": ItemKind.QUESTION},
    "a warning": lambda room: {"keepers": [room.sam.id], "kind": ItemKind.ADVISORY},
    "addressed elsewhere": lambda room: {"keepers": [room.sam.id], "recipients": [room.westmarch.id]},
    "wider than what it is about": lambda room: {
        "keepers": [room.sam.id],
        "about_id": factories.item(Marking.AMBER_STRICT, to=[room.midshire]).id,
    },
    "for named people": lambda room: {"keepers": [room.sam.id], "marking": Marking.RED, "recipients": [room.sam.id]},
}


@pytest.mark.parametrize("what", HANDED_OVER)
def test_the_database_hands_over_nothing_but_ones_own_question_no_wider_than_one_receives(
    room: Room, what: str
) -> None:
    given = {"kind": ItemKind.QUESTION, "marking": Marking.AMBER, "recipients": [room.midshire.id]}
    given |= HANDED_OVER[what](room)
    item = Item(id=new_id(), title="Mine", originator=room.midshire.id, originator_name="Midshire", **given)
    db.session.add(item)
    db.session.commit()
    with as_web(room.viewer(room.sam)), pytest.raises(DBAPIError, match="may not be handed over"):
        db.session.execute(select(func.hand_over(item.id, room.midshire.id)))


def test_the_database_gives_a_question_to_no_warp_that_its_author_does_not_belong_to(room: Room) -> None:
    item = Item(
        id=new_id(),
        kind=ItemKind.QUESTION,
        marking=Marking.AMBER,
        recipients=[room.westmarch.id],
        keepers=[room.sam.id],
        title="Mine",
        originator=room.westmarch.id,
        originator_name="",
    )
    db.session.add(item)
    db.session.commit()
    with as_web(room.viewer(room.sam)), pytest.raises(DBAPIError, match="may not be handed over"):
        db.session.execute(select(func.hand_over(item.id, room.westmarch.id)))


def test_a_question_goes_where_the_warning_it_is_about_goes(room: Room) -> None:
    """Raised or withdrawn, a warning takes along what is asked about it; the thread follows the question."""
    from warp_hub.sharing import publishing

    warning = factories.item(Marking.GREEN, to=[], kept_by=[room.midshire], passed_by=[room.midshire.id])
    asked = room.asks(room.owen, marking=Marking.GREEN, about=warning)
    room.replies(room.owen, asked)
    with as_web(room.viewer(room.declan)) as viewer:
        assert len(replies_to(asked, viewer)) == 1
    publishing.raise_marking(room.item(warning.id), Marking.AMBER_STRICT)
    db.session.commit()
    for who in (room.declan, room.owen):
        with as_web(room.viewer(who)) as viewer:
            assert replies_to(asked, viewer) == []
    publishing.withdraw(room.item(warning.id))
    db.session.commit()
    assert not _reads(room, room.sam, asked)


def test_what_nobody_has_answered_for_two_days_waits_on_the_desk_of_the_warp_that_keeps_it(room: Room) -> None:
    with clock.at(clock.now() - timedelta(days=3)):
        first, answered, removed, closed = (room.asks(room.sam, f"Number {number}") for number in range(4))
        room.asks(room.owen)
    room.asks(room.sam)
    room.replies(room.grace, answered)
    said = room.replies(room.grace, removed)
    with as_web(room.viewer(room.priya)) as viewer:
        replying.hide(find_said(said, viewer), "It names somebody.", viewer)
        replying.close(closed, "Asked twice.", viewer)
        db.session.commit()
    with as_web(room.viewer(room.priya)) as viewer:
        count, rows, oldest = unanswered(viewer, {room.midshire.id})
    assert (count, {row.id for row in rows}, oldest) == (2, {first, removed}, room.item(first).published_at)
    for who, warp in ((room.priya, room.westmarch), (room.sam, room.midshire)):
        with as_web(room.viewer(who)) as viewer:
            assert unanswered(viewer, {warp.id}) == (0, [], None)


def test_those_who_reply_at_once_have_each_their_turn(room: Room) -> None:
    asked = room.asks(room.sam)

    def say(number: int) -> UUID:
        try:
            return room.replies(room.grace, asked, f"We have, {number} times.")
        finally:
            db.leave()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(say, range(4)))
    assert {room.reply(one).place for one in said} == {1, 2, 3, 4}


def test_what_is_sent_twice_is_said_once(room: Room) -> None:
    asked = room.asks(room.sam)
    assert room.asks(room.sam) == asked
    assert room.asks(room.sam, words="We start in April.") != asked
    assert room.asks(room.sam, marking=Marking.GREEN) != asked
    said = room.replies(room.grace, asked)
    assert room.replies(room.grace, asked) == said
    assert room.replies(room.grace, asked, "Not yet.") != said
    assert room.replies(room.grace, asked) != said
    with clock.at(clock.now() + timedelta(days=1)):
        assert room.asks(room.sam) != asked


def test_two_members_without_a_name_may_say_the_same(room: Room) -> None:
    assert room.asks(room.sam, named=False) != (asked := room.asks(room.grace, named=False))
    assert room.replies(room.sam, asked, "Us too.", named=False) != room.replies(
        room.grace, asked, "Us too.", named=False
    )


@pytest.mark.parametrize("does", ["reply", "take back", "hide"])
def test_whatever_changes_a_thread_takes_its_turn(room: Room, does: str) -> None:
    asked = room.asks(room.sam)
    said = room.replies(room.grace, asked)
    with as_web(room.viewer(room.priya if does == "hide" else room.grace)) as viewer:
        match does:
            case "reply":
                replying.reply(find_open(asked, viewer), "Once more.", None, viewer)
            case "take back":
                replying.take_back(find_said(said, viewer), viewer)
            case "hide":
                replying.hide(find_said(said, viewer), "It names somebody.", viewer)
        held = "SELECT count(*) FROM pg_locks WHERE locktype ~ '^advis' AND objid = :low AND pid = pg_backend_pid()"
        assert db.session.scalar(text(held), {"low": asked.int % 2**32}) == 1
        db.session.rollback()
