"""An incident is reported, reviewed without its author, released, and read by whom it is for."""

import itertools
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.hub import run
from tests.journeys.look import faults, spilling

COUNCIL = "Ashcombe Borough Council"
TWO_WAYS = [pytest.param((DESK, True), id="desk"), pytest.param((PHONE, False), id="phone without scripts")]
_numbers = itertools.count(1)


def tell(reader: Reader, what: str) -> None:
    """Tell an incident from the first screen to the last, looking at each."""
    reader.go("/report")
    reader.arrives("Is it happening now?")
    reader.sees("National Cyber Security Centre")
    _next(reader, "How should we protect who you are?")
    reader.page.get_by_label("Do not show our name").check()
    _next(reader, "What happened")
    _next(reader, "What happened")
    reader.sees("Say what happened")
    reader.page.get_by_label("What happened?").fill(what)
    reader.page.get_by_label("What did it do?").fill(f"{COUNCIL} had two mailboxes read.")
    _next(reader, "Addresses and files")
    reader.page.get_by_label("Addresses and files of the attacker").fill("evil[.]example\nhxxps://evil[.]example/a")
    _next(reader, "See what members will see")
    reader.sees("This names your organisation.")
    _next(reader, "See what members will see")
    reader.sees("There is a problem")
    reader.page.get_by_label("Use suggestion: [council name]").check()
    _next(reader, "Check your answers")
    reader.sees("[council name] had two mailboxes read.")
    reader.page.get_by_role("button", name="Change what happened").click()
    reader.arrives("What happened")
    assert reader.page.get_by_label("What happened?").input_value() == what
    for heading in ("Addresses and files", "See what members will see", "Check your answers"):
        _next(reader, heading)
    reader.press("Send to Midshire WARP")
    reader.arrives("Your report is sent")
    _looks_well(reader)


@pytest.mark.parametrize("way", TWO_WAYS)
def test_report_and_release(readers: Readers, hub_folder: Path, way: tuple[dict[str, int], bool]) -> None:
    view, scripts = way
    title = f"Journey {next(_numbers)} on {view['width']}: the help desk was rung"
    # axe is a script of ours that the hub's own policy would refuse
    lead = readers(view, scripts=scripts, bypass_csp=True).become("lead-midshire")
    tell(lead, f"{title}. They had a password reset.")

    coordinator = readers(view, scripts=scripts, bypass_csp=True).become("coordinator-midshire")
    coordinator.go("/desk/reports")
    coordinator.follow(title)
    coordinator.arrives(title)
    assert COUNCIL not in coordinator.page.locator("main").inner_text()
    coordinator.press("Approve")
    coordinator.sees("Tick each of them")
    _looks_well(coordinator)
    for box in coordinator.page.get_by_role("group", name="Could someone guess?").get_by_role("checkbox").all():
        box.check()
    coordinator.press("Approve")
    coordinator.arrives("Reports to review")
    assert not coordinator.page.get_by_role("link", name=title).count()

    run([sys.executable, "-m", "tests.journeys.releasing"], hub_folder, data_dir=hub_folder / "demo")
    officer = readers(view, scripts=scripts, bypass_csp=True).become("officer-midshire")
    officer.go("/incidents")
    officer.follow(title)
    officer.arrives(title)
    for said in ("Midshire WARP, on behalf of a member", "[council name] had two mailboxes read.", "Replies"):
        officer.sees(said)
    assert officer.page.get_by_label("Domain names").first.input_value() == "evil[.]example"
    _looks_well(officer)
    assert readers(DESK).become("lead-westmarch").status_of(officer.page.url) == 404


def test_a_report_by_telephone(readers: Readers) -> None:
    coordinator = readers(DESK, bypass_csp=True).become("coordinator-midshire")
    coordinator.go("/desk/reports")
    coordinator.follow("Write down a report by telephone")
    coordinator.arrives("Is it happening now?")
    _next(coordinator, "How should we protect who you are?")
    coordinator.page.get_by_label("E-mail address of whoever rang you").fill("nobody@nowhere.example")
    coordinator.page.get_by_label("Show our name", exact=True).check()
    _next(coordinator, "How should we protect who you are?")
    coordinator.sees("Nobody at a member of your WARP has this address")
    coordinator.page.get_by_label("E-mail address of whoever rang you").fill("lead-midshire@demo.example")
    _next(coordinator, "What happened")
    coordinator.page.get_by_label("What happened?").fill("A van was left open over night.")
    for heading in ("Addresses and files", "See what members will see", "Check your answers"):
        _next(coordinator, heading)
    coordinator.press("Send to Midshire WARP")
    coordinator.arrives("Your report is sent")


def _next(reader: Reader, heading: str) -> None:
    reader.press("Continue")
    reader.arrives(heading)
    _looks_well(reader)


def _looks_well(reader: Reader) -> None:
    assert [*faults(reader.page), *spilling(reader.page)] == []
