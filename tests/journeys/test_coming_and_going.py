"""The language switch keeps the page; sessions are seen and ended; signing out leaves nothing behind."""

from tests.journeys.conftest import DESK, NAMES, WELCOME, Reader, Readers
from tests.journeys.look import faults


def test_the_language_switch_keeps_the_page(reader: Reader) -> None:
    reader.become("lead-midshire").go("/advisories?severity=This+week")
    address = reader.page.url

    reader.follow("Cymraeg")
    reader.arrives("Rhybuddion")
    assert reader.page.url == address
    assert reader.page.locator("html").get_attribute("lang") == "cy"

    reader.follow("English")
    reader.arrives("Warnings")
    assert reader.page.url == address


def test_a_session_elsewhere_is_seen_and_ended(reader: Reader, readers: Readers) -> None:
    elsewhere = readers(DESK).become("national")
    reader.become("national").go("/account")
    reader.follow("Where you are signed in")
    reader.sees("Another device")
    reader.press("Sign out everywhere else")

    reader.sees("You are signed out everywhere else.")
    assert reader.page.get_by_role("heading", name="Another device").count() == 0
    elsewhere.go("/account")
    elsewhere.arrives("Sign in")


def test_after_signing_out_nothing_is_left(reader: Reader) -> None:
    reader.go("/demo")
    reader.press(f"Sign in as {NAMES['officer-midshire']}")
    reader.arrives(WELCOME)
    reader.go("/account")
    reader.press("Sign out")
    reader.sees("You are signed out.")

    reader.page.go_back()
    reader.arrives("Sign in")
    assert reader.page.get_by_text("Grace").count() == 0


def test_who_is_asked_to_sign_in_arrives_where_they_wanted(readers: Readers) -> None:
    reader = readers(DESK)
    reader.go("/advisories?severity=Act+today")
    reader.arrives("Sign in")
    assert "next=" in reader.page.url


def test_a_form_that_lost_its_token_changes_nothing_and_says_so(readers: Readers) -> None:
    reader = readers(DESK).become("lead-midshire")
    reader.go("/digests/settings")
    reader.page.evaluate("document.querySelector('input[name=csrf_token]').remove()")
    reader.press("Save")

    reader.arrives("This form could not be accepted")
    reader.sees("Nothing was changed.")
    assert faults(reader.page) == []
