"""A member asks, another answers, the coordinator looks after it; nobody next door hears of it."""

import re

import pytest

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.look import faults, spilling

QUESTION = "Who has moved field staff to passkeys?"
WORDS = "We start in March. Ring 01632 960123 to compare notes.\n\nHow did you do the changeover?"


def _looks_right(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert list(spilling(reader.page)) == []


def test_a_member_asks_without_a_name_and_another_answers_with_one(
    reader: Reader, readers: Readers, request: pytest.FixtureRequest
) -> None:
    title = f"{QUESTION} ({request.node.callspec.id})"
    reader.become("lead-midshire").go("/discussions/ask")
    reader.press("See what members will see")
    reader.sees("There is a problem")
    reader.page.get_by_label("Your question in one line").fill(title)
    reader.page.get_by_label("What others need to know to answer").fill(WORDS)
    reader.page.get_by_label("Do not show my name").check()
    _looks_right(reader)
    reader.press("See what members will see")
    reader.sees("A telephone number leads to a person.")
    _looks_right(reader)
    reader.page.get_by_label(re.compile("Use suggestion")).check()
    reader.press("Send to Midshire WARP")
    reader.sees("Your question is sent.")
    reader.sees("A member of Midshire WARP")
    reader.sees("Ring [phone number] to compare notes.")
    address = reader.page.url.removeprefix(reader.hub.address)

    officer = readers(reader.page.viewport_size or DESK).become("officer-midshire")
    officer.go("/discussions?show=open")
    officer.follow(title)
    officer.unfold("Write a reply")
    officer.page.get_by_label("Your reply").fill("One team a week.")
    officer.page.get_by_label("Show my name", exact=True).check()
    officer.press("See what members will see")
    officer.press("Send the reply")
    officer.sees("Your reply is sent.")
    _looks_right(officer)

    reader.go(address)
    reader.sees("Grace Okafor, Brackenford District Council")
    reader.press("Follow this")
    reader.sees("You will get a mail when somebody replies.")
    assert readers(DESK).become("lead-westmarch").status_of(address) == 404

    coordinator = readers(DESK).become("coordinator-midshire")
    coordinator.go(address)
    coordinator.page.get_by_role("link", name="Remove this reply").click()
    coordinator.page.get_by_label("Why?").fill("It names a supplier.")
    _looks_right(coordinator)
    coordinator.press("Remove the reply")
    coordinator.sees("A coordinator has removed this reply: It names a supplier.")
    coordinator.unfold("For coordinators")
    coordinator.follow("Close this question")
    coordinator.page.get_by_label("Why?").fill("Answered.")
    coordinator.press("Close the question")
    coordinator.sees("so nobody can reply any more.")
