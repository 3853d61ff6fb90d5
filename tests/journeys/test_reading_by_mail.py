"""From a letter in the mail folder to what it is about; what letters show; fewer letters."""

import itertools

import pytest

from tests.journeys import extras
from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.hub import Hub
from tests.journeys.letters import Letter
from tests.journeys.look import LAW, faults, spilling
from tests.journeys.queue import find_in_queue
from tests.journeys.words import never_on_screen
from tests.page_client import check_letter

FORTIOS = "FortiOS SSL-VPN: install 7.4.9 or switch it off"
LURE = "Lure in the name of a revenues supplier is reaching finance teams"
_number = itertools.count()


@pytest.fixture
def digest(hub: Hub) -> Letter:
    """Return a digest of Midshire's, each time another reader's; none of a persona, whom other tests become."""
    english = [letter for letter in hub.letters("", "digest") if "Midshire WARP digest" in letter.html]
    return [letter for letter in english if "@demo.example" not in letter.to][next(_number)]


def test_from_the_digest_to_a_warning_by_one_button(reader: Reader, digest: Letter) -> None:
    reader.go(digest.link("FortiOS"))
    reader.arrives("Continue to WARP Hub")
    reader.press("Continue as ")

    reader.arrives(FORTIOS)
    reader.sees("You may share this with anyone.")
    assert reader.page.get_by_role("heading", name="What to do").is_visible()


def test_a_link_opens_nothing_until_the_button_is_pressed(reader: Reader, digest: Letter) -> None:
    link = digest.link("FortiOS")
    for _ in range(2):
        reader.go(link)

    reader.go("/account")
    reader.arrives("Sign in")


def test_by_a_link_one_reads_what_may_be_printed_and_no_more(readers: Readers, hub: Hub) -> None:
    letter = hub.letters("lead-midshire@demo.example", "digest")[-1]
    by_mail = readers(DESK)
    by_mail.go(letter.link("FortiOS"))
    by_mail.press("Continue as ")
    by_mail.arrives(FORTIOS)
    by_mail.go("/advisories")
    labels = set(by_mail.page.locator(".warp-item .warp-tlp").all_inner_texts())
    assert labels == {"TLP:CLEAR", "TLP:GREEN"}

    signed_in = readers(DESK).become("lead-midshire")
    signed_in.go("/advisories")
    signed_in.follow(LURE)
    signed_in.arrives(LURE)
    assert by_mail.status_of(signed_in.page.url) == 404


def test_fewer_mails_from_the_foot_of_a_letter(reader: Reader, digest: Letter) -> None:
    reader.go(digest.link("Get fewer mails"))
    reader.press("Continue as ")
    reader.arrives("Get fewer mails")
    reader.page.get_by_role("group", name="Midshire WARP digest").get_by_label("Once a week").check()
    reader.press("Save")

    reader.sees("Your choice is saved.")
    assert reader.page.get_by_role("group", name="Midshire WARP digest").get_by_label("Once a week").is_checked()


def test_unsubscribing_looks_first_and_stops_one_list(reader: Reader, digest: Letter) -> None:
    unsubscribe = digest.link("Unsubscribe")
    for _ in range(2):
        reader.go(unsubscribe)
    reader.arrives("Stop the Midshire WARP digest?")
    assert _how_often(reader, digest) == "Daily, at 07:30"

    reader.go(unsubscribe)
    reader.press("Stop these mails")
    reader.arrives("You will get no more of these mails")
    assert _how_often(reader, digest) == "Never"


def test_an_urgent_warning_comes_at_once_and_leads_to_itself(readers: Readers, hub: Hub, urgent_warning: str) -> None:
    coordinator = readers(DESK).become("coordinator-midshire")
    find_in_queue(coordinator, urgent_warning)
    coordinator.press("Pass on to members")

    letter = hub.wait_for_letter(extras.NEWCOMER, "alert", about=urgent_warning)
    assert letter.subject == f"TLP:GREEN Act today: {urgent_warning}"
    member = readers(DESK)
    member.go(letter.link("Read it in the portal"))
    member.press("Continue as ")
    member.arrives(urgent_warning)


@pytest.mark.parametrize("kind", ["digest", "alert"])
def test_letters_are_sound_and_in_our_words(hub: Hub, kind: str) -> None:
    for letter in hub.letters("", kind)[-10:]:
        check_letter(letter.html, letter.subject)
        assert list(never_on_screen(letter.html)) == []
        assert list(never_on_screen(letter.text)) == []


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_letters_fit_the_screen_and_axe_finds_nothing(readers: Readers, hub: Hub, width: int) -> None:
    reader = readers({"width": width, "height": 800}, bypass_csp=True)
    for letter in (hub.letters("", "digest")[-1], hub.letters("", "alert")[-1]):
        reader.page.set_content(letter.html)
        assert list(spilling(reader.page)) == []
        assert faults(reader.page, LAW) == []


def _how_often(reader: Reader, digest: Letter) -> str:
    """Return what is chosen on the page of settings, as its owner sees it."""
    reader.go(digest.link("Get fewer mails"))
    if reader.page.get_by_role("heading", name="Continue to WARP Hub").count():
        reader.press("Continue as ")
    reader.arrives("Get fewer mails")
    chosen = reader.page.get_by_role("group", name="Midshire WARP digest").locator("input:checked + label")
    return chosen.inner_text()
