"""What somebody who would join a WARP has told so far, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.memberships.models import MembershipKind, PostKind


class ApplicationState(StrEnum):
    """Where an application stands; an announced one is approved and goes live when its notice is over."""

    STARTED = "started"
    SENT = "sent"
    MORE_ASKED = "more asked"
    ANNOUNCED = "announced"
    APPROVED = "approved"
    REFUSED = "refused"


UNSENT = (ApplicationState.STARTED, ApplicationState.MORE_ASKED)
UNDECIDED = (*UNSENT, ApplicationState.SENT, ApplicationState.ANNOUNCED)


class ApplicationRequest(Model):
    """That somebody asked to apply from an address; gone when the letter with the link is posted."""

    __tablename__ = "application_request"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    address: Mapped[str]
    made_at: Mapped[datetime]


class Application(Model):
    """One person's wish that their organisation, and they in it, belong to a WARP.

    Nobody in it is a person of the hub, and its organisation is a name they typed, until a coordinator decides.
    `correspondence` holds what was asked and answered since: [{"at", "from": "desk" | "applicant", "text"}].
    """

    __tablename__ = "application"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    email: Mapped[str]
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.STARTED)
    name: Mapped[str] = mapped_column(default="")
    job: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None]
    language: Mapped[str | None]
    organisation_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[MembershipKind | None]
    why: Mapped[str] = mapped_column(default="")
    correspondence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    post_kind: Mapped[PostKind | None]
    owns_domain: Mapped[bool] = mapped_column(default=False)
    live_at: Mapped[datetime | None]


# One that is undecided at a time, from one address to one WARP.
Index(
    "uq_application_open",
    Application.warp_id,
    func.lower(Application.email),
    unique=True,
    postgresql_where=Application.state.in_(UNDECIDED),
)
Index("ix_application_warp_id_state", Application.warp_id, Application.state)
