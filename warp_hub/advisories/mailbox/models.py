"""The mailboxes of WARPs and what came of their mail: never a sender's name, address or word."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class Fate(StrEnum):
    """What came of a mail; the words that a reader sees for it are in `wording`."""

    TAKEN = "taken"
    TWICE = "twice"
    NOT_A_COORDINATOR = "not a coordinator"
    UNPROVED = "unproved"
    REPORT = "report"
    REPORT_UNANSWERED = "report unanswered"
    AUTOMATIC = "automatic"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"


class Mailbox(Model):
    """Where a WARP's mail is fetched by IMAP, and how that goes; web may read neither user nor password."""

    __tablename__ = "mailbox"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"), unique=True)
    host: Mapped[str] = mapped_column(deferred=True)
    port: Mapped[int] = mapped_column(deferred=True)
    username: Mapped[str] = mapped_column(deferred=True)
    password_sealed: Mapped[bytes] = mapped_column(deferred=True)
    folder: Mapped[str] = mapped_column(deferred=True)
    allow_private: Mapped[bool] = mapped_column(default=False, deferred=True)
    last_looked_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]


class TakenMail(Model):
    """A mail that became a warning, by a hash of its Message-ID and content: the same one twice is one."""

    __tablename__ = "mail_taken"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("warp_id", "digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    digest: Mapped[bytes]
    taken_at: Mapped[datetime]


class AnsweredSender(Model):
    """That somebody was told today that their mail was not taken: a hash under a key of the day, gone in two days."""

    __tablename__ = "mail_answered"
    __audience__ = "house"

    sender: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)


class MailCount(Model):
    """How many mails of one day met one fate at one WARP; no finer than the day, for a mail may be a report."""

    __tablename__ = "mail_count"
    __audience__ = "coordinators"
    __table_args__ = (UniqueConstraint("keeper", "day", "fate"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    keeper: Mapped[UUID]
    day: Mapped[date]
    fate: Mapped[Fate]
    count: Mapped[int]
