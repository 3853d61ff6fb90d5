"""What is kept of asking once a year who is still here, and of the days somebody signed in fully.

Days alone, never moments: nobody needs more to ask in time, and the hub keeps no diary of who came when.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model


class Answer(StrEnum):
    """What a lead says of a person of theirs."""

    STILL_HERE = "still here"
    HAS_LEFT = "has left"
    NOT_SURE = "not sure"


class MailboxRenewal(Model):
    """Where one person stands with confirming their mailbox: the year counts from `counted_from`.

    While `asked_on` is set a round runs, to `due_on`. `posts` are those that ended because nobody answered, so that
    an answer brings exactly them back.
    """

    __tablename__ = "mailbox_renewal"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    counted_from: Mapped[date]
    asked_on: Mapped[date | None]
    due_on: Mapped[date | None]
    reminded: Mapped[int] = mapped_column(default=0)
    suspended_on: Mapped[date | None]
    posts: Mapped[list[UUID]] = mapped_column(default=list)


class StaffRenewal(Model):
    """Where an organisation stands with saying who is still there."""

    __tablename__ = "staff_renewal"
    __audience__ = "house"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    counted_from: Mapped[date]
    asked_on: Mapped[date | None]
    due_on: Mapped[date | None]
    reminded: Mapped[int] = mapped_column(default=0)


class StaffAnswer(Model):
    """What was last said of one post, and by whom."""

    __tablename__ = "staff_answer"
    __audience__ = "house"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[Answer]
    answered_on: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class SignedInDay(Model):
    """That somebody signed in fully on a day; kept for 30 days."""

    __tablename__ = "signed_in_day"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)


class LastFullMonth(Model):
    """The first day of the month in which somebody last signed in fully; without one, since when that is counted."""

    __tablename__ = "last_full_month"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date | None]
    counted_from: Mapped[date]
