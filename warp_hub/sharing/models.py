"""Items and their parts.

The item row is the whole subject of the rule and enough to list it. A part hangs on one item and has no
marking of its own. Ids are made in Python and no column is made by the server: row-level security refuses
to return a row that its writer may not read.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.tlp import Handling, Marking, Outlet

_IN_BYTE_ORDER = Text(collation="C")


class ItemKind(StrEnum):
    """What an item is; lists and digests read warnings, `support` only stands behind one."""

    ADVISORY = "advisory"
    SHARED_INCIDENT = "shared incident"
    QUESTION = "question"
    TRAINING_SESSION = "training session"
    MEETING_PAPER = "meeting paper"
    NOTE = "note"
    RECALL = "recall"
    SUPPORT = "support"


class Severity(StrEnum):
    """How soon to act, in the words people see."""

    ACT_TODAY = "Act today"
    THIS_WEEK = "This week"
    FOR_INFORMATION = "For information"

    @property
    def rank(self) -> int:
        """Return 0 for what cannot wait up to 2."""
        return list(Severity).index(self)


class Choice(StrEnum):
    """What a WARP decided about an item in its queue."""

    PASS_ON = "pass on"  # noqa: S105 - a choice, not a password
    KEEP = "keep for later"
    SAME_AS = "same as another"
    NOT_FOR_US = "not for us"


class HandlingColumns:
    """The columns of the rule; an item has them, and each version carries a copy for speed."""

    marking: Mapped[Marking]
    keepers: Mapped[list[UUID]] = mapped_column(default=list)
    recipients: Mapped[list[UUID]] = mapped_column(default=list)
    early: Mapped[list[UUID]] = mapped_column(default=list)
    published_at: Mapped[datetime | None]
    embargo_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    is_public: Mapped[bool] = mapped_column(default=False)

    def handling(self) -> Handling:
        """Return the handling as a value, for `tlp.permits`."""
        return Handling(
            marking=self.marking,
            keepers=frozenset(self.keepers),
            recipients=frozenset(self.recipients),
            early=frozenset(self.early),
            published_at=self.published_at,
            embargo_until=self.embargo_until,
            withdrawn_at=self.withdrawn_at,
            is_public=self.is_public,
        )

    def take_handling(self, of: "HandlingColumns") -> None:
        """Copy the handling of another row; a version is written with its item's, and follows it by a trigger."""
        for name in HandlingColumns.__annotations__:
            setattr(self, name, getattr(of, name))


class Item(HandlingColumns, Model):
    """One shared thing. It has no author: `keepers` are the desks it lies on, `originator` is its source.

    `passed_by` are the WARPs whose coordinators passed it on: their digests carry it.
    """

    __tablename__ = "item"
    __audience__ = "item"
    __table_args__ = (
        CheckConstraint("NOT is_public OR marking = 'TLP:CLEAR'", name="public_is_clear"),
        CheckConstraint("held IS NULL OR published_at IS NULL", name="held_is_unpublished"),
        Index("ix_item_recipients", "recipients", postgresql_using="gin"),
        Index("ix_item_list", "kind", "published_at", "id"),
        Index("ix_item_originator", "originator", "published_at", "id", postgresql_where=text("kind = 'advisory'")),
        Index("ix_item_added", "kind", "added_at"),
        Index("ix_item_desk", "keepers", postgresql_using="gin", postgresql_where=text("published_at IS NULL")),
        Index("ix_item_embargo", "embargo_until", postgresql_where=text("embargo_until IS NOT NULL")),
        Index("ix_item_pap", "pap", postgresql_where=text("pap IS NOT NULL")),
        Index("ix_item_same_as_id", "same_as_id", postgresql_where=text("same_as_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ItemKind]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    severity: Mapped[Severity | None]
    originator: Mapped[UUID]
    originator_name: Mapped[str]
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id"), index=True)
    # The warning that tells the same, from another source: whoever receives that one meets this one only there.
    same_as_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"))
    label_assumed: Mapped[bool] = mapped_column(default=False)
    held: Mapped[str | None]
    chatham_house: Mapped[bool] = mapped_column(default=False)
    pap: Mapped[str | None]
    restrictions: Mapped[str] = mapped_column(default="")
    passed_by: Mapped[list[UUID]] = mapped_column(default=list)
    added_at: Mapped[datetime | None]
    revised_at: Mapped[datetime | None]


class ItemVersion(HandlingColumns, Model):
    """One STIX object as it is served; its handling follows its item by a trigger."""

    __tablename__ = "item_version"
    __audience__ = "item"
    __table_args__ = (
        UniqueConstraint("item_id", "stix_id", "modified"),
        Index("ix_item_version_added", "added_at", "id"),
        Index("ix_item_version_stix", "stix_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    stix_id: Mapped[str]
    modified: Mapped[datetime]
    content: Mapped[str]
    added_at: Mapped[datetime | None]


class Indicator(Model):
    """One value to look for (an address, a file hash), part of an item; in byte order, so that beginnings are found.

    `valid_until` is when its source says that it is worth looking for no longer.
    """

    __tablename__ = "indicator"
    __audience__ = "item"
    __table_args__ = (UniqueConstraint("item_id", "kind", "value"), Index("ix_indicator_value", "value"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(_IN_BYTE_ORDER)
    valid_until: Mapped[datetime | None]


class Subject(Model):
    """What an item is about: a product, supplier, sector or technique."""

    __tablename__ = "subject"
    __audience__ = "item"
    __table_args__ = (UniqueConstraint("item_id", "kind", "value"), Index("ix_subject_value", "kind", "value"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(_IN_BYTE_ORDER)


class Reference(Model):
    """One STIX object naming another by its id; a warning's page gathers what it names, by the rule."""

    __tablename__ = "reference"
    __audience__ = "item"
    __table_args__ = (UniqueConstraint("item_id", "target"), Index("ix_reference_target", "target"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    target: Mapped[str]


class Decision(Model):
    """What one WARP chose to do with one item; several WARPs may decide over the same."""

    __tablename__ = "decision"
    __audience__ = "coordinators"
    __table_args__ = (
        UniqueConstraint("item_id", "keeper"),
        Index("ix_decision_waiting", "keeper", postgresql_where=text("choice IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    keeper: Mapped[UUID]
    choice: Mapped[Choice | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    same_as_id: Mapped[UUID | None]


class LabelChange(Model):
    """A marking raised or lowered: the grant history of an item; it names no reporter."""

    __tablename__ = "label_change"
    __audience__ = "item"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    before: Mapped[Marking]
    after: Mapped[Marking]
    changed_at: Mapped[datetime]
    consent: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def after_is_wider(self) -> bool:
        """Say whether more may receive the item under the label after than under the one before."""
        return self.after.rank < self.before.rank


class Delivery(Model):
    """That one person was handed one item by a letter or a file, and when first; nobody signed in reads it.

    It is kept for a year, so that whoever has a copy can be told when it is recalled.
    """

    __tablename__ = "delivery"
    __audience__ = "house"
    __table_args__ = (Index("ix_delivery_first_at", "first_at"), Index("ix_delivery_person_id", "person_id"))

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    outlet: Mapped[Outlet] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]


class RecallKind(StrEnum):
    """What became of something that was handed out before."""

    WITHDRAWN = "withdrawn"
    LABEL_CHANGED = "label changed"


class Recall(Model):
    """What a recall says beside its item, which has the handling that the recalled one had before.

    `covers` are the items it recalls, and `act_id` the recall that leads those issued together, for which alone
    letters go out. The title and reason that may still be told are the item's own; else those are empty.
    """

    __tablename__ = "recall"
    __audience__ = "item"
    __table_args__ = (Index("ix_recall_untold", "issued_at", postgresql_where=text("is_told_of AND id = act_id")),)

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    act_id: Mapped[UUID] = mapped_column(index=True)
    what: Mapped[RecallKind]
    of_kind: Mapped[ItemKind]
    by_source: Mapped[bool]
    covers: Mapped[list[UUID]]
    is_told_of: Mapped[bool]
    issued_at: Mapped[datetime]


class RecallTold(Model):
    """That one person is being told of one recall by a letter; there is one row each, ever."""

    __tablename__ = "recall_told"
    __audience__ = "house"

    recall_id: Mapped[UUID] = mapped_column(ForeignKey("recall.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)


class ShareGrant(Model):
    """That an item may go to one more WARP or organisation, and who at its source said so; never changed afterwards."""

    __tablename__ = "share_grant"
    __audience__ = "coordinators"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    keeper: Mapped[UUID]
    to_id: Mapped[UUID]
    to_name: Mapped[str]
    consent: Mapped[dict[str, str]]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]


class PublicationClock(Model):
    """The one row that holds the last `added_at`, so that it strictly increases."""

    __tablename__ = "publication_clock"
    __audience__ = "house"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[datetime]


# The words of items, for search. No class maps them and no policy guards them, because row-level security keeps a
# text index from being used: they are read by `visibility.search_visible` alone, and the guard refuses any other.
ITEM_WORDS = Table(
    "item_words",
    Model.metadata,
    Column("item_id", Uuid(), ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("words", TSVECTOR(), nullable=False),
    Index("ix_item_words_words", "words", postgresql_using="gin"),
)
