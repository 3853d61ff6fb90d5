"""A coordinator's day: everything that waits on one page, a letter sent again, somebody to stand in."""

import re
from datetime import timedelta

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.look import faults
from warp_hub import clock

HEADINGS = (
    "Warnings to decide",
    "Reports to review",
    "Applications",
    "Questions unanswered for 2 days",
    "Letters that failed",
    "Sources needing attention",
    "Are these people still here?",
    "Asked to share wider",
)


def test_everything_that_waits_stands_on_one_page(reader: Reader) -> None:
    reader.become("coordinator-midshire").go("/desk")
    headings = reader.page.locator("h2[id]").all_inner_texts()
    assert [re.split(r" \(|:", heading)[0] for heading in headings] == list(HEADINGS)
    for heading in headings[:4]:
        assert "(" in heading, f"{heading}: the demonstration has something there"
    numbered = [heading.replace(" (", ": ").rstrip(")") for heading in headings if "(" in heading]
    assert reader.page.get_by_role("navigation", name="On this page").get_by_role("link").all_inner_texts() == numbered
    assert faults(reader.page) == []
    reader.page.locator("#questions ~ ul .warp-item__title a").first.click()
    reader.page.wait_for_url("**/discussions/*")
    reader.go("/desk/totals")
    reader.arrives("The last 30 days")
    assert faults(reader.page) == []


def test_a_letter_that_failed_is_sent_again(readers: Readers) -> None:
    coordinator = readers(PHONE, scripts=False).become("coordinator-midshire")
    coordinator.go("/desk/letters")
    assert faults(coordinator.page) == []
    before = coordinator.page.get_by_role("button", name="Try again").count()
    coordinator.page.get_by_role("button", name="Try again").first.click()
    coordinator.sees("The letter is sent again.")
    assert coordinator.page.get_by_role("button", name="Try again").count() == before - 1


def test_what_a_warp_sets_for_itself_is_changed_group_by_group(readers: Readers) -> None:
    coordinator = readers(PHONE, scripts=False).become("coordinator-midshire")
    coordinator.go("/desk")
    coordinator.follow("Settings")
    coordinator.arrives("Settings")
    coordinator.page.get_by_role("link", name="Change (Joining").click()
    coordinator.page.get_by_label("What it costs, and who pays").fill("Free until Zq.")
    coordinator.page.get_by_label("Working days of notice to members").fill("99")
    coordinator.press("Save")
    coordinator.sees("Enter a number of days from 0 to 15")
    assert coordinator.page.get_by_label("What it costs, and who pays").input_value() == "Free until Zq."

    desk = readers(DESK).become("coordinator-midshire")
    desk.go("/desk/settings")
    assert faults(desk.page) == []
    for group in ("Public page", "Joining", "Yearly renewals", "Digest", "Incidents", "Who to ring", "Signing in"):
        desk.page.get_by_role("link", name=f"Change ({group}").click()
        desk.arrives(group)
        assert faults(desk.page) == []
        desk.follow("Settings")
    desk.page.get_by_role("link", name="Change (Joining").click()
    desk.page.get_by_label("Who may join, in Welsh").fill("Unrhyw gyngor.")
    desk.press("Save")
    desk.sees("Unrhyw gyngor.")


def test_somebody_stands_in_and_stops_again(readers: Readers) -> None:
    coordinator = readers(DESK).become("coordinator-midshire")
    coordinator.go("/desk")
    coordinator.sees("nobody")
    coordinator.page.get_by_role("link", name="Change who stands in for you").click()
    coordinator.arrives("Stand-in while you are away")
    assert faults(coordinator.page) == []
    coordinator.press("Save")
    coordinator.sees("Choose who stands in for you")
    assert faults(coordinator.page) == []
    chosen = "Hannah Whitlock"
    options = coordinator.page.locator("#person option").all_inner_texts()
    assert not any(option.startswith(chosen) for option in options), "only leads and coordinators are offered"
    coordinator.page.locator("#person").select_option(label=next(one for one in options if "Sam Hartley" in one))
    coordinator.page.get_by_label("Last day").fill(f"{clock.local(clock.now()) + timedelta(days=6):%d/%m/%Y}")
    coordinator.press("Save")
    coordinator.sees("Both of you get a letter about it.")
    coordinator.sees("Sam Hartley, up to and including")

    stand_in = readers(PHONE).become("lead-midshire")
    stand_in.go("/desk")
    stand_in.sees("You stand in for Priya Shah")
    assert faults(stand_in.page) == []

    coordinator.page.get_by_role("link", name="Change who stands in for you").click()
    coordinator.press("End it now")
    coordinator.sees("Nobody stands in for you any more.")
    assert stand_in.status_of("/desk") == 404
