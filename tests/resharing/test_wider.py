"""Sharing wider: members ask, the WARP that keeps it answers, and only with the recorded consent of the source."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError

from tests import factories
from tests.advisories.stix_objects import indicator
from tests.desk.conftest import Desk
from tests.digests.post_room import text_of
from tests.resharing.conftest import Room, now, out, rows
from warp_hub import clock, db
from warp_hub.memberships.models import MembershipKind
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.resharing.models import Answer, ShareRequest, Wish
from warp_hub.sharing.models import Item, ItemVersion, LabelChange, ShareGrant
from warp_hub.tlp import Marking

CONSENT = {"who": "Jo of the source", "on": "01/11/2026", "how": "by e-mail"}
ASK, ANSWER = "Send your question", "Send your answer"


def _asked(desk: Desk, signed_in: Any, item: Item, **wish: str) -> str:
    """Let a member ask; return where the coordinator answers."""
    signed_in(desk.sam).post_form(f"/share-wider/{item.id}", ASK, why="Our supplier runs it", **wish)
    (asked,) = [row for row in rows(ShareRequest) if row.item_id == item.id]
    return f"/desk/sharing/{asked.id}"


def _reads(signed_in: Any, person: Any, item: Item) -> bool:
    return bool(signed_in(person).get(f"/advisories/{item.id}").status_code == 200)


def test_a_member_asks_once_and_the_desk_that_keeps_it_learns_who(desk: Desk, signed_in: Any) -> None:
    item = out(desk, Marking.AMBER)
    sam = signed_in(desk.sam)
    assert "Ask to share wider" in sam.get_page(f"/advisories/{item.id}").text
    refused = sam.post_form(f"/share-wider/{item.id}", ASK, wish="a WARP", why="")
    assert refused.title.text.startswith("Error:")
    assert "Choose a WARP" in refused.text
    _asked(desk, signed_in, item, wish="a WARP", warp="Westmarch WARP")
    assert "asked about this already" in sam.get_page(f"/share-wider/{item.id}").text
    with db.as_viewer(viewer_of(desk.sam.id, Proof.FULL).settings()):
        row = {"item_id": item.id, "keeper": desk.midshire.id, "person_id": desk.sam.id}
        # The database refuses a second one too, and one in another's name.
        assert _insert(row).rowcount == 0
        with pytest.raises(ProgrammingError):
            _insert({**row, "person_id": desk.owen.id})
    desk_page = signed_in(desk.priya).get_page("/desk")
    assert "Asked to share wider (1)" in desk_page.text
    assert desk.sam.name in signed_in(desk.priya).get_page(_only()).text
    # Who does not receive it cannot ask, and meets what is not there; nor does the other desk, which keeps it too.
    signed_in(desk.owen).get_page(f"/share-wider/{item.id}", status=404)
    signed_in(desk.ffion).get_page(_only(), status=404)


def _insert(row: dict[str, Any]) -> Any:
    said = {"id": uuid4(), "wish": Wish.WARP, "whom": "", "why": "", "because": "", "asked_at": clock.now()}
    statement = insert(ShareRequest).values(**said, **row).on_conflict_do_nothing()
    return db.session.execute(statement, execution_options={"preserve_rowcount": True})


def _only() -> str:
    (asked,) = rows(ShareRequest)
    return f"/desk/sharing/{asked.id}"


def test_yes_lets_another_warp_have_it_with_what_stands_behind_and_stamps_anew(
    desk: Desk, room: Room, signed_in: Any
) -> None:
    value = indicator("behind.example", marking=Marking.AMBER)
    item = out(desk, Marking.AMBER, value)
    where = _asked(desk, signed_in, item, wish="a WARP", warp="Westmarch WARP")
    assert not _reads(signed_in, desk.owen, item)
    priya = signed_in(desk.priya)
    assert "Enter who agreed" in priya.post_form(where, ANSWER, answer="a WARP", warp=str(desk.westmarch.id)).text
    priya.post_form(where, ANSWER, answer="a WARP", warp=str(desk.westmarch.id), because="Go on", **CONSENT)
    assert "behind[.]example" in signed_in(desk.owen).get_page(f"/advisories/{item.id}").text
    assert now(item.id).added_at > item.added_at
    assert {row.added_at > item.added_at for row in rows(ItemVersion)} == {True}
    (granted,) = rows(ShareGrant)
    assert (granted.to_id, granted.consent["who"], granted.granted_by) == (
        desk.westmarch.id,
        "Jo of the source",
        desk.priya.id,
    )
    (letter,) = room.deliver()
    assert desk.sam.email in str(letter["To"])
    assert "The answer is yes." in text_of(letter)
    assert b"anary" not in room.everything()
    assert "Go on" in signed_in(desk.sam).get_page(f"/advisories/{item.id}").text
    signed_in(desk.priya).get_page(where, status=404)


def test_no_is_said_with_its_reason_and_one_may_ask_again(desk: Desk, room: Room, signed_in: Any) -> None:
    item = out(desk, Marking.AMBER)
    where = _asked(desk, signed_in, item, wish="an organisation", organisation="Contoso")
    priya = signed_in(desk.priya)
    assert "Say why" in priya.post_form(where, ANSWER, answer="no").text
    priya.post_form(where, ANSWER, answer="no", because="The source says no")
    assert [row.answer for row in rows(ShareRequest)] == [Answer.NO]
    assert "The answer is no." in text_of(room.deliver()[0])
    page = signed_in(desk.sam).get_page(f"/advisories/{item.id}").text
    assert "The source says no" in page
    assert "Ask to share wider" in page


def test_strict_goes_to_no_associate_and_red_to_no_address(desk: Desk, signed_in: Any) -> None:
    item = out(desk, Marking.AMBER_STRICT)
    supplier = factories.organisation(desk.midshire, kind=MembershipKind.ASSOCIATE)
    where = _asked(desk, signed_in, item, wish="an organisation", organisation=supplier.name)
    name, priya = supplier.name, signed_in(desk.priya)
    given = {"answer": "an organisation", **CONSENT}
    assert "No member has exactly this name" in priya.post_form(where, ANSWER, organisation="Nobody", **given).text
    assert "never goes to associates" in priya.post_form(where, ANSWER, organisation=name, **given).text
    assert [row.answer for row in rows(ShareRequest)] == [None]
    red = factories.item(Marking.RED, to=[desk.sam], kept_by=[desk.midshire])
    page = signed_in(desk.sam).get_page(f"/share-wider/{red.id}")
    assert [radio["value"] for radio in page.select("input[name=wish]")] == [Wish.LABEL.value]


def test_a_label_is_lowered_only_with_consent_that_is_recorded_and_shown(desk: Desk, signed_in: Any) -> None:
    item = out(desk, Marking.AMBER, indicator("alone.example", marking=Marking.AMBER))
    where, priya = f"/desk/sharing/lower/{item.id}", signed_in(desk.priya)
    future = {**CONSENT, "on": "01/01/2100"}
    assert "has not come yet" in priya.post_form(where, "Change the label", label="TLP:GREEN", **future).text
    assert now(item.id).marking is Marking.AMBER
    priya.post_form(where, "Change the label", label="TLP:GREEN", **CONSENT)
    page = signed_in(desk.owen).get_page(f"/advisories/{item.id}").text
    assert "alone[.]example" in page
    assert "Label changed from TLP:AMBER to TLP:GREEN with the consent of its source" in page
    assert "Jo of the source" not in page
    assert "Jo of the source, 2026-11-01, by e-mail" in signed_in(desk.priya).get_page(where).text
    assert {(row.before, row.after) for row in rows(LabelChange)} == {(Marking.AMBER, Marking.GREEN)}
    signed_in(desk.sam).get_page(where, status=404)


def test_what_was_for_named_people_goes_to_the_warps_that_passed_it_on(desk: Desk, signed_in: Any) -> None:
    red = factories.item(Marking.RED, to=[desk.priya], kept_by=[desk.midshire], passed_by=[desk.midshire.id])
    priya = signed_in(desk.priya)
    priya.post_form(f"/desk/sharing/lower/{red.id}", "Change the label", label="TLP:AMBER", **CONSENT)
    assert set(now(red.id).recipients) == {desk.priya.id, desk.midshire.id}
    # Nothing is wider than TLP:CLEAR, so there is no such page to come back to.
    page = priya.post_form(f"/desk/sharing/lower/{red.id}", "Change the label", label="TLP:CLEAR", **CONSENT)
    assert "The label is changed." in page.text
    audited = db.session.scalars(select(text("action")).select_from(text("audit"))).all()
    assert "lowered the label" in audited
