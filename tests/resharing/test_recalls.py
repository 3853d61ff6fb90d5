"""Recalls: whoever was handed something that is withdrawn or raised is told so, once, and nobody learns more by it."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from tests import factories
from tests.advisories.stix_objects import LATE, indicator, report
from tests.desk.conftest import Desk
from tests.digests.post_room import text_of
from tests.resharing.conftest import Room, handed, now, out, rows
from warp_hub import clock, db
from warp_hub.advisories import queue
from warp_hub.alerts import notices
from warp_hub.digests import previews
from warp_hub.memberships.models import State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.resharing import telling
from warp_hub.sharing import bulk, deliveries, recalling
from warp_hub.sharing.models import Delivery, Item, ItemKind, ItemVersion, Recall, RecallTold, Severity
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet


def _by_priya(desk: Desk, item: Item, verb: Any, *given: Any, **named: Any) -> None:
    """Let the coordinator do it, as the web role does."""
    with db.acting("web"):
        viewer = viewer_of(desk.priya.id, Proof.FULL)
        db.enter(viewer.settings())
        found = db.session.scalars(select_visible(Item, viewer, Outlet.DESK).where(Item.id == item.id)).one()
        verb(found, *given, viewer, **named)
        db.session.commit()
        db.leave()


def _withdraw(desk: Desk, item: Item, **given: Any) -> None:
    _by_priya(desk, item, queue.withdraw, "Canary reason", **given)


def test_a_letter_notes_what_it_printed_and_what_it_only_counted(desk: Desk, room: Room) -> None:
    urgent = {"severity": Severity.ACT_TODAY, "passed_by": [desk.midshire.id]}
    green = factories.item(Marking.GREEN, **urgent).id
    amber = factories.item(Marking.AMBER, to=[desk.midshire], **urgent).id
    for item_id in (green, amber):
        notices.announce(item_id)
    db.session.commit()
    room.deliver()
    room.deliver()
    noted = {(row.item_id, row.outlet) for row in rows(Delivery) if row.person_id == desk.sam.id}
    assert noted == {(green, Outlet.MAIL), (amber, Outlet.NOTICE)}


def test_a_letter_of_which_nobody_knows_whether_it_arrived_was_handed_over(desk: Desk, room: Room) -> None:
    item = factories.item(Marking.GREEN, severity=Severity.ACT_TODAY, passed_by=[desk.midshire.id]).id
    notices.announce(item)
    db.session.commit()
    room.is_cut_off = True
    room.deliver()
    assert {row.item_id for row in rows(Delivery) if row.person_id == desk.sam.id} == {item}


def test_those_who_had_it_are_told_once_whatever_is_killed_and_nobody_else(desk: Desk, room: Room) -> None:
    item = out(desk, Marking.GREEN, indicator("canary.example"))
    left = factories.member(desk.midshire)
    handed(item, desk.sam, left)
    handed(item, desk.owen, by=Outlet.FILE)
    left.state = State.SUSPENDED
    db.session.commit()
    _withdraw(desk, item, tells=True)
    telling.tell_due()
    db.session.expunge_all()
    db.session.rollback()  # killed before its commit
    letters = room.recalls()
    assert set(letters) == {desk.sam.email, desk.owen.email}
    assert room.recalls() == {}
    said = text_of(letters[desk.sam.email])
    assert "A warning is withdrawn" in said
    assert "its label was TLP:GREEN" in said
    assert "delete your copy" in said
    assert b"anary" not in room.everything()
    assert {row.person_id for row in rows(RecallTold)} == {desk.sam.id, desk.owen.id, left.id}


def test_what_was_recalled_before_the_worker_stood_still_over_a_weekend_is_told_afterwards(
    desk: Desk, room: Room
) -> None:
    item = out(desk, Marking.GREEN)
    handed(item, desk.sam)
    _withdraw(desk, item)
    with clock.at(clock.now() + timedelta(days=4)):
        assert set(room.recalls()) == {desk.sam.email}


def test_a_raise_to_red_says_that_a_label_changed_and_nothing_else(desk: Desk, room: Room, signed_in: Any) -> None:
    item = out(desk, Marking.AMBER)
    handed(item, desk.sam, by=Outlet.NOTICE)
    handed(item, desk.owen)  # of another WARP: it is not even his to be told of
    _by_priya(desk, item, queue.raise_label, Marking.RED)
    letters = room.recalls()
    assert set(letters) == {desk.sam.email}
    said = text_of(letters[desk.sam.email])
    assert "The label of a warning has changed" in said
    assert "TLP:AMBER" in said
    assert b"anary" not in room.everything()
    assert b"RED" not in room.everything()
    # On the list it is for whoever still receives it: to lose sight is silent.
    assert "There is nothing to show" in signed_in(desk.sam).get_page("/advisories/withdrawn").text
    seen = signed_in(desk.priya).get_page("/advisories/withdrawn")
    assert "Canary gateway" in seen.text
    assert "The label of a warning has changed" in seen.text


def test_raised_after_queueing_it_drops_out_of_letters_and_nothing_is_said_to_who_never_had_it(
    desk: Desk, room: Room
) -> None:
    """L26 of LEAKS.md: those who had it are told that a label changed; who did not, loses sight of it in silence."""
    given = {"severity": Severity.ACT_TODAY, "kept_by": [desk.midshire], "passed_by": [desk.midshire.id]}
    item = factories.item(Marking.GREEN, title="Canary", **given).id
    notices.announce(item)
    db.session.commit()
    handed(now(item), desk.owen)
    _by_priya(desk, now(item), queue.raise_label, Marking.RED)
    assert {str(letter["To"]).split("<")[-1].strip(">") for letter in room.deliver()} == {desk.priya.email}
    assert set(room.recalls()) == {desk.owen.email}
    assert b"anary" not in room.everything()


def test_what_was_told_of_anew_under_the_stricter_label_is_not_recalled(desk: Desk, room: Room) -> None:
    item = out(desk, Marking.GREEN)
    handed(item, desk.sam)
    _by_priya(desk, item, queue.raise_label, Marking.AMBER)
    late = factories.member(desk.midshire)
    deliveries.note([item.id], late.id, Outlet.NOTICE, clock.now() + timedelta(hours=1))
    db.session.commit()
    assert set(room.recalls()) == {desk.sam.email}


def test_a_recall_has_the_old_handling_and_revoked_versions_of_each_object_under_its_own(desk: Desk) -> None:
    value = indicator("one.example", marking=Marking.AMBER)
    item = out(desk, Marking.GREEN, value)
    _withdraw(desk, item)
    recalls = {row.id: row for row in rows(Item) if row.kind is ItemKind.RECALL}
    assert {(row.marking, tuple(row.recipients)) for row in recalls.values()} == {
        (Marking.GREEN, ()),
        (Marking.AMBER, (desk.midshire.id,)),
    }
    assert {(row.title, row.summary, row.originator_name) for row in recalls.values()} == {("", "", "")}
    revoked = {
        recalls[row.item_id].marking: orjson.loads(row.content) for row in rows(ItemVersion) if row.item_id in recalls
    }
    assert revoked[Marking.AMBER]["id"] == value["id"]
    assert {said["type"] for said in revoked.values()} == {"report", "indicator"}
    for said in revoked.values():
        assert set(said) == {"type", "spec_version", "id", "created", "modified", "revoked"}
        assert said["revoked"] is True
    assert [row.is_told_of for row in rows(Recall) if row.id == row.act_id] == [True]


def test_what_a_source_revokes_is_recalled_with_its_title_once(desk: Desk, room: Room, signed_in: Any) -> None:
    sent = report(name="Wrong alarm", marking=Marking.GREEN)
    (item,) = desk.receives(sent)
    bulk.publish_all([item.id], to=[], passed_by=[desk.midshire.id])
    handed(item, desk.sam)
    for _ in range(2):
        desk.pulled.pull(desk.feed, {**sent, "modified": LATE, "revoked": True})
    assert len(rows(Recall)) == 1
    assert "withdrawn by its source" in text_of(room.recalls()[desk.sam.email])
    assert "Wrong alarm" in signed_in(desk.sam).get_page("/advisories/withdrawn").text


def test_early_notice_that_is_recalled_stays_with_those_who_had_it_early(desk: Desk) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    item = now(item.id)
    item.embargo_until, item.early = clock.now() + timedelta(hours=1), [desk.sam.id]
    bulk.publish_all([item.id], to=[], passed_by=[desk.midshire.id])
    db.session.commit()
    _withdraw(desk, item)
    with clock.at(clock.now() + timedelta(days=2)):
        for person, sees in ((desk.sam, 1), (desk.owen, 0)):
            with db.as_viewer(viewer_of(person.id, Proof.FULL).settings()):
                asked = recalling.select_recalls(viewer_of(person.id, Proof.FULL))
                assert len(db.session.execute(asked).all()) == sees


def test_coordinators_withdraw_and_say_whether_members_are_told_why(desk: Desk, signed_in: Any) -> None:
    told, silent = out(desk, Marking.AMBER), out(desk, Marking.AMBER)
    handed(told, *(factories.member(desk.midshire) for _ in range(6)))
    handed(silent, *(factories.member(desk.midshire) for _ in range(4)))
    priya = signed_in(desk.priya)
    # Few of a less urgent warning are those whose systems it matches, and one more file is somebody's.
    assert "5 or more people by mail" in priya.get_page(f"/desk/warnings/{told.id}").text
    assert "Handed to" not in priya.get_page(f"/desk/warnings/{silent.id}").text
    for item, tells in ((told, {"tells": "y"}), (silent, {})):
        priya.post_form(f"/desk/warnings/{item.id}", "Withdraw it from everybody", reason="It names a victim", **tells)
    page = signed_in(desk.sam).get_page("/advisories/withdrawn")
    assert page.text.count("Canary gateway") == 1
    assert page.text.count("It names a victim") == 1
    assert page.text.count("A warning is withdrawn") == 2
    assert "There is nothing to show" in signed_in(desk.owen).get_page("/advisories/withdrawn").text
    signed_in(desk.sam).get_page(f"/advisories/{told.id}", status=404)


def test_nobody_who_is_signed_in_reads_who_was_handed_what(desk: Desk) -> None:
    item = out(desk, Marking.GREEN)
    handed(item, desk.sam)
    counts = {}
    for person in (desk.priya, desk.ffion, desk.sam):
        with db.as_viewer(viewer_of(person.id, Proof.FULL).settings()):
            counts[person.id] = deliveries.handed_to(item.id)
            with pytest.raises(ProgrammingError):
                db.session.execute(select(func.count()).select_from(Delivery))
    # Both keep it, since the source serves both; a member is told nothing.
    assert counts == {desk.priya.id: {Outlet.MAIL: 1}, desk.ffion.id: {Outlet.MAIL: 1}, desk.sam.id: {}}


def test_a_file_notes_what_was_in_it_for_whoever_took_it_and_the_record_ends_after_a_year(
    desk: Desk, signed_in: Any
) -> None:
    item = out(desk, Marking.GREEN)
    sam = signed_in(desk.sam)
    for _ in range(2):
        assert sam.get("/exports/warnings.csv").status_code == 200
    assert [(row.person_id, row.item_id, row.outlet) for row in rows(Delivery)] == [(desk.sam.id, item.id, Outlet.FILE)]
    with clock.at(clock.now() + timedelta(days=366)):
        assert deliveries.forget_old() == 1


def test_a_digest_says_what_became_of_what_it_told_and_to_nobody_else(desk: Desk, room: Room) -> None:
    monday = clock.now().replace(hour=7, minute=31) - timedelta(days=7)
    told = factories.item(
        Marking.GREEN, title="Canary one", kept_by=[desk.midshire], passed_by=[desk.midshire.id], published=monday
    ).id
    with clock.at(monday + timedelta(hours=1)):
        previews.send_now(desk.midshire, desk.sam)
        db.session.commit()
        room.deliver()
    _withdraw(desk, now(told), tells=True)
    factories.item(Marking.GREEN, title="News", passed_by=[desk.midshire.id], published=timedelta(0))
    previews.send_now(desk.midshire)
    db.session.commit()
    letters = {str(letter["To"]).split("<")[-1].strip(">"): text_of(letter) for letter in room.deliver()}
    assert "WITHDRAWN AND CHANGED" in letters[desk.sam.email]
    assert "TLP:GREEN A warning is withdrawn: Canary one" in letters[desk.sam.email]
    assert "WITHDRAWN" not in letters[desk.priya.email]
