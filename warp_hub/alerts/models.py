"""What the hub remembers about immediate notices: who does not want them, who has had which."""

from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model
from warp_hub.sharing.models import Severity


class AtOnce(StrEnum):
    """Of which warnings somebody wants to be told at once: of all that say "act today", or of those on their list."""

    ALL = "all"
    MINE = "mine"


class AlertChoice(Model):
    """A person's answer to "tell me at once"; without a row it is yes, of all that cannot wait, five a week at most.

    `from_severity` counts for MINE alone. Between `quiet_from` and `quiet_until` nothing is sent, unless it says
    "act today" and `may_wake`.
    """

    __tablename__ = "alert_choice"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    stopped_at: Mapped[datetime | None]
    of_what: Mapped[AtOnce] = mapped_column(default=AtOnce.ALL)
    from_severity: Mapped[Severity] = mapped_column(default=Severity.ACT_TODAY)
    most_a_week: Mapped[int] = mapped_column(default=5)
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    may_wake: Mapped[bool] = mapped_column(default=False)


class AlertSent(Model):
    """That one person was told of one item at once, or why not; there is one row a person and item, ever."""

    __tablename__ = "alert_sent"
    __audience__ = "house"
    __table_args__ = (Index("ix_alert_sent_person_id_at", "person_id", "at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    withheld: Mapped[str | None]
