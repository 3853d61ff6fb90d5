"""Once a year: one press by whoever has the letter, one page for whoever leads; a copy of one's own data."""

import zipfile

from tests.journeys.conftest import Reader
from tests.journeys.look import faults, faults_everywhere

LEAD, READER = "lead-midshire@demo.example", "reader-midshire@demo.example"


def test_a_reader_by_mail_presses_one_button_and_needs_no_password(reader: Reader) -> None:
    letter = reader.hub.letters(READER, "mailbox_renewal")[-1]
    reader.go(letter.link("Yes, keep sending me this"))
    reader.arrives("Are you still there?")
    assert "link=" not in reader.page.url
    assert faults_everywhere(reader.page) == []
    reader.press("Yes, keep sending me this")
    reader.arrives("Thank you")
    reader.go("/mailbox")
    reader.arrives("This link has been used or has run out")


def test_a_lead_answers_for_each_on_one_page(reader: Reader) -> None:
    letter = reader.hub.letters(LEAD, "staff_renewal")[-1]
    address = letter.link("Sign in and answer").partition("next=")[2].replace("%2F", "/")
    reader.become("lead-midshire").go(address)
    reader.arrives("Are these people still with you?")
    reader.press("Save answers")
    reader.sees("There is a problem")
    assert reader.page.title().startswith("Error:")
    assert faults(reader.page) == []
    for box in reader.page.get_by_label("Still with us").all():
        box.check()
    reader.press("Save answers")
    reader.sees("Thank you. You are asked again in a year.")


def test_a_coordinator_sees_what_was_left_open_and_a_copy_of_their_own_data(reader: Reader) -> None:
    reader.become("coordinator-midshire").go("/desk")
    reader.follow("See who and why")
    reader.arrives("Are these people still here?")
    for heading in (
        "No answer from the main contact (",
        "Not sure, or not for the main contact to say (",
        "Access has ended",
    ):
        reader.sees(heading)
    assert faults(reader.page) == []

    reader.go("/account")
    reader.follow("Get a copy of your data")
    assert faults(reader.page) == []
    with reader.page.expect_download() as downloading:
        reader.press("Get my data")
    with zipfile.ZipFile(downloading.value.path()) as archive:
        assert "Priya Shah" in archive.read("my-data.html").decode()

    reader.go("/account/leave")
    reader.arrives("Leave WARP Hub")
    assert faults(reader.page) == []
