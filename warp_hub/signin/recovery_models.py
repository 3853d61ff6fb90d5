"""Where somebody is reached on the day their council's mail is down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model


class RecoveryAddress(Model):
    """An address outside the council's mail, for one kind of letter alone.

    It is good once its mailbox said yes and two days have gone by; `used_at` is when somebody last came in by it,
    forgotten after 30 days.
    """

    __tablename__ = "recovery_address"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
