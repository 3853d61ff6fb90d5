"""Somebody chooses what to show, a colleague finds it; a coordinator suspends with a reason and restores."""

from tests.journeys.conftest import Reader, Readers


def test_what_somebody_shows_is_found_and_what_they_hide_again_is_not(reader: Reader, readers: Readers) -> None:
    reader.become("officer-midshire").go("/account")
    reader.follow("Your profile, and what other members see of it")
    reader.page.get_by_label("Telephone", exact=True).fill("ring me")
    reader.press("Save")
    reader.sees("Enter a telephone number, like 01632 960 001")
    reader.page.get_by_label("Telephone", exact=True).fill("01632 960 999")
    reader.page.get_by_label("My telephone number").check()
    reader.press("Save")
    reader.sees("This is what other members see now.")

    other = readers().become("associate-midshire")
    other.go("/members?q=grace")
    other.sees("01632 960 999")
    reader.page.get_by_label("My telephone number").uncheck()
    reader.press("Save")
    reader.sees("This is what other members see now.")
    other.page.reload()
    other.sees("Grace Okafor")
    assert other.page.get_by_text("01632 960 999").count() == 0
    stranger = readers().become("lead-westmarch")
    stranger.go("/members?q=grace okafor")
    stranger.sees("There are no members to show.")


def test_a_coordinator_suspends_somebody_with_a_reason_and_restores_them(reader: Reader) -> None:
    reader.become("coordinator-midshire").go("/desk")
    reader.follow("People")
    reader.page.get_by_label("Name, address or organisation").fill("kwame morgan")
    reader.press("Search")
    reader.page.get_by_label("Choose Kwame Morgan").check()
    reader.press("Suspend")
    reader.sees("Are you sure?")
    reader.press("Yes, do so")
    reader.sees("Say why")
    reader.page.get_by_label("Why?").fill("Away until spring")
    reader.press("Yes, do so")
    reader.sees("1 person suspended.")

    reader.go("/desk/people?standing=suspended")
    reader.follow("Kwame Morgan")
    reader.sees("Away until spring")
    reader.press("Restore")
    reader.press("Yes, do so")
    reader.sees("1 person restored.")
