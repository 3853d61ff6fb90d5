"""What key holders keep here: a public key, and the private one wrapped under a passphrase that nobody stores."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub import clock
from warp_hub.db import Model, new_id


class KeyHolder(Model):
    """One key pair of one coordinator; retiring it destroys the private half.

    `effort` and `memory` are what Argon2id was given for the wrap, `tries` and `blocked_until` slow down
    guesses at the passphrase.
    """

    __tablename__ = "key_holder"
    __audience__ = "house"
    __table_args__ = (
        Index("uq_key_holder_live", "person_id", unique=True, postgresql_where=text("retired_on IS NULL")),
        CheckConstraint("(wrapped IS NULL) = (retired_on IS NOT NULL)", name="retired_without_key"),
        CheckConstraint("octet_length(public_key) = 32", name="public_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    public_key: Mapped[bytes]
    wrapped: Mapped[bytes | None]
    salt: Mapped[bytes]
    effort: Mapped[int]
    memory: Mapped[int]
    made_on: Mapped[date]
    retired_on: Mapped[date | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_try_at: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]

    @property
    def made(self) -> datetime:
        """Return the day it was made as a moment that a page can show."""
        return datetime.combine(self.made_on, time(12), clock.LONDON)
