"""What a WARP's coordinators wrote or pasted themselves: the Markdown behind a warning, and how it came."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model


class Way(StrEnum):
    """How a warning that no source sent came to be."""

    WRITTEN = "written"
    READ_IN = "read in"


class Writing(Model):
    """The words of a warning of a WARP's own as they are edited, by language; read at the desk alone."""

    __tablename__ = "writing"
    __audience__ = "item"

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"))
    way: Mapped[Way]
    body: Mapped[dict[str, str]]
    to_do: Mapped[dict[str, str]]
