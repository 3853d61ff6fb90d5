"""The outbox: one row a letter, without its text, which is made when it goes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class LetterState(StrEnum):
    """Where a letter is; `unknown` is one whose sending was cut off, so that nobody knows whether it arrived."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Letter(Model):
    """One letter to one person. What it says follows, when it goes, from `kind` and `item_ids`.

    `claim` names who is sending it just now, `times_unknown` counts sendings that were cut off and
    `address_refused` says that a mail server refused the address for good.
    """

    __tablename__ = "letter"
    __audience__ = "house"
    __table_args__ = (
        Index("ix_letter_open", "next_try_at", postgresql_where=text("state IN ('waiting', 'sending', 'unknown')")),
        Index("ix_letter_trouble", "warp_id", "created_at", postgresql_where=text("state IN ('unknown', 'failed')")),
        Index("ix_letter_person_id_finished_at", "person_id", "finished_at"),
        Index("ix_letter_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    person_id: Mapped[UUID]
    warp_id: Mapped[UUID | None]
    item_ids: Mapped[list[UUID]] = mapped_column(default=list)
    message_id: Mapped[str]
    state: Mapped[LetterState] = mapped_column(default=LetterState.WAITING)
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    times_unknown: Mapped[int] = mapped_column(default=0)
    address_refused: Mapped[bool] = mapped_column(default=False)
    claim: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
