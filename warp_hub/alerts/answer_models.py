"""What organisations answer to "Does this affect you?", and what may be told of it; no row says which person answered.

`Asking` is a WARP's question about one warning, `Answer` an organisation's answer to it, `AnswerFigures` all that a
coordinator is told of those who did not give their name. `SeenToo` is "We saw this too" and names nobody.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class AnswerChoice(StrEnum):
    """What an organisation may answer."""

    YES = "yes"
    NO = "no"
    CHECKING = "checking"
    FIXED = "fixed"


class AskedOf(StrEnum):
    """Whom a WARP asks: its members, those whose systems a warning matches, or nobody."""

    MEMBERS = "members"
    MATCHING = "matching"
    NOBODY = "nobody"


class Step(StrEnum):
    """Which reminder of an asking it is."""

    DUE_TODAY = "due today"
    OVERDUE = "overdue"


class Asking(Model):
    """That a WARP asks whether a warning affects its members; `of_whom` nobody says that it chose not to."""

    __tablename__ = "asking"
    __audience__ = "item"
    __table_args__ = (
        UniqueConstraint("item_id", "warp_id"),
        Index("ix_asking_warp_id_closed_at", "warp_id", "closed_at"),
        Index("ix_asking_closed_at_due_at", "closed_at", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    of_whom: Mapped[AskedOf]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Answer(Model):
    """One organisation's answer about one warning, given to one WARP and counted there alone.

    `named` lets the coordinator know whose it is. `left_out` was named once and so is never counted. `counted` is
    what the figures told of it, from their reading `counted_in` on.
    """

    __tablename__ = "warning_answer"
    __audience__ = "item"
    __held_by__ = "organisation"
    __table_args__ = (
        UniqueConstraint("item_id", "organisation_id"),
        CheckConstraint("NOT named OR counted IS NULL", name="counted_without_a_name"),
        Index("ix_warning_answer_organisation_id", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    choice: Mapped[AnswerChoice]
    named: Mapped[bool] = mapped_column(default=False)
    left_out: Mapped[bool] = mapped_column(default=False)
    counted: Mapped[AnswerChoice | None]
    counted_in: Mapped[int | None]


class AnswerConsent(Model):
    """Whether an organisation lets its coordinator know that an answer is its own; asked once and remembered."""

    __tablename__ = "answer_consent"
    __audience__ = "owner"
    __owned_by__ = "posts"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    may_know: Mapped[bool]


class AnswerFigures(Model):
    """The one reading of the figures that a WARP's coordinators have: only numbers that may be shown are in it."""

    __tablename__ = "answer_figures"
    __audience__ = "coordinators"
    __table_args__ = (UniqueConstraint("item_id", "keeper"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    keeper: Mapped[UUID]
    made_at: Mapped[datetime]
    shown: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AnswerReminder(Model):
    """That an organisation was reminded of a warning, and which time; kept as long as the answers are."""

    __tablename__ = "answer_reminder"
    __audience__ = "house"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[Step] = mapped_column(primary_key=True)


class SeenToo(Model):
    """That some organisation saw what a warning tells of. `mark` is made with a secret that the database has not."""

    __tablename__ = "seen_too"
    __audience__ = "item"
    __held_by__ = "receivers"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(primary_key=True)


class SeenTooCount(Model):
    """What is told of how many saw it, and the salt of their marks, which is thrown away when it is over."""

    __tablename__ = "seen_too_count"
    __audience__ = "item"
    __held_by__ = "receivers"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[bytes | None]
    shown: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime]
