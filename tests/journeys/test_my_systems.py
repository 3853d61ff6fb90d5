"""Tell the hub what one runs, in ticks and a typed line; it says which warnings are about it, and to nobody else."""

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.look import faults, spilling

FORTIOS = "FortiOS SSL-VPN: install 7.4.9 or switch it off"


def test_tick_what_one_runs_and_see_which_warnings_are_about_it(reader: Reader, readers: Readers) -> None:
    reader.become("reader-midshire")
    reader.go("/account")
    reader.follow("My systems")
    reader.arrives("My systems")
    _looks_well(reader)
    page = reader.page
    page.get_by_label("Fortinet FortiGate").check()
    page.get_by_label("Google Chrome").check()
    page.get_by_label("Phishing and false mails").check()
    page.get_by_label("What else do you run?").fill("Jadu\nthe server")
    reader.press("Save")
    reader.sees("“the server” is in too many warnings")
    assert page.get_by_label("Fortinet FortiGate").is_checked()
    _looks_well(reader)
    page.get_by_label("What else do you run?").fill("Jadu\nPulse Secure")
    reader.press("Save")
    reader.sees("Your list is saved.")
    _looks_well(reader)

    reader.go("/advisories")
    reader.follow(FORTIOS)
    reader.sees("Matches Fortinet FortiGate in your systems")
    _looks_well(reader)
    reader.follow("Change my systems")
    assert page.get_by_label("Ivanti Connect Secure (formerly Pulse)").is_checked()

    other = readers(DESK).become("coordinator-midshire")
    other.go(reader.page.url)
    assert not other.page.get_by_label("Ivanti Connect Secure (formerly Pulse)").is_checked()


def _looks_well(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []
