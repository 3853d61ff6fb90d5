"""A coordinator moves a WARP in: a list, the welcome letter, and somebody who says yes to it."""

import itertools

import pytest

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.hub import Hub
from tests.journeys.look import faults, faults_everywhere, spilling
from tests.journeys.words import never_on_screen

TWO_WAYS = [
    pytest.param((DESK, True), id="desk"),
    pytest.param((PHONE, False), id="phone without scripts"),
]
_number = itertools.count()


@pytest.mark.parametrize("way", TWO_WAYS)
def test_from_a_spreadsheet_to_somebody_who_says_yes(
    readers: Readers, hub: Hub, way: tuple[dict[str, int], bool]
) -> None:
    view, scripts = way
    number = next(_number)
    body, name = f"Mallowfield {view['width']} Parish Council", f"Rosa Penhallow {number}"
    address = f"rosa.{number}@mallow{view['width']}.demo.example"
    desk = readers(view, scripts=scripts, bypass_csp=True).become("coordinator-midshire")
    desk.go("/desk")
    desk.follow("Add people from a list")
    desk.arrives("Add people from a list")
    _looks_well(desk)

    desk.page.get_by_label("The list").fill(f"Where\tWho\tE-mail\n{body}\t{name}\t{address}\n{body}\tNo Address\t\n")
    desk.press("Check the list")
    desk.sees("Rows that need you")
    desk.page.get_by_label("Organisation", exact=True).select_option(label=f"Where ({body})")
    desk.page.get_by_label("Name", exact=True).select_option(label=f"Who ({name})")
    desk.press("Check the list")
    desk.sees("Ready to add: 1 organisation, 1 person, 1 row needs you")
    _looks_well(desk)
    desk.press("Add them")
    desk.sees("Added: 1 organisation, 1 person, 1 row needs you")
    assert desk.page.get_by_label("The list").input_value() == f"Where\tWho\tE-mail\n{body}\tNo Address\t\n"

    desk.follow("Go on to the welcome letter")
    desk.arrives("Welcome letter")
    desk.unfold("See the letter, English first")
    _looks_well(desk)
    desk.page.get_by_label(f"{name}, {body}").check()
    desk.press("Send to those you ticked")
    desk.sees("1 letter is on its way.")
    desk.follow("A sheet to print: who has not answered")
    desk.arrives("Who has not answered")
    desk.sees(address)
    _looks_well(desk)

    guest = readers(view, scripts=scripts, bypass_csp=True)
    guest.go(hub.wait_for_letter(address, "welcome").link("Yes, keep sending me this"))
    guest.arrives("Keep getting mail?")
    assert "token" not in guest.page.url
    assert faults_everywhere(guest.page) == []
    guest.press("Yes, keep sending me this")
    guest.arrives("You said yes")
    _looks_well(guest)
    guest.press("Send me an invitation")
    guest.sees("Your invitation is on its way")
    assert hub.wait_for_letter(address, "invitation").link("Accept the invitation")

    desk.page.reload()
    assert not desk.page.get_by_text(address).count()


def _looks_well(reader: Reader) -> None:
    page = reader.page
    assert [*faults(page), *spilling(page), *never_on_screen(page.content())] == []
