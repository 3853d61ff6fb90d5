"""What the hub remembers about digests: who wants them, which were begun, how far each person is covered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.memberships.settings import Cadence


class Subscription(Model):
    """How often one person wants one WARP's digest; without a row the WARP's own habit holds."""

    __tablename__ = "digest_subscription"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"), primary_key=True)
    cadence: Mapped[Cadence]
    unsubscribed_at: Mapped[datetime | None]


class DigestSlot(Model):
    """A local period of a WARP's timetable that somebody has begun; there is one row whoever was first."""

    __tablename__ = "digest_slot"
    __audience__ = "house"

    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"), primary_key=True)
    cadence: Mapped[Cadence] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    posted: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)


class DigestRun(Model):
    """One person's digest of one WARP for one local day: the letter it became, or why there was none.

    `horizon` is the newest `added_at` the letter looks at. `printed` and `noticed` hold what the delivered
    letter told, so that what is stamped anew for another WARP's sake is not told twice.
    """

    __tablename__ = "digest_run"
    __audience__ = "house"
    __table_args__ = (
        UniqueConstraint("person_id", "warp_id", "period"),
        Index("ix_digest_run_warp_id_period", "warp_id", "period"),
        Index("ix_digest_run_letter_id", "letter_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    period: Mapped[date]
    started_at: Mapped[datetime]
    horizon: Mapped[datetime | None]
    letter_id: Mapped[UUID | None]
    skipped: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    printed: Mapped[list[UUID]] = mapped_column(default=list)
    noticed: Mapped[list[UUID]] = mapped_column(default=list)


class Watermark(Model):
    """Until when one person has been told what one WARP passed on; moved by delivery alone."""

    __tablename__ = "digest_watermark"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"), primary_key=True)
    covered_until: Mapped[datetime]
