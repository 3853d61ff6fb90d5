"""What pages show of training, all of it by the rule."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func

from warp_hub import clock
from warp_hub.db import app_now, session
from warp_hub.memberships.models import Organisation, Person
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Outlet, Viewer
from warp_hub.training import bookings, seats
from warp_hub.training.models import Booking, BookingState, TrainingSession

MOST_COMING = 100


@dataclass(frozen=True)
class Shown:
    """One session's page for one viewer: their own place in it, and whether there is one for them.

    `line` is their number in the waiting list; `join_link` is empty for whoever has no place.
    """

    of: TrainingSession
    item: Item
    state: BookingState | None
    line: int
    is_full: bool
    may_book: bool
    join_link: str

    @property
    def is_open(self) -> bool:
        """Say whether places can still be taken or given back."""
        return self.of.cancelled_at is None and not has_begun(self.of)


@dataclass(frozen=True)
class Guest:
    """Somebody in the list that organisers see."""

    booking: Booking
    name: str
    organisation: str


def find_shown(item_id: UUID, viewer: Viewer) -> Shown | None:
    """Return one session as its page shows it to this viewer, or None."""
    found = session.execute(select_sessions(viewer).where(TrainingSession.id == item_id)).one_or_none()
    if found is None:
        return None
    of, item = found
    mine = bookings.find_mine(item_id, viewer)
    state = mine.state if mine is not None and mine.state is not BookingState.CANCELLED else None
    stands = seats.count(of, mine.organisation_id if mine is not None else None)
    has_place = state is BookingState.BOOKED
    link = bookings.joining_link(of, viewer) if has_place else ""
    may_book = bookings.may_book(of, viewer)
    return Shown(of, item, state, stands.line, stands.is_full(of), may_book, link)


def select_sessions(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of the sessions this viewer may receive through an outlet, each with its item."""
    return select_visible(TrainingSession, viewer, outlet).add_columns(Item)


def select_coming(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of the sessions that are not over, soonest first, no more than a page can show."""
    asked = select_sessions(viewer, outlet).where(TrainingSession.ends_at > app_now())
    return asked.order_by(TrainingSession.starts_at, TrainingSession.id).limit(MOST_COMING)


def select_past(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of the sessions that are over."""
    return select_sessions(viewer, outlet).where(TrainingSession.ends_at <= app_now())


def has_begun(of: TrainingSession) -> bool:
    """Say whether a session has begun."""
    return of.starts_at <= clock.now()


def states_of(ids: Collection[UUID], viewer: Viewer) -> dict[UUID, BookingState]:
    """Return where this viewer stands with each of these sessions; those without a booking are left out."""
    if viewer.person is None or not ids:
        return {}
    mine = select_visible(Booking, viewer, Outlet.PAGE).where(
        Booking.person_id == viewer.person, Booking.item_id.in_(ids), Booking.state != BookingState.CANCELLED
    )
    return {row.item_id: row.state for row in session.scalars(mine)}


def guests_of(item_id: UUID, viewer: Viewer) -> tuple[list[Guest], list[Guest]]:
    """Return who has a place, by name, and who waits, in their order; for those who run the session alone."""
    asked = (
        select_visible(Booking, viewer, Outlet.DESK)
        .where(Booking.item_id == item_id, Booking.state != BookingState.CANCELLED)
        .add_columns(Person.name, Organisation.name)
        .join(Person, Person.id == Booking.person_id)
        .join(Organisation, Organisation.id == Booking.organisation_id, isouter=True)
        .order_by(Booking.asked_at, Booking.id)
    )
    rows = [Guest(booking, name, organisation or "") for booking, name, organisation in session.execute(asked)]
    booked = sorted((one for one in rows if one.booking.state is BookingState.BOOKED), key=lambda one: one.name)
    return booked, [one for one in rows if one.booking.state is BookingState.WAITING]


def counts_of(ids: Collection[UUID], viewer: Viewer) -> dict[UUID, tuple[int, int]]:
    """Return how many have a place and how many wait, of each session that this viewer runs."""
    is_booked, waits = Booking.state == BookingState.BOOKED, Booking.state == BookingState.WAITING
    counted = (
        select_visible(Booking, viewer, Outlet.DESK)
        .where(Booking.item_id.in_(ids))
        .with_only_columns(Booking.item_id, func.count().filter(is_booked), func.count().filter(waits))
        .group_by(Booking.item_id)
    )
    return {item_id: (booked, waiting) for item_id, booked, waiting in session.execute(counted)}


def select_desk(viewer: Viewer, *, past: bool) -> Select[Any]:
    """Return the select of the sessions that this viewer runs."""
    return select_past(viewer, Outlet.DESK) if past else select_coming(viewer, Outlet.DESK)
