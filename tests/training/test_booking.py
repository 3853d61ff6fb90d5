"""Taking a place, waiting for one, giving it back: by whom, and who learns of it."""

from datetime import timedelta

import pytest

from tests import factories
from tests.training.conftest import LINK, School
from warp_hub import clock, db
from warp_hub.memberships import organisations
from warp_hub.memberships.models import MembershipKind
from warp_hub.memberships.viewers import Proof
from warp_hub.tlp import Marking
from warp_hub.training.models import OpenTo


def _words(page) -> str:
    return page.get_text(" ", strip=True)


def _send(browser, path: str) -> int:
    token = browser.get_page("/sign-out").find("input", {"name": "csrf_token"})["value"]
    return browser.post(path, data={"csrf_token": token}).status_code


@pytest.mark.parametrize("proof", [Proof.MAILBOX, Proof.FULL])
def test_a_member_books_and_cancels_also_with_a_link_from_a_letter(school: School, signed_in, proof) -> None:
    item_id = school.announces()
    sam = signed_in(school.sam, proof)
    assert "Ransomware exercise" in _words(sam.get_page("/training"))
    page = sam.post_form(f"/training/{item_id}", "Book a place")
    assert "Your place is booked." in _words(page)
    assert "Booked" in _words(sam.get_page("/training"))
    page = sam.post_form(f"/training/{item_id}", "Cancel my booking")
    assert "Your booking is cancelled." in _words(page)
    assert school.state_of(school.sam, item_id) == "cancelled"
    assert "Book a place" in _words(page)


def test_the_link_to_join_is_for_those_with_a_place_alone(school: School, signed_in) -> None:
    item_id = school.announces(capacity=1)
    school.books(school.sam, item_id)
    assert school.books(school.grace, item_id) == "waiting"
    assert LINK in str(signed_in(school.sam).get_page(f"/training/{item_id}"))
    other = factories.member(school.midshire)
    for person in (school.grace, other, school.owen):
        assert LINK not in str(signed_in(person).get_page(f"/training/{item_id}"))
    for browser in (signed_in(school.sam), signed_in(school.priya)):
        assert LINK not in str(browser.get_page("/training"))
    school.cancels(school.sam, item_id)
    assert LINK not in str(signed_in(school.sam).get_page(f"/training/{item_id}"))
    assert LINK in str(signed_in(school.grace).get_page(f"/training/{item_id}"))


def test_whoever_belongs_to_the_warp_no_longer_has_no_link_and_moves_up_no_more(school: School, signed_in) -> None:
    item_id = school.announces(capacity=2)
    both = [factories.organisation(school.midshire, school.westmarch) for _ in range(2)]
    booked, waiting = (factories.person(of) for of in both)
    school.books(booked, item_id)
    school.books(school.sam, item_id)
    assert [school.books(person, item_id) for person in (waiting, school.grace)] == ["waiting"] * 2
    for body in both:
        organisations.lapse(body, school.midshire)
    db.session.commit()
    page = signed_in(booked).get_page(f"/training/{item_id}")
    assert LINK not in str(page)
    school.cancels(school.sam, item_id)
    assert [school.state_of(person, item_id) for person in (waiting, school.grace)] == ["waiting", "booked"]


def test_who_comes_too_late_waits_in_line_and_moves_up(school: School, signed_in) -> None:
    item_id = school.announces(capacity=1)
    line = [factories.member(school.midshire) for _ in range(3)]
    assert school.books(school.sam, item_id) == "booked"
    page = signed_in(line[0]).post_form(f"/training/{item_id}", "Join the waiting list")
    assert "You are number 1 in the waiting list" in _words(page)
    assert [school.books(person, item_id) for person in line] == ["waiting"] * 3
    assert "number 3 in the waiting list" in _words(signed_in(line[2]).get_page(f"/training/{item_id}"))
    school.cancels(school.sam, item_id)
    assert [school.state_of(person, item_id) for person in line] == ["booked", "waiting", "waiting"]
    assert "number 2 in the waiting list" in _words(signed_in(line[2]).get_page(f"/training/{item_id}"))
    signed_in(line[1]).post_form(f"/training/{item_id}", "Leave the waiting list")
    assert "number 1 in the waiting list" in _words(signed_in(line[2]).get_page(f"/training/{item_id}"))


def test_nobody_overtakes_who_waits_for_a_place_that_became_free(school: School) -> None:
    item_id = school.announces(capacity=1)
    school.books(school.sam, item_id)
    school.books(school.grace, item_id)
    from warp_hub import db
    from warp_hub.training import bookings

    bookings.give_back(item_id, school.viewer(school.sam))
    db.session.commit()
    late = factories.member(school.midshire)
    assert school.books(late, item_id) == "waiting"
    assert school.fills(item_id) == 1
    assert (school.state_of(school.grace, item_id), school.state_of(late, item_id)) == ("booked", "waiting")


def test_who_comes_back_stands_at_the_end_of_the_line(school: School) -> None:
    item_id = school.announces(capacity=1)
    for person in (school.sam, school.grace):
        school.books(person, item_id)
    school.cancels(school.sam, item_id)
    assert school.books(school.sam, item_id) == "waiting"
    assert school.books(school.sam, item_id) == "waiting"
    assert school.state_of(school.grace, item_id) == "booked"


def test_one_organisation_takes_no_more_than_its_share_and_holds_nobody_up(school: School) -> None:
    item_id = school.announces(capacity=3, per_organisation=1)
    colleague = factories.person(school.council)
    assert [school.books(person, item_id) for person in (school.sam, colleague)] == ["booked", "waiting"]
    assert school.books(school.grace, item_id) == "booked"
    assert school.fills(item_id) == 0
    school.cancels(school.sam, item_id)
    assert school.state_of(colleague, item_id) == "booked"


def test_more_places_go_to_those_who_wait(school: School) -> None:
    item_id = school.announces(capacity=1)
    for person in (school.sam, school.grace):
        school.books(person, item_id)
    school.changes(item_id, capacity=2)
    assert school.fills(item_id) == 1
    assert school.state_of(school.grace, item_id) == "booked"


def test_what_is_for_a_warps_own_members_is_seen_by_others_and_booked_by_none(school: School, signed_in) -> None:
    own, for_all = school.announces(), school.announces(open_to=OpenTo.ALL, title="For everybody")
    owen = signed_in(school.owen)
    assert "Only members of the WARP that organises it" in _words(owen.get_page(f"/training/{own}"))
    assert _send(owen, f"/training/{own}/book") == 404
    assert school.state_of(school.owen, own) is None
    owen.post_form(f"/training/{for_all}", "Book a place")
    assert school.state_of(school.owen, for_all) == "booked"


def test_an_amber_session_is_not_there_for_other_warps_nor_for_a_mailbox(school: School, signed_in) -> None:
    item_id = school.announces(Marking.AMBER, title="What happened at Ashcombe")
    associate = factories.member(school.midshire, MembershipKind.ASSOCIATE)
    for person in (school.sam, associate, school.priya):
        page = signed_in(person).get_page(f"/training/{item_id}")
        assert page.title.get_text() == "A training session - WARP Hub"
    for browser in (signed_in(school.owen), signed_in(school.ffion), signed_in(school.sam, Proof.MAILBOX)):
        refused = browser.get(f"/training/{item_id}")
        absent = browser.get("/training/00000000-0000-4000-8000-000000000000")
        assert (refused.status_code, refused.data) == (404, absent.data)
        assert "Ashcombe" not in str(browser.get_page("/training"))
        assert _send(browser, f"/training/{item_id}/book") == 404
    assert signed_in(school.owen).get("/training/not-an-id").status_code == 404


def test_nobody_books_what_has_begun_or_is_called_off(school: School, signed_in) -> None:
    off, begun = (
        school.announces(title="Off"),
        school.announces(title="Begun", starts_at=clock.now() + timedelta(hours=1)),
    )
    school.calls_off(off)
    sam = signed_in(school.sam)
    assert "This session will not take place." in _words(sam.get_page(f"/training/{off}"))
    assert "Cancelled" in _words(sam.get_page("/training"))
    assert _send(sam, f"/training/{off}/book") == 409
    with clock.at(clock.now() + timedelta(hours=1, minutes=5)):
        sam = signed_in(school.sam)
        assert "Book a place" not in _words(sam.get_page(f"/training/{begun}"))
        assert _send(sam, f"/training/{begun}/book") == 409


def test_what_is_over_is_in_the_list_of_the_past(school: School, signed_in) -> None:
    school.announces(title="Over", starts_at=clock.now() + timedelta(hours=1))
    school.announces(title="To come")
    with clock.at(clock.now() + timedelta(hours=3)):
        sam = signed_in(school.sam)
        coming, past = _words(sam.get_page("/training")), _words(sam.get_page("/training?show=past"))
    assert ("Over" in coming, "To come" in coming) == (False, True)
    assert ("Over" in past, "To come" in past) == (True, False)


def test_a_stranger_is_sent_to_sign_in_and_a_lapsed_member_sees_nothing(school: School, signed_in, browser) -> None:
    item_id = school.announces()
    assert browser.get(f"/training/{item_id}").status_code == 302
    lapsed = factories.person(factories.organisation(school.midshire, state=factories.State.LAPSED))
    assert signed_in(lapsed).get(f"/training/{item_id}").status_code == 404


def test_what_comes_up_names_the_soonest_first_and_ones_own_place(school: School) -> None:
    from warp_hub.training.coming import coming_up

    later = school.announces(title="Later", starts_at=clock.now() + timedelta(days=20))
    soon, off = school.announces(title="Soon"), school.announces(title="Off")
    school.calls_off(off)
    school.books(school.sam, later)
    found = [(one.title, one.state and one.state.value) for one in coming_up(school.viewer(school.sam), 5)]
    assert found == [("Soon", None), ("Later", "booked")]
    assert [one.id for one in coming_up(school.viewer(school.sam), 1)] == [soon]
