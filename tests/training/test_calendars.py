"""Calendar entries, read back by another's parser, on both nights when the clocks change too."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import icalendar
import pytest

from tests.training.conftest import at
from warp_hub import config
from warp_hub.training import calendars
from warp_hub.training.calendars import Entry

pytestmark = pytest.mark.usefixtures("hub_settings")


def entry(starts_at: datetime, **given: object) -> Entry:
    values: dict[str, object] = {
        "item_id": uuid4(),
        "sequence": 0,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "zone": "Europe/London",
        "title": "TLP:GREEN Exercise",
        "url": "http://localhost:8000/training/1",
        "organiser": "Midshire WARP",
    }
    return Entry(**(values | given))  # type: ignore[arg-type]


def read(written: str) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    return event


def as_outlook_reads_it(written: str) -> datetime:
    """Return the start in UTC by nothing but the file's own wall time and its own rules, as Outlook reads it."""
    lines = written.replace("\r\n ", "").split("\r\n")
    start = next(line for line in lines if line.startswith("DTSTART") and "2026" in line)
    if start.endswith("Z"):
        return datetime.strptime(start.split(":")[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert start.startswith("DTSTART;TZID=Europe/London:")
    assert {"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"} <= set(lines)
    wall = datetime.strptime(start.split(":")[1], "%Y%m%dT%H%M%S")
    begins, ends = datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 2)
    return (wall - timedelta(hours=begins <= wall < ends)).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "starts_at",
    [
        "2026-01-15T10:00",
        "2026-07-15T09:00",
        "2026-03-28T10:00",
        "2026-03-29T00:30",
        "2026-03-29T01:00",
        "2026-03-29T01:30",
        "2026-10-24T23:30",
        "2026-10-25T00:30",
        "2026-10-25T01:30",
        "2026-10-25T02:00",
        "2026-12-15T10:00",
    ],
)
def test_a_session_is_at_its_moment_for_every_reader_on_both_nights(starts_at: str) -> None:
    moment = at(starts_at)
    written = calendars.write([entry(moment)], calendars.REQUEST)
    assert read(written).decoded("DTSTART").astimezone(UTC) == moment
    assert read(written).decoded("DTEND").astimezone(UTC) == moment + timedelta(hours=1)
    assert as_outlook_reads_it(written) == moment


def test_the_zone_is_told_by_rules_from_1970_and_never_by_a_list_of_dates() -> None:
    written = calendars.write([entry(at("2026-12-15T10:00"))], calendars.REQUEST)
    assert "DTSTART:19700329T010000" in written
    assert "DTSTART:19701025T020000" in written
    assert "RDATE" not in written


def test_what_is_said_is_escaped_and_comes_back_as_it_was() -> None:
    said = 'Bring: a, b; c\\d "e"\nand more, ' + "é" * 100
    written = calendars.write([entry(at("2026-12-15T10:00"), text=said, where="Hall, 1; back\r\nX-EVIL:1")], "REQUEST")
    event = read(written)
    assert str(event["DESCRIPTION"]) == said
    assert str(event["LOCATION"]) == "Hall, 1; back X-EVIL:1"
    assert "X-EVIL" not in event
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    assert "\n" not in written.replace("\r\n", "")


def test_a_calendar_has_no_alarm_no_attachment_and_one_attendee_at_most() -> None:
    written = calendars.write([entry(at("2026-12-15T10:00"), attendee="sam@ashford.example")], calendars.REQUEST)
    assert ("VALARM" in written, "ATTACH" in written, written.count("ATTENDEE")) == (False, False, 1)
    assert "RSVP=FALSE" in written
    assert config.current().base_url.split("//")[1].split(":")[0] in str(read(written)["UID"])


def test_times_of_another_zone_are_written_in_utc() -> None:
    written = calendars.write([entry(at("2026-07-15T09:00"), zone="Europe/Dublin")], calendars.REQUEST)
    assert "DTSTART:20260715T090000Z" in written
    assert "VTIMEZONE" not in written
