"""Sharing wider: members ask, the WARP that keeps it answers, and only with the recorded consent of the source."""

from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError

from tests import factories
from tests.advisories.stix_objects import indicator
from tests.desk.conftest import Desk
from tests.digests.post_room import text_of
from tests.resharing.conftest import Room, now, out, rows
from warp_hub import clock, db
from warp_hub.db.roles import RoleUrls
from warp_hub.memberships.models import MembershipKind
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.resharing import answering
from warp_hub.resharing.models import Answer, ShareRequest, Wish
from warp_hub.sharing import grants
from warp_hub.sharing.grants import ChangedMeanwhile, Consent
from warp_hub.sharing.models import Item, ItemKind, ItemVersion, LabelChange, ShareGrant
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


def test_who_agreed_is_not_kept_of_what_members_reported_or_asked(desk: Desk, signed_in: Any) -> None:
    for kind in (ItemKind.SHARED_INCIDENT, ItemKind.QUESTION):
        item = factories.item(Marking.AMBER, kind=kind, to=[desk.midshire], kept_by=[desk.midshire])
        with db.as_viewer(viewer_of(desk.sam.id, Proof.FULL).settings()):
            _insert({"item_id": item.id, "keeper": desk.midshire.id, "person_id": desk.sam.id})
            db.session.commit()
        (asked,) = [row for row in rows(ShareRequest) if row.item_id == item.id]
        ask, where = f"/desk/sharing/{asked.id}", f"/desk/sharing/lower/{item.id}"
        priya = signed_in(desk.priya)
        for page in (ask, where):
            assert not priya.get_page(page).select("input[name=who], input[name=how]")
        on = {"on": CONSENT["on"]}
        priya.post_form(ask, ANSWER, answer="a WARP", warp=str(desk.westmarch.id), **on)
        token = priya.get_page(where).select_one("main input[name=csrf_token]")["value"]
        priya.post(where, data={"csrf_token": token, "label": "TLP:GREEN", **CONSENT})
        assert now(item.id).marking is Marking.GREEN
    assert {row.consent for row in rows(LabelChange)} == {f"{item.originator_name}, 2026-11-01"}
    assert {row.consent["who"] for row in rows(ShareGrant)} == {item.originator_name}
    assert "Jo of the source" not in str(
        db.session.scalars(select(text("detail::text")).select_from(text("audit"))).all()
    )


def test_a_label_that_became_stricter_meanwhile_is_not_lowered(desk: Desk, database: RoleUrls) -> None:
    item = out(desk, Marking.AMBER)
    agreed = Consent("Jo", clock.today(), "by e-mail")
    viewer = viewer_of(desk.priya.id, Proof.FULL)
    verbs = {
        "marking = 'TLP:AMBER+STRICT'": lambda found: answering.lower(found, Marking.GREEN, agreed, viewer),
        "marking = 'TLP:RED', recipients = '{}'": lambda found: grants.grant(
            found, (), (desk.westmarch.id, "Westmarch"), agreed, desk.midshire.id, viewer
        ),
    }
    with db.acting("web"):
        db.enter(viewer.settings())
        for becomes, verb in verbs.items():
            found = answering.find_lowerable(item.id, viewer)
            with _owner(database) as elsewhere:
                elsewhere.execute(f"UPDATE item SET {becomes} WHERE id = %s", [item.id])
            with pytest.raises(ChangedMeanwhile):
                verb(found)
            db.session.rollback()
        db.leave()


def test_the_same_wish_sent_twice_at_once_is_one_and_no_fault(desk: Desk, signed_in: Any, database: RoleUrls) -> None:
    item = out(desk, Marking.AMBER)
    where, sam = f"/share-wider/{item.id}", signed_in(desk.sam)
    token = sam.get_page(where).select_one("main input[name=csrf_token]")["value"]
    given = {"csrf_token": token, "wish": "a WARP", "warp": "Westmarch WARP", "why": "So"}
    codes: list[int] = []
    with _owner(database) as first, _owner(database) as looking:
        columns = "id, item_id, keeper, person_id, wish, whom, why, because, asked_at"
        first.execute(
            f"INSERT INTO share_request ({columns}) VALUES (%s, %s, %s, %s, 'a WARP', '', '', '', now())",
            [uuid4(), item.id, desk.midshire.id, desk.sam.id],
        )
        second = Thread(target=lambda: codes.append(sam.post(where, data=given).status_code))
        second.start()
        while second.is_alive() and not looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            second.join(0.05)
        first.commit()
        second.join(30)
    assert codes == [303]
    assert len(rows(ShareRequest)) == 1


def _owner(database: RoleUrls) -> "psycopg.Connection[Any]":
    url = make_url(database.owner).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url)


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
