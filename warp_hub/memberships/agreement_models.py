"""A WARP's sharing agreement: its texts, and which organisation accepted which of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id


class Agreement(Model):
    """One version of what a WARP's members agree to; one without `published_at` is being written.

    `text` is Markdown by language and `html` what it became. Once published a row is never changed: the database
    refuses it. `digest` is the hash of both texts, so that what somebody accepted can be shown later.
    """

    __tablename__ = "agreement"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("warp_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[dict[str, str]] = mapped_column(default=dict)
    html: Mapped[dict[str, str]] = mapped_column(default=dict)
    written_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    binds_from: Mapped[datetime | None]
    digest: Mapped[str | None]


class Acceptance(Model):
    """That an organisation accepted one version: who said so, when, as its lead or with authority of another kind."""

    __tablename__ = "agreement_acceptance"
    __audience__ = "house"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    as_lead: Mapped[bool]
    digest: Mapped[str]
