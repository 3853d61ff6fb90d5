"""The calendar that follows one's bookings: by a secret, of what may travel, until it ends."""

import logging
import re
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import text

from tests.training.conftest import LINK, School
from warp_hub import clock, db
from warp_hub.memberships.viewers import Proof
from warp_hub.tlp import Marking

FEED = re.compile(r"http://localhost:8000(/training/calendar/[\w-]{43}\.ics)")


@pytest.fixture
def address(school: School, signed_in) -> str:
    """Return the path of Sam's calendar, as the page showed it."""
    page = signed_in(school.sam).post_form("/training/calendar", "Make an address")
    found = FEED.search(str(page))
    assert found is not None
    return found[1]


def events(browser, path: str) -> dict[str, icalendar.Event]:
    """Return what a calendar program reads, by title."""
    answer = browser.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "no-store" in answer.headers["Cache-Control"]
    found = icalendar.Calendar.from_ical(answer.get_data(as_text=True)).walk("VEVENT")
    return {str(event["SUMMARY"]): event for event in found}


def test_it_holds_ones_own_bookings_and_only_what_may_travel(school: School, browser, address: str) -> None:
    green, full = school.announces(title="Green"), school.announces(title="Full", capacity=1)
    clear, amber = school.announces(Marking.CLEAR, title="Clear"), school.announces(Marking.AMBER, title="Amber")
    school.announces(title="Not booked")
    school.books(school.grace, full)
    for item_id in (green, full, clear, amber):
        school.books(school.sam, item_id)
    found = events(browser, address)
    assert sorted(found) == ["TLP:CLEAR Clear", "TLP:GREEN Full", "TLP:GREEN Green"]
    assert [str(found[f"TLP:GREEN {name}"]["STATUS"]) for name in ("Green", "Full")] == ["CONFIRMED", "TENTATIVE"]
    assert LINK in str(found["TLP:GREEN Green"]["DESCRIPTION"])
    assert LINK not in str(found["TLP:GREEN Full"])
    assert "secret-room" not in found["TLP:GREEN Full"].to_ical().decode().replace("\r\n ", "")


def test_what_is_called_off_or_left_is_cancelled_in_it(school: School, browser, address: str) -> None:
    off, left = school.announces(title="Off"), school.announces(title="Left")
    for item_id in (off, left):
        school.books(school.sam, item_id)
    school.calls_off(off)
    school.cancels(school.sam, left)
    found = events(browser, address)
    assert {str(event["STATUS"]) for event in found.values()} == {"CANCELLED"}
    assert int(found["TLP:GREEN Off"]["SEQUENCE"]) == 1


def test_a_new_address_and_the_end_of_it_kill_the_old_one(school: School, signed_in, browser, address: str) -> None:
    sam = signed_in(school.sam)
    assert address not in str(sam.get_page("/training/calendar"))
    page = sam.post_form("/training/calendar", "Make a new address")
    found = FEED.search(str(page))
    assert found is not None
    assert browser.get(address).status_code == 404
    assert browser.get(found[1]).status_code == 200
    sam.post_form("/training/calendar", "End the address")
    gone, never = browser.get(found[1]), browser.get("/training/calendar/no-such-thing.ics")
    assert (gone.status_code, never.status_code, gone.data) == (404, 404, never.data)


def test_a_leaver_and_a_lapsed_members_calendar_are_dead_at_once(school: School, browser, address: str) -> None:
    assert browser.get(address).status_code == 200
    school.sam.void_before = clock.now()
    db.session.add(school.sam)
    db.session.commit()
    assert browser.get(address).status_code == 404
    school.sam.void_before, school.sam.state = None, type(school.sam.state).SUSPENDED
    db.session.commit()
    assert browser.get(address).status_code == 404


def test_the_secret_is_kept_nowhere_but_in_its_owners_hands(school: School, browser, address: str, caplog) -> None:
    secret = address.split("/")[-1].removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        browser.get(address)
        browser.get(f"/training/calendar/{secret}x.ics")
    assert secret not in caplog.text
    held = db.session.execute(text("SELECT t::text FROM calendar_address t")).scalars().all()
    noted = db.session.execute(text("SELECT t::text FROM audit t")).scalars().all()
    assert not any(secret in row for row in (*held, *noted))


def test_a_link_from_a_letter_makes_no_lasting_address(school: School, signed_in) -> None:
    reader = signed_in(school.sam, Proof.MAILBOX)
    assert reader.get("/training/calendar").status_code == 302
    token = reader.get_page("/sign-out").find("input", {"name": "csrf_token"})["value"]
    assert reader.post("/training/calendar", data={"csrf_token": token}).status_code == 404


def test_odd_secrets_are_not_there(browser, school: School) -> None:
    for odd in ("x" * 5000, "%00", "é", "..%2f..%2fetc", "a b"):
        assert browser.get(f"/training/calendar/{odd}.ics").status_code == 404


def test_what_is_long_over_is_still_at_its_time(school: School, browser, address: str) -> None:
    item_id = school.announces()
    school.books(school.sam, item_id)
    with clock.at(clock.now() + timedelta(days=40)):
        assert len(events(browser, address)) == 1
