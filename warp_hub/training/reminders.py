"""Reminders: 7 days, 1 day and 1 hour before the start, computed from it, so that they move when it does."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select, update

from warp_hub import clock, mail
from warp_hub.db import session
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.training import seats
from warp_hub.training.models import Booking, BookingState, Reminder, TrainingSession

KIND = "training_reminder"
LOOKED_BACK = timedelta(days=14)
# How long before the start, in hours, and how late it may still go: a hub that was away does not remind too late.
BEFORE = {7 * 24: timedelta(hours=24), 24: timedelta(hours=8), 1: timedelta(minutes=50)}


def remind_due() -> str:
    """Post the reminders that are due, each once ever; called by the worker, which commits."""
    posted = sum(_remind(of, hours) for hours in BEFORE for of in _beginning(hours))
    return f"{posted} reminded" if posted else ""


def _beginning(hours: int) -> Sequence[TrainingSession]:
    """Return the sessions whose reminder of so many hours before is due now."""
    at, late = clock.now() + timedelta(hours=hours), BEFORE[hours]
    due = select(TrainingSession).where(
        TrainingSession.starts_at <= at, TrainingSession.starts_at > at - late, TrainingSession.cancelled_at.is_(None)
    )
    return session.scalars(house_read(due, "training")).all()


def _remind(of: TrainingSession, hours: int) -> int:
    """Remind whoever has a place and had it when the moment came; who booked later knows."""
    seats.take_turn(of.id)
    due_at = of.starts_at - timedelta(hours=hours)
    told = exists().where(
        Reminder.booking_id == Booking.id, Reminder.hours == hours, Reminder.starts_at == of.starts_at
    )
    wanted = select(Booking).where(
        Booking.item_id == of.id, Booking.state == BookingState.BOOKED, Booking.asked_at <= due_at, ~told
    )
    found = session.scalars(house_read(wanted, "training")).all()
    session.add_all(Reminder(booking_id=one.id, hours=hours, starts_at=of.starts_at) for one in found)
    people = [one.person_id for one in found]
    mail.post_all(KIND, people, warp_id=of.warp_id, item_ids=[of.id], expires_at=of.starts_at)
    return len(found)


def close_digests() -> int:
    """Let no digest carry a session that is over; return how many there were. Called by the worker."""
    now = clock.now()
    over = (
        select(TrainingSession.id)
        .join(Item, Item.id == TrainingSession.id)
        .where(TrainingSession.starts_at > now - LOOKED_BACK, TrainingSession.ends_at <= now)
        .where(func.cardinality(Item.passed_by) > 0)
    )
    ids = session.scalars(house_read(over, "training")).all()
    session.execute(update(Item).where(Item.id.in_(ids)).values(passed_by=[]))
    return len(ids)
