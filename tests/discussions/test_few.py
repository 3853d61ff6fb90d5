"""Where too few can read what is said, "a member" would hide nobody."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from tests.discussions.conftest import Room
from tests.discussions.test_pages import QUESTION, said, send
from warp_hub import clock, db
from warp_hub.discussions.hiding import TooFewToHide
from warp_hub.signin.models import Session
from warp_hub.tlp import Marking

WHY = "Too few can read this to hide who wrote it"
FEW = {
    "under TLP:RED": lambda room: factories.item(
        Marking.RED, to=[room.sam, room.grace, room.declan, room.priya, room.amira, room.owen]
    ),
    "of four organisations": lambda room: factories.item(Marking.AMBER_STRICT, to=[room.midshire]),
}


@pytest.mark.parametrize("what", FEW)
def test_nobody_replies_as_a_member_where_few_can_read(room: Room, signed_in: Any, what: str) -> None:
    item = FEW[what](room)
    spoken = {"words": "Ours too.", "shown_as": "a member", "step": "send"}
    page = send(signed_in(room.sam), f"/discussions/{item.id}/reply", **spoken)
    assert page.title.text.startswith("Error:")
    assert WHY in said(page)
    assert page.select_one("main textarea").text.strip() == "Ours too."
    with pytest.raises(TooFewToHide):
        room.replies(room.sam, item.id, named=False)
    room.replies(room.sam, item.id)


def test_nobody_asks_few_as_a_member(room: Room, signed_in: Any) -> None:
    to = f"TLP:AMBER+STRICT {room.midshire.id}"
    spoken = QUESTION | {"to": to, "shown_as": "a member", "step": "send"}
    assert WHY in said(send(signed_in(room.sam), "/discussions/ask", **spoken))
    with pytest.raises(TooFewToHide):
        room.asks(room.sam, marking=Marking.AMBER_STRICT, named=False)


def test_a_warp_may_ask_for_more_organisations_than_five(room: Room) -> None:
    room.asks(room.sam, named=False)
    room.midshire.settings = {"k": 6}
    db.session.commit()
    with pytest.raises(TooFewToHide):
        room.asks(room.sam, "Once more?", named=False)


def test_under_red_no_other_choice_is_offered_than_ones_name(room: Room, signed_in: Any) -> None:
    red = factories.item(Marking.RED, to=[room.sam, room.grace])
    page = signed_in(room.sam).get_page(f"/discussions/{red.id}/reply")
    assert [radio["value"] for radio in page.select('input[name="shown_as"]')] == ["named"]


def test_no_session_tells_who_was_writing_when(room: Room, signed_in: Any) -> None:
    asked, sam = room.asks(room.grace), signed_in(room.sam)
    token = sam.get_page("/sign-out").select_one('input[name="csrf_token"]')["value"]
    db.session.rollback()
    seen = db.session.scalars(select(Session.last_seen).where(Session.person_id == room.sam.id)).one()
    spoken = {"words": "Ours.", "shown_as": "a member", "step": "send", "csrf_token": token}
    with clock.at(clock.now() + timedelta(minutes=5)):  # last_seen is kept to the minute
        sam.get_page("/discussions/ask")
        sam.get_page(f"/discussions/{asked}/reply")
        assert sam.post(f"/discussions/{asked}/reply", data=spoken).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Session.last_seen).where(Session.person_id == room.sam.id)).one() == seen
