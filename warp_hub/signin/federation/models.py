"""What signing in by a provider keeps: whose tenant is whose, who is which account, which returns were used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id

_LIVE = "ended_at IS NULL"


class Binding(Model):
    """That an organisation's people sign in by a provider; `tenant` is its directory at Microsoft, else empty.

    `second_factor` is the organisation's word that the provider asks its people for a second factor every time;
    `said_by` is who gave it, `confirmed_by` the coordinator since whose yes it counts. One tenant may be several
    organisations', as a mail domain may.
    """

    __tablename__ = "provider_binding"
    __audience__ = "house"
    __table_args__ = (
        UniqueConstraint("organisation_id", "provider", "tenant"),
        Index("ix_provider_binding_provider_tenant", "provider", "tenant"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    provider: Mapped[str]
    tenant: Mapped[str] = mapped_column(default="")
    second_factor: Mapped[bool] = mapped_column(default=False)
    said_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    confirmed_at: Mapped[datetime | None]
    bound_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    bound_at: Mapped[datetime]


class Account(Model):
    """Which account at a provider is whose: matched on issuer and subject alone, never on an address.

    For Microsoft the issuer is the tenant's own and the subject the object's id. `label` is what the provider
    calls the account, for its owner's eyes.
    """

    __tablename__ = "provider_account"
    __audience__ = "house"
    __table_args__ = (
        Index("uq_provider_account_live", "issuer", "subject_id", unique=True, postgresql_where=text(_LIVE)),
        Index("ix_provider_account_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    provider: Mapped[str]
    issuer: Mapped[str]
    tenant: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[str]
    label: Mapped[str]
    linked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UsedState(Model):
    """That somebody came back from a provider with this state; nobody comes back with it twice."""

    __tablename__ = "provider_state"
    __audience__ = "house"

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
