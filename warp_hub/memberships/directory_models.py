"""What people choose to show of themselves, and what coordinators propose and decide about people's places."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class Profile(Model):
    """What somebody says of themselves to other members: nothing of it is shown but what they chose to show."""

    __tablename__ = "profile"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(default="")
    telephone: Mapped[str] = mapped_column(default="")
    can_help_with: Mapped[str] = mapped_column(default="")
    shows_name: Mapped[bool] = mapped_column(default=False)
    shows_role: Mapped[bool] = mapped_column(default=False)
    shows_telephone: Mapped[bool] = mapped_column(default=False)
    shows_email: Mapped[bool] = mapped_column(default=False)
    shows_help: Mapped[bool] = mapped_column(default=False)


class DomainRequest(Model):
    """A mail domain that a lead says is their organisation's; a coordinator looks and decides."""

    __tablename__ = "domain_request"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    domain: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    is_accepted: Mapped[bool | None]


class RoleProposal(Model):
    """That somebody should run a WARP, or run it no longer: one coordinator proposes, another confirms."""

    __tablename__ = "role_proposal"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    is_grant: Mapped[bool]
    reason: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    is_confirmed: Mapped[bool | None]


class Recusal(Model):
    """An organisation about which a coordinator does not decide, by their own word."""

    __tablename__ = "recusal"
    __audience__ = "house"

    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[str]
    since: Mapped[datetime]


Index(
    "uq_domain_request_open",
    DomainRequest.organisation_id,
    DomainRequest.domain,
    unique=True,
    postgresql_where=DomainRequest.decided_at.is_(None),
)
Index(
    "uq_role_proposal_open",
    RoleProposal.warp_id,
    RoleProposal.person_id,
    unique=True,
    postgresql_where=RoleProposal.decided_at.is_(None),
)
