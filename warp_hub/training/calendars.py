"""Calendar entries as iCalendar (RFC 5545): one name for the life of a session, a number that rises with each change.

Times of London stand in its own zone, described by rules from 1970 on: Outlook shifts by an hour what has no
description or a list of dates. Other zones are written in UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from warp_hub import clock
from warp_hub.mail.message import one_line, sender
from warp_hub.mail.outbox import domain

if TYPE_CHECKING:
    from icalendar import Calendar, Event, Timezone

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
LONDON = "Europe/London"
_PRODUCT = "-//WARP Hub//Training//EN"
# (name, when it begins, from, to, the last Sunday of which month)
_CHANGES = (
    ("BST", "1970-03-29T01:00", 0, 1, 3),
    ("GMT", "1970-10-25T02:00", 1, 0, 10),
)


@dataclass(frozen=True)
class Entry:
    """One session in one person's calendar; whatever may not travel is left out before it comes here.

    `attendee` is the mail address of the one reader, so that nobody meets another's.
    """

    item_id: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    url: str
    organiser: str
    status: str = CONFIRMED
    where: str = ""
    text: str = ""
    attendee: str = ""


def uid_of(item_id: UUID) -> str:
    """Return the name of a session in every calendar, for as long as it lives."""
    return f"{item_id}@{domain()}"


def write(entries: Iterable[Entry], method: str, *, name: str = "") -> str:
    """Return a calendar of these entries: a request, a cancellation, or one that is followed."""
    from icalendar import Calendar  # noqa: PLC0415

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    listed = list(entries)
    if any(entry.zone == LONDON for entry in listed):
        calendar.add_component(_london())
    for entry in listed:
        calendar.add_component(_event(entry))
    return _text(calendar)


def _event(of: Entry) -> "Event":
    from icalendar import Event, vCalAddress, vText  # noqa: PLC0415

    event = Event()
    event.add("uid", uid_of(of.item_id))
    event.add("sequence", of.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", _wall_time(of.starts_at, of.zone))
    event.add("dtend", _wall_time(of.ends_at, of.zone))
    event.add("summary", one_line(of.title))
    event.add("status", of.status)
    event.add("url", of.url)
    event.add("class", "PRIVATE")
    for name, said in (("location", one_line(of.where)), ("description", of.text.replace("\r\n", "\n"))):
        if said:
            event.add(name, said)
    organiser = vCalAddress(f"mailto:{sender().addr_spec}")
    organiser.params["CN"] = vText(one_line(of.organiser).replace('"', "'"))
    event["organizer"] = organiser
    if of.attendee:
        attendee = vCalAddress(f"mailto:{one_line(of.attendee)}")
        attendee.params["PARTSTAT"] = vText("TENTATIVE" if of.status == TENTATIVE else "ACCEPTED")
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee, encode=False)
    return event


def _wall_time(moment: datetime, zone: str) -> datetime:
    local = clock.local(moment)
    # Of the hour that comes twice a calendar means the first; the second has no wall time of its own.
    return local if zone == LONDON and not local.fold else moment.astimezone(UTC)


def _london() -> "Timezone":
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur  # noqa: PLC0415

    zone = Timezone()
    zone.add("tzid", LONDON)
    for name, begins, before, after, month in _CHANGES:
        part = TimezoneDaylight() if name == "BST" else TimezoneStandard()
        part.add("dtstart", datetime.fromisoformat(begins))
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("rrule", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        zone.add_component(part)
    return zone


def _text(calendar: "Calendar") -> str:
    written: bytes = calendar.to_ical()
    return written.decode()
