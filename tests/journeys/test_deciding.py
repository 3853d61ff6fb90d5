"""A coordinator decides; who may see it sees it at once, and nobody else does."""

from datetime import timedelta

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.queue import find_among_warnings, find_in_queue
from warp_hub import clock


def test_what_is_passed_on_is_there_at_once_for_this_warp_alone(
    reader: Reader, readers: Readers, quiet_warning: str
) -> None:
    find_in_queue(reader.become("coordinator-midshire"), quiet_warning)
    address = reader.page.url.replace("/desk/warnings/", "/advisories/")
    member, stranger = readers(DESK).become("lead-midshire"), readers(DESK).become("lead-westmarch")
    assert member.status_of(address) == 404

    reader.unfold("Add a note for your members")
    reader.page.get_by_label("Your note to members, in English").fill("We **changed** ours on Tuesday.")
    reader.press("Add the note")
    reader.sees("Your note is added.")
    reader.press("Pass on to members")
    reader.sees("Passed on to members.")

    assert find_among_warnings(member, quiet_warning)
    member.follow(quiet_warning)
    member.sees("Note from Midshire WARP, for its members only")
    assert member.page.locator("strong", has_text="changed").is_visible()
    assert stranger.status_of(address) == 404
    assert not find_among_warnings(stranger, quiet_warning)


def test_early_notice_reaches_the_named_alone(reader: Reader, readers: Readers, quiet_warning: str) -> None:
    find_in_queue(reader.become("coordinator-midshire"), quiet_warning)
    address = reader.page.url.replace("/desk/warnings/", "/advisories/")
    reader.unfold("Give early notice to named people")
    reader.page.get_by_label("Not for others until").fill("yesterday")
    reader.page.get_by_label("E-mail addresses of those who may see it before").fill("lead-midshire@demo.example")
    reader.page.locator("details[open]").get_by_role("button", name="Save").click()
    reader.sees("Enter a day and a time like")
    assert reader.page.get_by_label("Not for others until").is_visible()

    tomorrow = clock.local(clock.now()) + timedelta(days=1)
    reader.page.get_by_label("Not for others until").fill(f"{tomorrow:%d/%m/%Y} 09:00")
    reader.page.locator("details[open]").get_by_role("button", name="Save").click()
    reader.sees("Until then only the people you named can see it")
    reader.press("Pass on to members")
    reader.sees("Passed on to members.")

    assert readers(DESK).become("officer-midshire").status_of(address) == 404
    named = readers(DESK).become("lead-midshire")
    named.go(address)
    named.sees("Early notice, not public.")
    assert named.page.locator(".warp-handling .warp-tlp").inner_text() == "TLP:RED"


def test_made_stricter_it_leaves_associates_and_withdrawn_it_leaves_everybody(
    reader: Reader, readers: Readers, quiet_warning: str
) -> None:
    find_in_queue(reader.become("coordinator-midshire"), quiet_warning)
    desk, address = reader.page.url, reader.page.url.replace("/desk/warnings/", "/advisories/")
    reader.press("Pass on to members")
    reader.sees("Passed on to members.")
    member, associate = readers(DESK).become("officer-midshire"), readers(DESK).become("associate-midshire")
    assert (member.status_of(address), associate.status_of(address)) == (200, 200)

    reader.go(desk)
    reader.unfold("Make the label stricter")
    reader.page.get_by_label("TLP:GREEN", exact=True).check()
    reader.press("Save the label")
    reader.sees("A label is lowered only with the consent of the source")
    reader.page.get_by_label("TLP:AMBER+STRICT", exact=True).check()
    reader.press("Save the label")
    reader.sees("The label is changed.")
    assert (member.status_of(address), associate.status_of(address)) == (200, 404)

    reader.unfold("Withdraw this warning")
    reader.page.get_by_label("Why do you withdraw it?").fill("It was a mistake of the source.")
    reader.press("Withdraw it from everybody")
    reader.sees("This warning is withdrawn.")
    assert (member.status_of(address), associate.status_of(address)) == (404, 404)


def test_several_are_kept_for_later_at_once(reader: Reader) -> None:
    reader.become("coordinator-westmarch").go("/desk/warnings")
    titles = reader.page.locator(".warp-item__title").all_inner_texts()[:2]
    for title in titles:
        reader.page.get_by_label(f"Choose {title}").check()
    reader.press("Keep for later")
    reader.sees("2 warnings decided.")

    reader.follow("Kept for later")
    reader.arrives("Kept for later")
    kept = reader.page.locator(".warp-item__title").all_inner_texts()
    assert set(titles) <= set(kept)
