"""Reports as they wait on a WARP's desk: private, and imported by nobody outside this room.

A row says nothing of its author but for a named report: no person, no moment of filing. What is sealed is moved
into custody and taken out of the row; the row itself is gone three days after its incident went out.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.custody.promises import Promise
from warp_hub.db import Model
from warp_hub.tlp import Marking

PARTS = ("what", "noticed", "impact", "helped")


class ReportState(StrEnum):
    """Where a report stands; an approved one waits for its time to go out."""

    WAITING = "waiting"
    APPROVED = "approved"
    RELEASED = "released"
    DECLINED = "declined"


class Report(Model):
    """One report. `record_id` becomes the id of its incident, and leads key holders to who sent it.

    `not_before` is the first of the WARP's times at which it may go out, never the moment it came. `sent` are the
    texts as they came, `texts` as they will go out.
    """

    __tablename__ = "report"
    __audience__ = "coordinators"
    __sent_by__ = "members"
    __carries_record__ = True
    __table_args__ = (
        CheckConstraint("keeper = warp_id", name="kept_by_its_warp"),
        CheckConstraint("(promise = 'named') = (organisation_id IS NOT NULL)", name="only_named_ones_name"),
        CheckConstraint("promise != 'named' OR sealed IS NULL", name="named_ones_seal_nothing"),
        Index("ix_report_keeper_state", "keeper", "state"),
    )

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    keeper: Mapped[UUID]
    warp_id: Mapped[UUID]
    promise: Mapped[Promise]
    sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    organisation_id: Mapped[UUID | None]
    organisation_name: Mapped[str | None]
    state: Mapped[ReportState] = mapped_column(default=ReportState.WAITING)
    marking: Mapped[Marking]
    chatham_house: Mapped[bool] = mapped_column(default=False)
    pap: Mapped[str | None]
    restrictions: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    texts: Mapped[dict[str, str]]
    sent: Mapped[dict[str, str]]
    indicators: Mapped[list[dict[str, Any]]]
    kept: Mapped[list[dict[str, Any]]]
    month: Mapped[str]
    not_before: Mapped[datetime]
    waited: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[date | None]
