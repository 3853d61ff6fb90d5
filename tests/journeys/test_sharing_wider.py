"""A member asks that others have a warning too and is answered; it is withdrawn, and those who had it are told so."""

import pytest

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.look import faults, spilling
from tests.journeys.queue import find_in_queue


@pytest.mark.parametrize("way", [(DESK, True), (PHONE, False)], ids=["desk", "phone without scripts"])
def test_ask_to_share_wider_be_answered_and_learn_that_it_is_withdrawn(
    way: tuple[dict[str, int], bool], readers: Readers, quiet_warning: str
) -> None:
    coordinator = readers(DESK).become("coordinator-midshire")
    find_in_queue(coordinator, quiet_warning)
    desk, address = coordinator.page.url, coordinator.page.url.replace("/desk/warnings/", "/advisories/")
    coordinator.press("Pass on to members")
    coordinator.sees("Passed on to members.")

    member = readers(way[0], scripts=way[1]).become("officer-midshire")
    member.go(address)
    member.follow("Ask to share wider")
    member.page.get_by_label("Another WARP").check()
    member.page.get_by_label("Why?").fill("They run the same system.")
    member.press("Send your question")
    member.sees("There is a problem")
    _looks_well(member)
    assert member.page.get_by_label("Why?").input_value() == "They run the same system."
    member.page.get_by_label("Which WARP?").select_option("Eastdale WARP")
    member.press("Send your question")
    member.sees("It is not answered yet.")

    coordinator.go("/desk/sharing")
    coordinator.follow(quiet_warning)
    coordinator.sees("Grace Okafor")
    _looks_well(coordinator)
    coordinator.page.get_by_label("No", exact=True).check()
    coordinator.page.get_by_label("Your reason").fill("The source does not want that.")
    coordinator.press("Send your answer")
    coordinator.sees("Your answer is sent.")
    member.go(address)
    member.sees("The source does not want that.")

    coordinator.go(desk)
    coordinator.unfold("Withdraw this warning")
    coordinator.page.get_by_label("Why do you withdraw it?").fill("The source was mistaken.")
    coordinator.page.get_by_label("Members may be told its title and this reason").check()
    coordinator.press("Withdraw it from everybody")
    coordinator.sees("This warning is withdrawn.")
    assert member.status_of(address) == 404
    member.go("/advisories")
    member.follow("Withdrawn and changed")
    member.sees(quiet_warning)
    member.sees("The source was mistaken.")
    _looks_well(member)


def _looks_well(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []
