"""A calendar that follows one's bookings: a secret address, shown once, good until it is replaced or revoked."""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.memberships.models import Person, State, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import NOBODY, Outlet, Viewer
from warp_hub.training import bookings, calendars, letters
from warp_hub.training.models import Booking, BookingState, CalendarAddress, TrainingSession

LONGEST_SECRET = 100
MOST = 300
STATUS = {BookingState.BOOKED: calendars.CONFIRMED, BookingState.WAITING: calendars.TENTATIVE}


def make_address(person_id: UUID) -> str:
    """Give a person a new secret for their calendar's address and return it; the one before is worth nothing."""
    secret = secrets.token_urlsafe(32)
    values = {"secret_hash": hash_of(secret), "made_at": clock.now()}
    made = insert(CalendarAddress).values(person_id=person_id, **values)
    session.execute(made.on_conflict_do_update(index_elements=[CalendarAddress.person_id], set_=values))
    audit.record("calendar.address-made", actor=person_id)
    return secret


def stop(person_id: UUID) -> None:
    """Let a person's calendar address be worth nothing."""
    session.execute(delete(CalendarAddress).where(CalendarAddress.person_id == person_id))
    audit.record("calendar.address-stopped", actor=person_id)


def has_address(person_id: UUID) -> bool:
    """Say whether a person's calendar can be followed."""
    held = select(CalendarAddress.person_id).where(CalendarAddress.person_id == person_id)
    return session.scalar(held) is not None


def reader_of(secret: str) -> Viewer:
    """Return whose calendar this secret opens, as a reader by mail receives; NOBODY for any other."""
    if len(secret) > LONGEST_SECRET:
        return NOBODY
    held = select(CalendarAddress.made_at, Person).join(Person, Person.id == CalendarAddress.person_id)
    found = session.execute(held.where(CalendarAddress.secret_hash == hash_of(secret))).one_or_none()
    if found is None:
        return NOBODY
    made_at, person = found
    if person.state is not State.ACTIVE or (person.void_before is not None and made_at <= person.void_before):
        return NOBODY
    return viewer_of(person.id, Proof.MAILBOX)


def calendar_of(viewer: Viewer) -> str:
    """Return the viewer's own bookings as a calendar, as far as the rule lets them into a feed."""
    mine = select_visible(Booking, viewer, Outlet.FEED).where(Booking.person_id == viewer.person)
    held = {one.item_id: one for one in session.scalars(mine.order_by(Booking.asked_at.desc()).limit(MOST))}
    asked = select_visible(TrainingSession, viewer, Outlet.FEED).where(TrainingSession.id.in_(held))
    rows = session.execute(asked.add_columns(Item, Warp).join(Warp, Warp.id == TrainingSession.warp_id)).all()
    entries = [_entry(of, item, warp, held[of.id], viewer) for of, item, warp in rows]
    return calendars.write(sorted(entries, key=lambda one: one.starts_at), calendars.PUBLISH, name="WARP Hub")


def _entry(of: TrainingSession, item: Item, warp: Warp, booking: Booking, viewer: Viewer) -> calendars.Entry:
    link = bookings.joining_link(of, viewer, Outlet.FEED)
    is_off = of.cancelled_at is not None or booking.state is BookingState.CANCELLED
    status = calendars.CANCELLED if is_off else STATUS[booking.state]
    return letters.entry_of(letters.printed(of, item, warp, link), booking, status)


def hash_of(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()
