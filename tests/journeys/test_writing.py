"""A coordinator pastes a mail, checks what was read of it and passes it on; or writes a warning of their own."""

import itertools
import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Reader, Readers
from tests.journeys.look import faults, spilling
from tests.journeys.queue import find_among_warnings

_numbers = itertools.count(1)
MAIL = """From: Alerts <alerts@ncsc.gov.uk>
Subject: FW: {title}

TLP:GREEN

Dear all,

Attackers are using CVE-2026-55555 in FortiOS. It is being exploited.

What to do
- Install the update

Indicators
evil-journey[.]example
"""


def test_what_is_pasted_is_checked_and_passed_on(reader: Reader, readers: Readers) -> None:
    title = f"Journey of a mail {next(_numbers)}"
    reader.become("coordinator-midshire").go("/desk/warnings")
    reader.press("Add a warning")
    reader.arrives("Add a warning")
    reader.press("Read it")
    reader.sees("There is a problem")
    reader.page.get_by_label("Paste a mail or any text").fill(MAIL.format(title=title))
    reader.press("Read it")
    reader.arrives("Check what was read")
    page = reader.page
    expect(page.get_by_label("Title")).to_have_value(title)
    expect(page.get_by_label("TLP:GREEN", exact=True)).to_be_checked()
    expect(page.get_by_label("Act today", exact=True)).to_be_checked()
    expect(page.get_by_label("Addresses and files to look for")).to_have_value("evil-journey[.]example")
    page.get_by_label("Title").fill(f"{title}, checked")
    page.get_by_role("button", name="Preview").first.click()
    reader.sees("Who will see this?")
    page.get_by_role("button", name="Pass on to members").first.click()
    reader.sees("Passed on to members.")

    member = readers(PHONE).become("lead-westmarch")
    assert find_among_warnings(member, f"{title}, checked")


def test_pages_of_writing_are_sound_on_every_screen(readers: Readers) -> None:
    found = readers(PHONE, bypass_csp=True).become("coordinator-midshire")
    for path in ("/desk/warnings", "/desk/warnings/add", "/desk/warnings/write"):
        found.go(path)
        assert [*faults(found.page), *spilling(found.page)] == [], path
    page = found.page
    page.get_by_label("Title").fill("Journey of our own")
    page.get_by_role("button", name="Preview").first.click()
    found.sees("There is a problem")
    assert [*faults(page), *spilling(page)] == []
    page.get_by_label("This week", exact=True).check()
    page.get_by_label("TLP:AMBER", exact=True).check()
    page.get_by_label("What is known, in English").fill("Ring **back** first.")
    found.unfold("The same in Welsh")
    page.get_by_label("What is known, in Welsh (optional)").fill("Ffoniwch yn ôl.")
    page.get_by_role("button", name="Preview").first.click()
    found.sees("What members will see")
    assert page.locator(".warp-preview strong", has_text="back").is_visible()
    assert [*faults(page), *spilling(page)] == []
    page.get_by_role("button", name="Save and finish later").first.click()
    found.sees("Saved.")
    expect(page.locator("h1")).to_have_text(re.compile("Write a warning"))
