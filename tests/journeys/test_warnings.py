"""A coordinator decides quickly over what looks alike; a member reads one warning and who else reports it."""

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.look import faults
from tests.journeys.queue import find_among_warnings, find_in_queue

LEADER = "FortiOS SSL-VPN: install 7.4.9 or switch it off"


def test_put_under_another_it_is_one_warning_for_members(reader: Reader, readers: Readers, quiet_warning: str) -> None:
    find_in_queue(reader.become("coordinator-midshire"), quiet_warning)
    reader.page.get_by_role("button", name="Same as another").or_(
        reader.page.get_by_role("link", name="Same as another")
    ).first.click()
    reader.arrives("Same as another")
    reader.page.get_by_label("Words of its title or text").fill("FortiOS")
    reader.press("Find")
    reader.page.locator("li", has_text=LEADER).get_by_role("button", name="Same as this").first.click()
    reader.sees("Members meet the two as one.")

    member = readers(DESK).become("lead-midshire")
    assert not find_among_warnings(member, quiet_warning)
    assert find_among_warnings(member, LEADER)
    member.follow(LEADER)
    expect(member.page.get_by_role("heading", name="Also reported by")).to_be_visible()
    expect(member.page.get_by_role("link", name=quiet_warning)).to_be_visible()


def test_single_keys_work_once_they_are_switched_on_and_several_are_asked_over_again(readers: Readers) -> None:
    reader = readers(DESK, bypass_csp=True).become("coordinator-westmarch")
    page = reader.go("/desk/warnings")
    first = page.locator(".warp-item__title a").nth(0)
    page.keyboard.press("j")
    expect(first).not_to_be_focused()

    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".warp-item--chosen input").nth(0)).to_be_checked()
    assert faults(page) == []
    page.keyboard.press("n")
    reader.arrives("Put one warning aside, not for us?")
    assert faults(page) == []
    reader.press("No, go back")

    reader.arrives("Warnings to decide")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.keyboard.press("j")
    expect(page.locator(".warp-item__title a").nth(0)).not_to_be_focused()
