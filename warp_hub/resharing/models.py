"""Asking to share wider: what members ask the WARP that keeps an item."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.tlp import Marking


class Wish(StrEnum):
    """Whom an item should reach as well."""

    WARP = "a WARP"
    ORGANISATION = "an organisation"
    LABEL = "a wider label"


class Answer(StrEnum):
    """What the keeper said."""

    YES = "yes"
    NO = "no"


class ShareRequest(Model):
    """One person's wish that an item reach others too, on the desk of a WARP that keeps it; the asker may read it.

    What it asks for is `whom`, a WARP or an organisation as its asker wrote it, or `marking`.
    """

    __tablename__ = "share_request"
    __audience__ = "coordinators"
    __asked_by__ = "person"
    __sent_by__ = "askers"
    __table_args__ = (
        Index("uq_share_request_open", "item_id", "person_id", unique=True, postgresql_where=text("answer IS NULL")),
        Index("ix_share_request_waiting", "keeper", "asked_at", postgresql_where=text("answer IS NULL")),
        Index("ix_share_request_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    keeper: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    wish: Mapped[Wish]
    whom: Mapped[str] = mapped_column(default="")
    marking: Mapped[Marking | None]
    why: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[Answer | None]
    because: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
