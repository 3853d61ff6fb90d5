"""Taking a place, giving it back, and who is next; each verb takes its turn, and its caller commits."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import undefer

from warp_hub import background, clock, mail
from warp_hub.db import new_id, session
from warp_hub.memberships.directory import warps_of
from warp_hub.memberships.models import Membership, Organisation, Post, State
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import Outlet, Viewer
from warp_hub.training import seats
from warp_hub.training.models import Booking, BookingState, OpenTo, TrainingSession

FILL = "fill_places"
KEPT = timedelta(days=400)


class NoSuchSession(Exception):
    """There is no such session for this viewer."""


class NotOpen(Exception):
    """The session has begun, or it is cancelled."""


class NotForThem(Exception):
    """The session is for the members of another WARP."""


def find(item_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> TrainingSession | None:
    """Return one session as it stands now, if this viewer may have it."""
    asked = select_visible(TrainingSession, viewer, outlet).where(TrainingSession.id == item_id)
    return session.scalars(asked.execution_options(populate_existing=True)).one_or_none()


def find_mine(item_id: UUID, viewer: Viewer) -> Booking | None:
    """Return this viewer's own booking of a session, cancelled ones too."""
    return session.scalars(_mine(item_id, viewer)).one_or_none()


def book(item_id: UUID, viewer: Viewer) -> Booking:
    """Take a place for a viewer, or the next one in the waiting list; who has one keeps it.

    Raises NoSuchSession, NotOpen or NotForThem.
    """
    of = _my_turn(item_id, viewer)
    if of.cancelled_at is not None or of.starts_at <= clock.now():
        raise NotOpen(item_id)
    if not may_book(of, viewer):
        raise NotForThem(item_id)
    mine = find_mine(item_id, viewer) or _new_booking(of, viewer)
    if mine.state is not BookingState.CANCELLED:
        return mine
    has_room = seats.count(of, mine.organisation_id).has_room(of)
    mine.state = BookingState.BOOKED if has_room else BookingState.WAITING
    mine.asked_at, mine.changes, mine.attended = clock.now(), mine.changes + 1, False
    session.flush()
    _write("training_booked" if has_room else "training_waiting", of, mine)
    if not has_room:
        fill_later(item_id)
    return mine


def give_back(item_id: UUID, viewer: Viewer) -> None:
    """Cancel a viewer's own booking or waiting; the place goes to whoever is next. Raises NoSuchSession or NotOpen."""
    of = _my_turn(item_id, viewer)
    mine = find_mine(item_id, viewer)
    if mine is None or mine.state is BookingState.CANCELLED:
        return
    if of.starts_at <= clock.now():
        raise NotOpen(item_id)
    had_place = mine.state is BookingState.BOOKED
    mine.state, mine.changes = BookingState.CANCELLED, mine.changes + 1
    session.flush()
    if had_place:
        _write("training_left", of, mine)
        fill_later(item_id)


def may_book(of: TrainingSession, viewer: Viewer) -> bool:
    """Say whether a viewer who may see a session may also take a place in it."""
    return viewer.person is not None and _is_for(of, viewer.person)


def joining_link(of: TrainingSession, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> str:
    """Return where to join, for whoever has a place or runs the session; empty for everybody else and when it is off.

    A place is worth nothing to somebody who may take none any more.
    The only reader of the link: a page, letter or feed that shows one asked here.
    """
    is_off = of.cancelled_at is not None and outlet is not Outlet.DESK
    if viewer.person is None or is_off or (outlet is not Outlet.DESK and not may_book(of, viewer)):
        return ""
    asked = select_visible(TrainingSession, viewer, outlet).where(TrainingSession.id == of.id)
    if outlet is not Outlet.DESK:
        held = (
            _mine(of.id, viewer, outlet).where(Booking.state == BookingState.BOOKED).with_only_columns(Booking.item_id)
        )
        asked = asked.where(TrainingSession.id.in_(held.scalar_subquery()))
    found = session.scalars(asked.options(undefer(TrainingSession.join_link))).one_or_none()
    return found.join_link if found is not None else ""


def fill_later(item_id: UUID) -> None:
    """Have a worker give free places to those who wait, once the caller's transaction is committed."""
    background.defer(session, FILL, item_id=str(item_id))


def fill(item_id: UUID) -> int:
    """Give free places to those who wait, first come first served, each told by letter; return how many."""
    seats.take_turn(item_id)
    of = session.scalars(
        house_read(select(TrainingSession).where(TrainingSession.id == item_id), "training")
    ).one_or_none()
    if of is None or of.cancelled_at is not None or of.starts_at <= clock.now():
        return 0
    waiting = select(Booking).where(Booking.item_id == item_id, Booking.state == BookingState.WAITING)
    line = session.scalars(house_read(waiting.order_by(Booking.asked_at, Booking.id), "training")).all()
    promoted = [booking for booking in line if _promote(of, booking)]
    return len(promoted)


def let_go(person_id: UUID) -> int:
    """Give back the places to come of somebody who has left; return how many. Called by the worker.

    Nobody is written to: there is nobody to write to. Each session's place goes to whoever is next.
    """
    mine = select(Booking).where(Booking.person_id == person_id, Booking.state != BookingState.CANCELLED)
    held = list(session.scalars(house_read(mine.order_by(Booking.item_id), "training")).all())
    to_come = select(TrainingSession.id).where(
        TrainingSession.id.in_([one.item_id for one in held]), TrainingSession.starts_at > clock.now()
    )
    coming = set(session.scalars(house_read(to_come, "training")))
    given_back = [one for one in held if one.item_id in coming]
    for booking in given_back:
        seats.take_turn(booking.item_id)
        booking.state, booking.changes = BookingState.CANCELLED, booking.changes + 1
        fill_later(booking.item_id)
    session.flush()
    return len(given_back)


def forget_old() -> int:
    """Remove who booked what, long after the session; return how many. Called by the worker."""
    over = house_read(select(TrainingSession.id).where(TrainingSession.ends_at < clock.now() - KEPT), "training")
    ids = session.scalars(over).all()
    return int(session.execute(delete(Booking).where(Booking.item_id.in_(ids))).rowcount)  # type: ignore[attr-defined]


def _my_turn(item_id: UUID, viewer: Viewer) -> TrainingSession:
    if find(item_id, viewer) is None:
        raise NoSuchSession(item_id)
    seats.take_turn(item_id)
    of = find(item_id, viewer)
    if of is None:
        raise NoSuchSession(item_id)
    return of


def _mine(item_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    mine = select_visible(Booking, viewer, outlet).where(Booking.item_id == item_id)
    return mine.where(Booking.person_id == viewer.person).execution_options(populate_existing=True)


def _new_booking(of: TrainingSession, viewer: Viewer) -> Booking:
    assert viewer.person is not None
    made = Booking(
        id=new_id(),
        item_id=of.id,
        person_id=viewer.person,
        organisation_id=_organisation(viewer.person, of.warp_id),
        state=BookingState.CANCELLED,
        asked_at=clock.now(),
        changes=-1,
    )
    session.add(made)
    return made


def _organisation(person_id: UUID, warp_id: UUID) -> UUID | None:
    """Return the organisation for which somebody comes: one of the session's own WARP before any other."""
    held = (
        select(Post.organisation_id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.person_id == person_id, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
        .order_by((Membership.warp_id != warp_id), Organisation.name, Organisation.id)
        .limit(1)
    )
    return session.scalar(held)


def _is_for(of: TrainingSession, person_id: UUID) -> bool:
    return of.open_to is OpenTo.ALL or any(warp.id == of.warp_id for warp in warps_of(person_id))


def _promote(of: TrainingSession, booking: Booking) -> bool:
    if not _is_for(of, booking.person_id):
        return False
    now = seats.count(of, booking.organisation_id)
    if of.capacity is not None and now.booked >= of.capacity:
        return False
    if of.per_organisation is not None and now.ours >= of.per_organisation:
        return False
    booking.state, booking.changes = BookingState.BOOKED, booking.changes + 1
    session.flush()
    _write("training_promoted", of, booking)
    return True


def _write(kind: str, of: TrainingSession, booking: Booking) -> None:
    mail.post(kind, booking.person_id, warp_id=of.warp_id, item_ids=[of.id], expires_at=of.ends_at)
