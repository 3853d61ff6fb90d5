"""What is asked and answered, and who follows it.

Who speaks as "a member" is nowhere: no person, no organisation, no time finer than the day, for named ones
neither, since rows between rows with a time would have one too.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class Gone(StrEnum):
    """Why the words of a reply are not there any more."""

    TAKEN_BACK = "taken back"
    HIDDEN = "hidden"


class Question(Model):
    """A question's words beyond what its item says; `author` and both names are there only if it is named.

    `replies` is how many stand below it, counted by the database.
    """

    __tablename__ = "question"
    __audience__ = "item"
    __table_args__ = (
        CheckConstraint("(author IS NULL) = (name IS NULL)", name="named_or_not"),
        Index("ix_question_open", "id", postgresql_where=text("replies = 0 AND closed_on IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
    html: Mapped[str]
    author: Mapped[UUID | None]
    name: Mapped[str | None]
    organisation: Mapped[str | None]
    asked_on: Mapped[date]
    replies: Mapped[int] = mapped_column(default=0)
    closed_on: Mapped[date | None]
    closed_because: Mapped[str] = mapped_column(default="")


class Reply(Model):
    """One reply to an item, under the item's own label; `place` is its turn among those of the item.

    `told` says that those who follow have a letter about it. A reply that is gone has no words left.
    """

    __tablename__ = "reply"
    __audience__ = "item"
    __sent_by__ = "receivers"
    __table_args__ = (
        UniqueConstraint("item_id", "place"),
        CheckConstraint("(author IS NULL) = (name IS NULL)", name="named_or_not"),
        Index("ix_reply_untold", "item_id", postgresql_where=text("NOT told")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    place: Mapped[int]
    text: Mapped[str]
    html: Mapped[str]
    author: Mapped[UUID | None]
    name: Mapped[str | None]
    organisation: Mapped[str | None]
    said_on: Mapped[date]
    gone: Mapped[Gone | None]
    gone_because: Mapped[str] = mapped_column(default="")
    told: Mapped[bool] = mapped_column(default=False)


class Follow(Model):
    """That a person wants a letter when somebody replies; theirs alone, nobody else is ever shown it."""

    __tablename__ = "follow"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True)
