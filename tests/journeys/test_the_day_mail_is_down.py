"""Getting ready for the day the council's mail is down: a recovery address, and a sheet of paper to ring from."""

import io
import itertools
from urllib.parse import urlsplit

from pypdf import PdfReader

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.look import faults, spilling

_homes = itertools.count(1)
MORE_ROWS = (
    "() => { const rows = document.querySelector('.warp-sheet tbody'); rows.innerHTML = rows.innerHTML.repeat(30) }"
)


def test_a_recovery_address_is_given_and_confirmed_from_its_own_mailbox(reader: Reader) -> None:
    home = f"sam-{next(_homes)}@home.example"
    reader.become("lead-midshire").go("/account/keys")
    reader.follow("For the day our council's mail is down")
    reader.arrives("For the day our council's mail is down")
    assert [*faults(reader.page), *spilling(reader.page)] == []

    reader.page.get_by_label("Recovery address").fill("me@demo.example")
    reader.press("Save")
    reader.sees("Use an address outside your council's mail")
    assert [*faults(reader.page), *spilling(reader.page)] == []
    reader.page.get_by_label("Recovery address").fill(home)
    reader.press("Save")
    reader.sees("It waits for the button in the letter we sent there.")

    letter = reader.hub.wait_for_letter(home, "recovery_address_confirm")
    reader.go(letter.link("Confirm this address"))
    assert not urlsplit(reader.page.url).query
    reader.press("Yes, this is mine")
    reader.arrives("Your recovery address is confirmed")
    assert [*faults(reader.page), *spilling(reader.page)] == []


def test_every_page_of_the_contact_sheet_says_its_label_at_its_top_and_its_bottom(readers: Readers) -> None:
    for view in (PHONE, DESK):
        found = readers(view).become("lead-midshire")
        found.go("/members")
        found.follow("Contact sheet to print")
        found.arrives("Contact sheet of Midshire WARP")
        assert [*faults(found.page), *spilling(found.page)] == []
    found.page.evaluate(MORE_ROWS)
    pages = [page.extract_text().split("\n") for page in PdfReader(io.BytesIO(found.page.pdf(format="A4"))).pages]
    assert len(pages) > 3
    for lines in pages:
        assert "TLP:AMBER" in lines[:2]
        assert "TLP:AMBER" in lines[-2:]
