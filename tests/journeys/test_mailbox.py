"""A warning that came by mail: it waits with the mail as its original, and members have it from a coordinator alone."""

from pathlib import Path

from tests.journeys.conftest import DESK, Reader, Readers
from tests.journeys.look import WIDER, faults
from tests.journeys.queue import find_among_warnings, find_in_queue

TITLE = "Parcel delivery texts aimed at council staff"


def test_a_forwarded_warning_waits_for_a_coordinator(reader: Reader, readers: Readers) -> None:
    assert not find_among_warnings(readers(DESK).become("lead-midshire"), TITLE)

    find_in_queue(reader.become("coordinator-midshire"), TITLE)
    reader.sees("no courier asks for a work password")
    reader.unfold("What the source sent")
    with reader.page.expect_download() as came:
        reader.follow("Download the original")
    original = Path(came.value.path()).read_text()
    assert came.value.suggested_filename.startswith("TLP-GREEN original ")
    assert came.value.suggested_filename.endswith(".eml")
    assert original.startswith("From: coordinator-midshire@demo.example")

    reader.go("/desk/sources")
    reader.sees("Warnings by mail")
    reader.sees("Became warnings")
    assert faults(reader.page) == []
    assert not reader.page.evaluate(WIDER)
