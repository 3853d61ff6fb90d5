"""What the hub remembers about immediate notices: who does not want them, who has had which."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model


class AlertChoice(Model):
    """A person's answer to "tell me at once"; without a row it is yes."""

    __tablename__ = "alert_choice"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    stopped_at: Mapped[datetime | None]


class AlertSent(Model):
    """That one person was told of one item at once, or why not; there is one row a person and item, ever."""

    __tablename__ = "alert_sent"
    __audience__ = "house"
    __table_args__ = (Index("ix_alert_sent_person_id_at", "person_id", "at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    withheld: Mapped[str | None]
