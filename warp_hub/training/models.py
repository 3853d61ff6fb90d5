"""Training sessions, places in them, and the calendars that follow them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class SessionKind(StrEnum):
    """What happens at a session."""

    BRIEFING = "briefing"
    EXERCISE = "exercise"
    LUNCH_AND_LEARN = "lunch and learn"
    MEETING = "meeting"


class OpenTo(StrEnum):
    """Whose members may take a place, among those who may see the session at all."""

    OWN = "own WARP"
    ALL = "all WARPs"


class BookingState(StrEnum):
    """Where somebody stands with a session; a cancelled booking keeps its row, so that its calendar entry can end."""

    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class TrainingSession(Model):
    """When, where and for whom; its item has the title and the label.

    `sequence` rises with every change that a calendar must follow. `join_link` is for those who have a place, and
    only `bookings.joining_link` reads it. A session that is cancelled stays in sight, saying so.
    """

    __tablename__ = "training_session"
    __audience__ = "item"
    __table_args__ = (
        Index("ix_training_session_starts_at", "starts_at", "id"),
        Index("ix_training_session_warp_id_starts_at", "warp_id", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"))
    kind: Mapped[SessionKind]
    open_to: Mapped[OpenTo]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str]
    is_online: Mapped[bool] = mapped_column(default=True)
    place: Mapped[str] = mapped_column(default="")
    join_link: Mapped[str] = mapped_column(default="", deferred=True)
    text: Mapped[dict[str, str]] = mapped_column(default=dict)
    html: Mapped[dict[str, str]] = mapped_column(default=dict)
    capacity: Mapped[int | None]
    per_organisation: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]


class Booking(Model):
    """One person's place in a session, or in its waiting list; nobody but they and the organisers may read it.

    `asked_at` is the place in the line. `changes` counts leaving and coming back, so that calendars follow.
    """

    __tablename__ = "booking"
    __audience__ = "item"
    __held_by__ = "person"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id"),
        Index("ix_booking_line", "item_id", "state", "asked_at", "id"),
        Index("ix_booking_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    state: Mapped[BookingState]
    asked_at: Mapped[datetime]
    changes: Mapped[int] = mapped_column(default=0)
    attended: Mapped[bool] = mapped_column(default=False)


class Reminder(Model):
    """That somebody was reminded, so many hours before that start; there is one row each, ever."""

    __tablename__ = "training_reminder"
    __audience__ = "house"

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    hours: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)


class CalendarAddress(Model):
    """The secret address of one person's calendar; only its hash is kept, and a new one ends the old one."""

    __tablename__ = "calendar_address"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
