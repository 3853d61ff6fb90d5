"""Sources and what they bring: runs, what needs checking, where an object came from, warnings and notes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.tlp import Marking

# How `Advisory.why` begins where a coordinator said how soon to act.
BY_A_COORDINATOR = "coordinator: "


class SourceKind(StrEnum):
    """What a source speaks."""

    TAXII21 = "taxii21"
    TAXII20 = "taxii20"
    BUNDLE = "bundle"
    CSAF = "csaf"
    RSS = "rss"
    KEV = "kev"
    MISP = "misp"


class Source(Model):
    """Where warnings come from, and how it is doing.

    `marking` is the label of what arrives without one. A `trusted` source passes on by itself at the end of
    its run. Address, password and certificate are written, never shown: web may not even read their columns,
    only `origin`, the beginning of the address ("" where it is a file). `unsettled` says that a run stored
    something and has not yet done what is due at its end. `remark` is what its last good run noticed about it,
    `empty` why that run brought nothing at all; `gone` is how many things it sent that it no longer has.
    """

    __tablename__ = "source"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[SourceKind]
    url: Mapped[str] = mapped_column(deferred=True)
    origin: Mapped[str] = mapped_column(default="")
    username: Mapped[str | None] = mapped_column(deferred=True)
    password_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    has_password: Mapped[bool] = mapped_column(default=False)
    certificate_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    certificate_until: Mapped[datetime | None]
    authority: Mapped[str | None] = mapped_column(deferred=True)
    early_days: Mapped[int | None]
    marking: Mapped[Marking]
    trusted: Mapped[bool] = mapped_column(default=False)
    allow_private: Mapped[bool] = mapped_column(default=False)
    interval_minutes: Mapped[int] = mapped_column(default=10)
    paused: Mapped[bool] = mapped_column(default=False)
    cursor: Mapped[str | None] = mapped_column(deferred=True)
    unsettled: Mapped[bool] = mapped_column(default=False)
    last_ok_at: Mapped[datetime | None]
    last_failed_at: Mapped[datetime | None]
    health: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(default="")
    empty: Mapped[str] = mapped_column(default="")
    newest_at: Mapped[datetime | None]
    newest_came_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    usual_gap_minutes: Mapped[int | None]
    compared_at: Mapped[datetime | None]
    gone: Mapped[int] = mapped_column(default=0)


class SourceWarp(Model):
    """A WARP that a source serves; the first keeps it."""

    __tablename__ = "source_warp"
    __audience__ = "house"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"), primary_key=True, index=True)
    place: Mapped[int]


class SourceRun(Model):
    """One pull: what came, and how it ended; without an end it was interrupted or still runs."""

    __tablename__ = "source_run"
    __audience__ = "house"
    __table_args__ = (
        Index("ix_source_run_source_id_started_at", "source_id", "started_at"),
        Index("ix_source_run_news", "source_id", "started_at", postgresql_where=text("stored + updated > 0")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    fetched: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    ok: Mapped[bool | None]
    outcome: Mapped[str] = mapped_column(default="")


class Quarantined(Model):
    """Something a source sent that could not be taken in: what it was, why, and how often it came."""

    __tablename__ = "quarantine"
    __audience__ = "coordinators"
    __table_args__ = (
        UniqueConstraint("source_id", "digest"),
        Index("ix_quarantine_keeper_last_seen_at", "keeper", "last_seen_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    keeper: Mapped[UUID]
    digest: Mapped[bytes]
    raw: Mapped[bytes] = mapped_column(deferred=True)
    reason: Mapped[str]
    stix_id: Mapped[str | None]
    count: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    try_again: Mapped[bool] = mapped_column(default=False)
    fetch_again: Mapped[bool] = mapped_column(default=False)


class Provenance(Model):
    """Which item an object of a source became, and its newest version: all that a second pull needs to read."""

    __tablename__ = "provenance"
    __audience__ = "house"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    stix_id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    modified: Mapped[datetime]
    digest: Mapped[bytes]
    versions: Mapped[int] = mapped_column(default=1)


class Gone(Model):
    """That a source no longer has something it sent: found by comparing with its own list, undone when it is back."""

    __tablename__ = "gone_from_source"
    __audience__ = "item"
    __table_args__ = (UniqueConstraint("item_id", "source_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]


class Advisory(Model):
    """A warning's words, beyond what its item says: clean HTML by language, and where it came from."""

    __tablename__ = "advisory"
    __audience__ = "item"

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    stix_id: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, str]]
    to_do: Mapped[dict[str, str]]
    links: Mapped[list[dict[str, Any]]]
    external_id: Mapped[str | None]
    why: Mapped[str] = mapped_column(default="")
    cvss: Mapped[float | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
    modified: Mapped[datetime]


class Likeness(Model):
    """One thing by which a warning is known again when another source sends it: its id there, its CVEs, its address."""

    __tablename__ = "likeness"
    __audience__ = "item"
    __table_args__ = (Index("ix_likeness_key", "key"),)

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class Note(Model):
    """What a WARP's coordinators say to their own members about a warning; its item is TLP:AMBER."""

    __tablename__ = "local_note"
    __audience__ = "item"

    id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"))
    text: Mapped[dict[str, str]]
    html: Mapped[dict[str, str]]
    written_at: Mapped[datetime]
