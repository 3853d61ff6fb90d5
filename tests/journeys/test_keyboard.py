"""Everything by keyboard alone: in, around, and a decision; one always sees where one is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, WELCOME, Readers
from tests.journeys.queue import find_in_queue
from tests.journeys.test_signing_in import PASSWORD, choose_a_password

MOST_STOPS = 90
# Where the keyboard is, how that shows, and whether something lies over it.
WHERE = """() => {
    const here = document.activeElement
    const shown = here.matches('.govuk-checkboxes__input, .govuk-radios__input') ? here.nextElementSibling : here
    const styles = [getComputedStyle(shown), getComputedStyle(shown, '::before')]
    const box = here.getBoundingClientRect()
    const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) =>
        document.elementFromPoint(box.left + box.width * x, box.top + box.height * y))
    return {
        name: here.tagName + ' ' + (here.innerText || here.getAttribute('name') || '').slice(0, 40),
        isBody: here === document.body,
        isSeen: styles.some(style => style.boxShadow !== 'none' ||
            (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)),
        isClear: points.some(over => over && (here.contains(over) || over.contains(here) || shown.contains(over))),
    }
}"""


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
def test_in_by_keyboard(readers: Readers, view: dict[str, int]) -> None:
    address = f"{'national' if view is DESK else 'coordinator-westmarch'}@demo.example"
    phone = choose_a_password(readers(DESK), address)
    page = readers(view).go("/sign-in")

    tab_to(page, "INPUT email")
    page.keyboard.type(address)
    tab_to(page, "INPUT password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Enter your code")
    tab_to(page, "INPUT code")
    page.keyboard.type(phone.next_code())
    tab_to(page, "BUTTON Sign in")
    page.keyboard.press("Space")

    expect(page.locator("h1")).to_have_text(WELCOME)


def test_the_menu_of_a_phone_opens_by_keyboard(readers: Readers) -> None:
    page = readers(PHONE).become("lead-midshire").go("/")
    expect(page.get_by_role("link", name="Warnings", exact=True)).to_be_hidden()

    tab_to(page, "BUTTON Menu")
    page.keyboard.press("Enter")
    tab_to(page, "A Warnings")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Warnings")


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
def test_a_warning_is_decided_by_keyboard(readers: Readers, view: dict[str, int], quiet_warning: str) -> None:
    coordinator = readers(view).become("coordinator-midshire")
    find_in_queue(coordinator, quiet_warning)
    page = coordinator.page

    tab_to(page, "SUMMARY Add a note")
    page.keyboard.press("Enter")
    tab_to(page, "TEXTAREA english")
    page.keyboard.type("Ours are behind the firewall.")
    tab_to(page, "BUTTON Add the note")
    page.keyboard.press("Enter")
    coordinator.sees("Your note is added.")
    tab_to(page, "BUTTON Pass on")
    page.keyboard.press("Space")

    coordinator.sees("Passed on to members.")


def test_rows_are_chosen_with_the_space_bar(readers: Readers) -> None:
    coordinator = readers(DESK).become("coordinator-westmarch")
    page = coordinator.go("/desk/warnings")
    first = page.locator(".warp-item__title").first.inner_text()

    tab_to(page, "INPUT item")
    page.keyboard.press("Space")
    tab_to(page, "BUTTON Not for us")
    page.keyboard.press("Enter")
    coordinator.arrives("Put one warning aside, not for us?")
    tab_to(page, "BUTTON Yes, do so")
    page.keyboard.press("Enter")

    coordinator.sees("1 warning decided.")
    assert first not in page.locator(".warp-item__title").all_inner_texts()


@pytest.mark.parametrize("path", ["/", "/advisories", "/sign-in", "/desk", "/account"])
def test_the_first_stop_skips_to_the_content(readers: Readers, path: str) -> None:
    reader = readers(DESK)
    page = (reader if path == "/sign-in" else reader.become("coordinator-midshire")).go(path)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("view", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/", "/advisories", "/desk", "/desk/warnings", "a warning to decide", "/account"])
def test_one_sees_where_one_is(readers: Readers, view: dict[str, int], path: str) -> None:
    reader = readers(view).become("coordinator-midshire")
    page = reader.go("/desk" if path.startswith("a ") else path)
    if path.startswith("a "):
        page.locator(".warp-item__title a").first.click()
        expect(page).to_have_url(re.compile("/desk/warnings/"))

    unseen = [stop["name"] for stop in stops(page) if not (stop["isSeen"] and stop["isClear"])]

    assert unseen == []


def tab_to(page: Page, start: str) -> None:
    """Press Tab until something is reached whose name begins like this."""
    for stop in stops(page):
        if stop["name"].startswith(start):
            return
    raise AssertionError(f"the keyboard does not reach {start!r} on {page.url}")


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """Yield where each Tab leads, until the end of the page."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where["isBody"]:
            return
        yield where
