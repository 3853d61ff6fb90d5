"""Places in training: everybody has one in every session, so that only the rule stands between."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from warp_hub import clock
from warp_hub.db import new_id, session
from warp_hub.proof.expected import table
from warp_hub.proof.searching import Register
from warp_hub.training import following
from warp_hub.training.letters import TELLINGS
from warp_hub.training.models import Booking, BookingState, CalendarAddress

# What a calendar program is given that knows the secret address of one of these people.
FEEDS = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
"""
IN_FEEDS = table(FEEDS)
FOLLOWED = ("title", "place", "session text", "join_link")
# Letters of training; those in `ARRIVING` hold for somebody who has a place.
KINDS = tuple(TELLINGS)
ARRIVING = ("training_booked", "training_promoted", "training_moved", "training_reminder")


def give(item_id: UUID, people: Mapping[str, UUID]) -> None:
    """Give everybody a place in a session, whether or not they would ever have been let in."""
    asked_at = clock.now() - timedelta(minutes=1)
    session.add_all(
        Booking(id=new_id(), item_id=item_id, person_id=person, state=BookingState.BOOKED, asked_at=asked_at)
        for person in people.values()
    )
    session.flush()


def make_calendars(people: Mapping[str, UUID], register: Register) -> dict[str, str]:
    """Give everybody the secret address of a calendar; each secret is a canary, so that none is left anywhere."""
    secrets = {letter: register.new("a calendar", f"secret of {letter}") for letter in people}
    made: Iterator[Any] = (
        CalendarAddress(person_id=person, secret_hash=following.hash_of(secrets[letter]), made_at=clock.now())
        for letter, person in people.items()
    )
    session.add_all(made)
    session.flush()
    return secrets


def path_of(secret: str) -> str:
    """Return where a calendar program asks."""
    return f"/training/calendar/{secret}.ics"
