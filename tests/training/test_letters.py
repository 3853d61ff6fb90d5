"""What is written to those who have a place or wait for one, and what never is."""

from datetime import timedelta

import icalendar
import pytest

from tests import factories
from tests.page_client import check_letter
from tests.training.conftest import LINK, NOTHING_SAID, School, body, calendar, html
from warp_hub import clock, db
from warp_hub.memberships.models import MembershipKind
from warp_hub.tlp import Marking
from warp_hub.training import reminders
from warp_hub.training.models import OpenTo

TITLE = "Ransomware exercise"


def _event(message):
    """Return the one event that came along, read by another's parser."""
    (event,) = icalendar.Calendar.from_ical(calendar(message)).walk("VEVENT")
    return event


def _reminded(school: School, moment) -> int:
    with clock.at(moment):
        reminders.remind_due()
        db.session.commit()
        return len(school.letters())


@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.GREEN])
def test_a_booking_is_confirmed_with_title_link_and_a_calendar_entry(school: School, marking) -> None:
    school.books(school.sam, school.announces(marking))
    (letter,) = school.letters()
    assert letter["Subject"].startswith(f"{marking.value} Booked: {TITLE}, ")
    check_letter(html(letter), "booked")
    for part in (body(letter), html(letter)):
        for said in ("Your place is booked.", TITLE, LINK, NOTHING_SAID, f"End of {marking.value}", "/open?link="):
            assert said in part
    event = _event(letter)
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == (f"{marking.value} {TITLE}", "CONFIRMED")
    assert LINK in str(event["DESCRIPTION"])
    assert str(event["ATTENDEE"]) == f"mailto:{school.sam.email}"
    assert 'method="REQUEST"' in letter.as_string()


def test_of_an_amber_session_nothing_is_printed_but_its_time(school: School) -> None:
    item_id = school.announces(
        Marking.AMBER, title="What happened at Ashcombe", place="Ashcombe House", is_online=False
    )
    school.books(school.sam, item_id)
    school.changes(item_id, title="What happened at Ashcombe", place="Ashcombe House", join_link=f"{LINK}2")
    with clock.at(clock.now() + timedelta(days=9, hours=1)):
        reminders.remind_due()
        db.session.commit()
        school.letters()
    school.calls_off(item_id)
    letters = school.letters()
    assert len(school.sent) == 4
    for raw in school.sent:
        for secret in (b"Ashcombe", b"secret-room", b"prepare anything", b"AMBER"):
            assert secret not in raw
        assert b"A training session" in raw
    event = _event(letters[-1])
    assert (str(event["SUMMARY"]), event.get("LOCATION"), event.get("DESCRIPTION")) == (
        "A training session",
        None,
        None,
    )
    assert f"/sign-in?next=%2Ftraining%2F{item_id}" in body(letters[-1])


def test_the_waiting_list_and_the_move_up_are_written_about(school: School) -> None:
    item_id = school.announces(capacity=1)
    for person in (school.sam, school.grace):
        school.books(person, item_id)
    (waits,) = school.letters(school.grace)
    assert "You are number 1 in the waiting list." in body(waits)
    assert LINK not in body(waits)
    assert calendar(waits) == ""
    school.cancels(school.sam, item_id)
    letters = school.letters()
    left, promoted = letters
    assert "Your booking is cancelled" in left["Subject"]
    assert (str(_event(left)["STATUS"]), 'method="CANCEL"' in left.as_string()) == ("CANCELLED", True)
    assert "You have a place" in promoted["Subject"]
    assert LINK in body(promoted)
    assert _event(promoted)["UID"] == _event(left)["UID"]


def test_a_moved_session_keeps_its_name_and_its_number_rises(school: School) -> None:
    item_id = school.announces()
    school.books(school.sam, item_id)
    (booked,) = school.letters()
    starts_at = (clock.now() + timedelta(days=20)).replace(microsecond=0)
    school.changes(item_id, starts_at=starts_at)
    (moved,) = school.letters()
    assert "Changed" in moved["Subject"]
    before, after = _event(booked), _event(moved)
    assert (before["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (after["UID"], 0, 1)
    assert after.decoded("DTSTART") == starts_at
    school.calls_off(item_id)
    (off,) = school.letters()
    assert LINK not in body(off) + calendar(off)
    assert (_event(off)["UID"], _event(off)["SEQUENCE"], str(_event(off)["STATUS"])) == (before["UID"], 2, "CANCELLED")


def test_coming_back_raises_the_number_so_that_a_calendar_takes_the_session_up_again(school: School) -> None:
    item_id = school.announces()
    numbers = []
    for verb in (school.books, school.cancels, school.books):
        verb(school.sam, item_id)
        numbers.append(int(_event(school.letters()[0])["SEQUENCE"]))
    assert numbers == [0, 1, 2]


def test_a_new_title_alone_is_no_reason_for_a_letter(school: School) -> None:
    item_id = school.announces()
    starts_at = _starts_at(school, item_id)
    school.books(school.sam, item_id)
    school.letters()
    school.changes(item_id, starts_at=starts_at, title="Another title")
    assert school.letters() == []


def _starts_at(school: School, item_id):
    from warp_hub.training import bookings

    found = bookings.find(item_id, school.viewer(school.priya))
    assert found is not None
    return found.starts_at


def test_reminders_come_a_week_a_day_and_an_hour_before_once_and_to_those_with_a_place(school: School) -> None:
    item_id = school.announces(capacity=1)
    starts_at = _starts_at(school, item_id)
    school.books(school.sam, item_id)
    school.books(school.grace, item_id)
    school.letters()
    for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=1)):
        assert _reminded(school, starts_at - before - timedelta(minutes=2)) == 0
        assert _reminded(school, starts_at - before + timedelta(seconds=30)) == 1
        assert _reminded(school, starts_at - before + timedelta(minutes=2)) == 0
    assert {f"{TITLE}, " in str(raw) for raw in school.sent} == {True}
    assert sum(school.sam.email.encode() in raw.split(b"\n\n")[0] for raw in school.sent) >= 4


def test_reminders_move_with_the_session(school: School) -> None:
    item_id = school.announces()
    before = _starts_at(school, item_id)
    school.books(school.sam, item_id)
    school.letters()
    assert _reminded(school, before - timedelta(days=7) + timedelta(seconds=30)) == 1
    later = before + timedelta(days=30)
    school.changes(item_id, starts_at=later)
    school.letters()
    assert _reminded(school, before - timedelta(days=1) + timedelta(seconds=30)) == 0
    assert _reminded(school, later - timedelta(days=7) + timedelta(seconds=30)) == 1


def test_whoever_booked_after_the_moment_and_what_is_called_off_is_not_reminded(school: School) -> None:
    soon = school.announces(starts_at=clock.now() + timedelta(hours=20))
    school.books(school.sam, soon)
    school.letters()
    assert _reminded(school, clock.now()) == 0
    off = school.announces()
    starts_at = _starts_at(school, off)
    school.books(school.sam, off)
    school.calls_off(off)
    school.letters()
    assert _reminded(school, starts_at - timedelta(days=1) + timedelta(seconds=30)) == 0


def test_a_reminder_that_was_posted_before_somebody_left_does_not_go(school: School) -> None:
    item_id = school.announces()
    starts_at = _starts_at(school, item_id)
    school.books(school.sam, item_id)
    school.letters()
    with clock.at(starts_at - timedelta(days=1) + timedelta(seconds=30)):
        reminders.remind_due()
        db.session.commit()
        school.cancels(school.sam, item_id)
        assert [letter["Subject"].split(":")[1] for letter in school.letters()] == ["GREEN Your booking is cancelled"]


def test_who_lost_sight_of_a_session_is_told_nothing_of_it(school: School) -> None:
    item_id = school.announces(Marking.AMBER)
    leaver = factories.member(school.midshire, MembershipKind.FULL)
    school.books(leaver, item_id)
    school.letters()
    leaver.state = factories.State.SUSPENDED
    db.session.add(leaver)
    db.session.commit()
    school.changes(item_id, place="Elsewhere")
    assert school.letters(leaver) == []


def test_titles_that_try_to_begin_another_header_or_component_stay_text(school: School) -> None:
    item_id = school.announces(open_to=OpenTo.ALL, title="A; b, c\\ \r\nBcc: x@evil.example\r\nBEGIN:VALARM")
    school.books(school.owen, item_id)
    (letter,) = school.letters()
    assert letter["Bcc"] is None
    event = _event(letter)
    assert str(event["SUMMARY"]) == "TLP:GREEN A; b, c\\ Bcc: x@evil.example BEGIN:VALARM"
    assert icalendar.Calendar.from_ical(calendar(letter)).walk("VALARM") == []
