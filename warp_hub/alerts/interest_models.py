"""What a person or an organisation runs and follows, and by which keys each item meets it."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.sharing.models import Severity

_IN_BYTE_ORDER = Text(collation="C")


class InterestKind(StrEnum):
    """What somebody may tell the hub to look out for; `nothing` says that they were asked and ticked nothing."""

    PRODUCT = "product"
    TYPED = "typed"
    SECTOR = "sector"
    TOPIC = "topic"
    SOURCE = "source"
    NOTHING = "nothing"


class Interest(Model):
    """One thing that one person, or one organisation, wants warnings about.

    Nobody else reads it: no other member, no coordinator, no search, no log. `value` is what was ticked or typed,
    `key` what items are compared with. Warnings that are less urgent than `floor` do not count.
    """

    __tablename__ = "interest"
    __audience__ = "owner"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_owner"),
        UniqueConstraint("person_id", "kind", "value"),
        UniqueConstraint("organisation_id", "kind", "value"),
        Index("ix_interest_key", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[InterestKind]
    value: Mapped[str]
    key: Mapped[str] = mapped_column(_IN_BYTE_ORDER)
    floor: Mapped[Severity | None]


class MatchKey(Model):
    """A key by which a warning is met: `item_id` is the item that says it, the warning itself or one behind it."""

    __tablename__ = "match_key"
    __audience__ = "item"
    __table_args__ = (
        Index("ix_match_key_key", "key", "warning_id", "item_id"),
        Index("ix_match_key_warning_id", "warning_id"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    warning_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(_IN_BYTE_ORDER, primary_key=True)
