"""Answer whether a warning affects one's council: from the mail and on the page; the coordinator sees what they may."""

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.look import faults, spilling
from tests.journeys.queue import find_in_queue


def test_a_warning_is_asked_about_answered_and_told_to_whom_it_may_be(
    reader: Reader, readers: Readers, urgent_warning: str
) -> None:
    desk = readers(DESK).become("coordinator-midshire")
    find_in_queue(desk, urgent_warning)
    desk.page.get_by_label("Ask members whether this affects them").select_option("All members")
    address = desk.page.url.replace("/desk/warnings/", "/advisories/")
    desk.press("Pass on to members")
    desk.sees("Passed on to members")

    reader.become("officer-midshire").go("/")
    reader.follow(urgent_warning)
    reader.sees("Please answer by")
    _looks_well(reader)
    reader.press("Save answer")
    reader.sees("Choose an answer")
    _looks_well(reader)
    reader.page.get_by_label("Checking", exact=True).check()
    reader.page.get_by_label("Yes", exact=True).last.check()
    reader.press("Save answer")
    reader.sees("Your answer is saved.")
    reader.sees("Your coordinator can see whose answer this is.")
    reader.press("We saw this too")
    reader.sees("Counted, without your name.")
    reader.press("Take it back")
    reader.sees("Taken back: you are not counted.")

    desk.go(address.replace("/advisories/", "/desk/warnings/"))
    desk.sees("Those who gave you their name")
    desk.sees("Brackenford District Council")
    _looks_well(desk)
    desk.press("Take no more answers")
    desk.sees("No more answers are taken.")
    reader.go(address)
    assert reader.page.get_by_role("button", name="Save answer").count() == 0


def _looks_well(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []
