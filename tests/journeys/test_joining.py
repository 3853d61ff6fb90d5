"""From a WARP's public page to coming in as a member; and accepting an agreement."""

import itertools

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.look import faults, faults_everywhere, spilling

_numbers = itertools.count(1)


def _look(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []


def _answer(reader: Reader, task: str, answer: str) -> None:
    reader.follow(task)
    assert faults_everywhere(reader.page) == []
    reader.page.locator("main").get_by_role("textbox").fill(answer)
    reader.press("Save and continue")


def _apply(reader: Reader, address: str, name: str) -> None:
    reader.go("/warps/midshire")
    reader.press("Apply to join")
    reader.press("Send the link")
    reader.sees("There is a problem")
    _look(reader)
    reader.page.get_by_label("What is your e-mail address at work?").fill(address)
    reader.press("Send the link")
    reader.arrives("Check your e-mail")
    letter = reader.hub.wait_for_letter(address, "application_link")
    assert "Your application to Midshire WARP" in letter.subject

    reader.go(letter.link("Go on with your application"))
    reader.press("Continue as")
    reader.arrives("Your application to Midshire WARP")
    assert faults_everywhere(reader.page) == []
    _answer(reader, "Your name", "Nadia Petrov")
    _answer(reader, "Your job", "IT manager")
    _answer(reader, "Name of your organisation", name)
    _answer(reader, "Why it would like to join", "Our neighbours are members.")
    for task, choice in (
        ("The language we write in", "English"),
        ("What your organisation is", "A council or another public body"),
    ):
        reader.follow(task)
        assert faults_everywhere(reader.page) == []
        reader.page.get_by_label(choice, exact=True).check()
        reader.press("Save and continue")
    reader.follow("Check your answers and send")
    reader.arrives("Check your answers")
    assert faults_everywhere(reader.page) == []
    reader.press("Send to Midshire WARP")
    reader.sees("Application sent")
    _look(reader)


def _reply(reader: Reader, address: str) -> None:
    letter = reader.hub.wait_for_letter(address, "application_more")
    reader.go(letter.link("Answer the question"))
    reader.press("Continue as")
    reader.follow("Answer the coordinator's question")
    reader.sees("Who runs your network?")
    assert faults_everywhere(reader.page) == []
    reader.page.get_by_label("What do you answer?").fill("We do it ourselves.")
    reader.press("Save and continue")
    reader.arrives("Check your answers")
    reader.press("Send to Midshire WARP")
    reader.sees("Application sent")


def test_from_the_public_page_to_choosing_a_password(reader: Reader, readers: Readers) -> None:
    number = next(_numbers)
    address, name = f"nadia.petrov@whinmoor{number}.demo.example", f"Whinmoor {number} Council"
    _apply(reader, address, name)
    assert reader.status_of("/members") in (200, 302)  # where one signs in

    desk = readers(DESK).become("coordinator-midshire")
    desk.go("/desk/applications")
    desk.follow(f"{name} would like to join Midshire WARP (Nadia Petrov)")
    desk.sees("this would be a new one")
    _look(desk)
    desk.press("Save the decision")
    desk.sees("Choose what you decide")
    desk.page.get_by_label("Ask the applicant for more", exact=True).check()
    desk.page.get_by_label("Your reason, or your question").fill("Who runs your network?")
    desk.press("Save the decision")
    _reply(reader, address)

    desk.go("/desk/applications")
    desk.follow(f"{name} would like to join Midshire WARP (Nadia Petrov)")
    desk.sees("We do it ourselves.")
    desk.page.get_by_label("Approve", exact=True).check()
    desk.page.get_by_label("Your reason, or your question").fill("Rang the switchboard.")
    desk.press("Save the decision")
    desk.sees("The applicant gets a letter.")

    letter = reader.hub.wait_for_letter(address, "application_approved")
    reader.go(letter.link("Accept the invitation"))
    reader.arrives("Welcome to WARP Hub")
    assert faults_everywhere(reader.page) == []


def test_a_lead_reads_and_accepts_what_will_bind(readers: Readers) -> None:
    reader = readers(PHONE).become("lead-westmarch")
    reader.go("/")
    reader.sees("Westmarch WARP has an agreement")
    reader.follow("Read it, or see who can accept it")
    reader.arrives("Agreements")
    _look(reader)
    reader.follow("Read the agreement of Westmarch WARP")
    reader.arrives("The agreement of Westmarch WARP")
    assert faults_everywhere(reader.page) == []
    reader.press("Accept the agreement")
    reader.sees("There is a problem")
    reader.page.get_by_label("I accept this agreement for Westmarch Council").check()
    reader.press("Accept the agreement")
    reader.sees("Accepted for Westmarch Council.")

    desk = readers(DESK).become("coordinator-westmarch")
    desk.go("/desk/agreement")
    desk.arrives("The agreement of Westmarch WARP")
    _look(desk)
    desk.unfold("Who accepted it, and when")
    desk.sees("Westmarch Council: Owen Pritchard, its main contact")
    desk.page.locator("textarea[name=english]").fill("What is shared here stays here.")
    desk.press("Save and see what members will read")
    desk.page.wait_for_url("**/desk/agreement/preview*")
    assert faults_everywhere(desk.page) == []
