"""What came of reports: the incidents members read, and the batches in which they went out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id

# So that whoever loads the models knows its table too; nobody outside this room may use it.
from warp_hub.incidents import reports

__all__ = ["Batch", "SharedIncident", "reports"]


class SharedIncident(Model):
    """An incident as members read it, told by the WARP; nothing in it leads to the report it was made of.

    `named` is the organisation that wished to be named, else empty. `month` is the month it was reported in.
    """

    __tablename__ = "shared_incident"
    __audience__ = "item"

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"))
    named: Mapped[str] = mapped_column(default="")
    what: Mapped[str]
    noticed: Mapped[str]
    impact: Mapped[str]
    helped: Mapped[str]
    month: Mapped[str]


class Batch(Model):
    """One of a WARP's times for incidents to go out, claimed once: how many went."""

    __tablename__ = "batch"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("warp_id", "slot_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"))
    slot_at: Mapped[datetime]
    name: Mapped[str]
    released: Mapped[int] = mapped_column(default=0)
