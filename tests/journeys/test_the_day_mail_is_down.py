"""Getting ready for the day the council's mail is down: a recovery address, and a sheet of paper to ring from."""

import io
import itertools
import sys
from pathlib import Path
from urllib.parse import urlsplit

from pypdf import PdfReader

from tests.journeys.conftest import DESK, PHONE, WELCOME, Reader, Readers
from tests.journeys.hub import run
from tests.journeys.look import faults, faults_everywhere, spilling

_homes = itertools.count(1)
MORE_ROWS = (
    "() => { const rows = document.querySelector('.warp-sheet tbody'); rows.innerHTML = rows.innerHTML.repeat(30) }"
)


def test_a_recovery_address_is_given_confirmed_and_comes_in_with_a_code_on_paper(
    reader: Reader, hub_folder: Path
) -> None:
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
    assert faults_everywhere(reader.page) == []
    reader.press("Yes, this is mine")
    reader.arrives("Your recovery address is confirmed")
    assert [*faults(reader.page), *spilling(reader.page)] == []

    reader.go("/account/recovery-codes")
    reader.press("Make ten new codes")
    codes = reader.page.locator(".warp-codes code").all_inner_texts()
    run([sys.executable, "-m", "tests.journeys.waking"], hub_folder, data_dir=hub_folder / "demo")
    reader.go("/sign-out")
    reader.press("Sign out of this device")
    _come_in(reader, home, codes)


def _come_in(reader: Reader, home: str, codes: list[str]) -> None:
    reader.go("/sign-in")
    reader.follow("My council's mail is down")
    reader.page.get_by_label("E-mail address").fill("lead-midshire@demo.example")
    reader.press("Send the link")
    reader.go(reader.hub.wait_for_letter(home, "recovery_link").link("Sign in with a recovery code"))
    reader.arrives("Use a recovery code")
    assert faults_everywhere(reader.page) == []
    for code, said in (("wrong wrong", "This recovery code is not right"), (codes[0], "You are signed in.")):
        reader.page.get_by_label("Recovery code").fill(code)
        reader.press("Sign in")
        reader.sees(said)
    assert faults_everywhere(reader.page) == []
    reader.follow("Go on with the password I have")
    reader.arrives(WELCOME)


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
