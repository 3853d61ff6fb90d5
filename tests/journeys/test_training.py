"""A coordinator announces a session, a member books it, has its calendar entry, gives the place back."""

import itertools
import re
from datetime import timedelta

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.look import faults, spilling
from warp_hub import clock

_numbers = itertools.count(1)


def announce(reader: Reader, title: str, *, places: str = "1") -> str:
    """Announce a session by its form, as far as the first fault and then to the end; return where members meet it."""
    reader.become("coordinator-midshire").go("/desk/training")
    reader.press("Announce a session")
    reader.arrives("Announce a session")
    page, day = reader.page, clock.local(clock.now()) + timedelta(days=9)
    for choice in ("Members of this WARP", "TLP:GREEN: members of all WARPs may see it", "Exercise", "Online"):
        page.get_by_label(choice, exact=True).check()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Day", exact=True).fill("next Tuesday")
    page.get_by_label("Starts at").fill("10:00")
    page.get_by_label("Ends at").fill("11:30")
    page.get_by_label("Link to join (optional)").fill("https://meet.example/exercise")
    page.get_by_label("What it is about, in English").fill("Bring your plan for the **first hour**.")
    page.get_by_label("Number of places (optional)").fill(places)
    reader.press("Announce the session")
    reader.sees("There is a problem")
    reader.page.get_by_label("Day", exact=True).fill(f"{day:%d/%m/%Y}")
    reader.press("Announce the session")
    reader.sees("The session is announced.")
    return reader.page.url.replace("/desk/training/", "/training/")


def test_book_and_cancel(reader: Reader, readers: Readers) -> None:
    title = f"Journey exercise {next(_numbers)}"
    address = announce(readers(DESK), title)
    before = len(reader.hub.letters("lead-midshire@demo.example", "training_booked"))
    reader.become("lead-midshire").go("/training")
    reader.follow(title)
    reader.arrives(title)
    assert "meet.example" not in reader.page.content()
    reader.press("Book a place")
    reader.sees("Your place is booked.")
    assert reader.page.get_by_role("link", name="https://meet.example/exercise").is_visible()
    letter = reader.hub.wait_for_letter("lead-midshire@demo.example", "training_booked", before)
    assert title in letter.subject

    waiting = readers(DESK).become("officer-midshire")
    waiting.go(address)
    waiting.press("Join the waiting list")
    waiting.sees("You are number 1 in the waiting list")

    promoted = len(reader.hub.letters("officer-midshire@demo.example", "training_promoted"))
    reader.press("Cancel my booking")
    reader.sees("Your booking is cancelled.")
    reader.hub.wait_for_letter("officer-midshire@demo.example", "training_promoted", promoted)
    waiting.go(address)
    waiting.sees("Your place is booked.")


def test_a_calendar_follows_ones_bookings(reader: Reader) -> None:
    reader.become("officer-midshire").go("/training")
    reader.follow("Put your bookings into your own calendar")
    reader.page.get_by_role("button", name=re.compile("Make a(n| new) address")).click()
    shown = reader.page.get_by_label("Address of your calendar").input_value()
    assert reader.context.request.get(reader.hub.here(shown)).text().startswith("BEGIN:VCALENDAR")
    reader.press("End the address")
    reader.sees("Your calendar address is ended.")
    assert reader.status_of(shown) == 404


def test_its_pages_are_sound_on_every_screen(readers: Readers) -> None:
    found = readers(PHONE, bypass_csp=True)
    address = announce(found, f"Journey exercise {next(_numbers)}")
    pages = ("/training", address, "/training/calendar", "/desk/training", "/desk/training/new")
    for path in (
        *pages,
        address.replace("/training/", "/desk/training/"),
        f"{address}/change".replace("/training/", "/desk/training/"),
    ):
        found.go(path)
        assert [*faults(found.page), *spilling(found.page)] == [], path
    found.press("Save")
    found.go("/desk/training/new")
    found.press("Announce the session")
    found.sees("There is a problem")
    assert [*faults(found.page), *spilling(found.page)] == []
