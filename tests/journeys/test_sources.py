"""A coordinator looks after sources: sees how they are, adds one after a test, has something tried again."""

import itertools

import pytest

from tests.journeys import extras
from tests.journeys.conftest import DESK, PHONE, Reader, Readers
from tests.journeys.look import WIDER, faults

_numbers = itertools.count(1)


@pytest.mark.parametrize(("view", "scripts"), [(DESK, True), (PHONE, False)], ids=["desk", "phone without scripts"])
def test_a_source_is_added_after_a_test_and_another_is_looked_after(
    readers: Readers, view: dict[str, int], scripts: bool
) -> None:
    reader = readers(view, scripts=scripts).become("coordinator-midshire")
    reader.go("/desk")
    reader.follow("See all sources")
    reader.arrives("Sources")
    _is_sound(reader)
    reader.page.get_by_role("button", name="Add a source").click()
    _add(reader, f"Regional centre {next(_numbers)}")

    reader.follow("Sources")
    reader.follow(extras.SOURCE)
    reader.arrives(extras.SOURCE)
    reader.sees("It is paused: nobody asks it.")
    reader.unfold("What the source sent")
    assert "Broken" in reader.page.locator("pre").first.inner_text()
    _is_sound(reader)
    reader.page.get_by_role("button", name="Try again").first.click()
    reader.sees("It is tried again within a minute.")


def _add(reader: Reader, name: str) -> None:
    reader.arrives("Add a source")
    _is_sound(reader)
    reader.page.get_by_label("Name", exact=True).fill(name)
    reader.page.get_by_label("TAXII 2.1 server").check()
    reader.page.get_by_label("Address", exact=True).fill("https://localhost/taxii2/")
    reader.page.get_by_label("Password (optional)").fill("correct horse")
    reader.page.get_by_label("Midshire WARP").check()
    reader.press("Test this source")
    reader.page.wait_for_url("**/desk/sources/new")
    reader.sees("There is a problem")
    assert reader.page.title().startswith("Error:")
    assert reader.page.get_by_label("Name", exact=True).input_value() == name
    assert reader.page.get_by_label("Password (optional)").input_value() == ""
    _is_sound(reader)
    reader.page.get_by_label("Address", exact=True).fill("https://taxii.invalid/taxii2/")
    reader.press("Save")
    reader.sees("The source is added.")
    reader.arrives(name)
    _is_sound(reader)
    reader.press("Pause this source")
    reader.sees("The source is paused.")


def _is_sound(reader: Reader) -> None:
    assert faults(reader.page) == []
    assert not reader.page.evaluate(WIDER)
