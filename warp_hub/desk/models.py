"""What a day amounted to, in numbers that outlive what they were counted from."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model


class DailyTotal(Model):
    """One local day of one WARP: `counts` holds numbers by name, no person, no organisation, no item.

    The numbers are as they are, small ones too; whatever shows one asks `totals.shown` first.
    """

    __tablename__ = "daily_total"
    __audience__ = "house"

    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
