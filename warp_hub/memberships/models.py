"""The nouns of belonging.

An organisation is a member of a WARP, a person holds a post at an organisation, a coordinator runs a
WARP. A WARP inside another grants nothing either way. The national team is a WARP of kind national.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from warp_hub.db import Model, new_id
from warp_hub.tlp import Marking


class WarpKind(StrEnum):
    """What area a WARP serves."""

    NATIONAL = "national"
    NATION = "nation"
    REGION = "region"
    SUB_REGION = "sub-region"


class MembershipKind(StrEnum):
    """A full member may receive TLP:AMBER+STRICT; an associate (supplier, shared service) never."""

    FULL = "full"
    ASSOCIATE = "associate"


class PostKind(StrEnum):
    """What a person does for an organisation here."""

    OFFICER = "officer"
    LEAD = "lead"


class State(StrEnum):
    """Where a membership, post, coordinator's role or person stands; only active ones receive.

    An invited post was written down from a list and confirmed by nobody: it receives nothing, and gives whoever
    wrote it down no say over a person who stands somewhere else.
    """

    APPLIED = "applied"
    INVITED = "invited"
    ACTIVE = "active"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    LEFT = "left"


class Warp(Model):
    """A Warning, Advice and Reporting Point, known by its slug."""

    __tablename__ = "warp"
    __audience__ = "public"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_cy: Mapped[str | None]
    kind: Mapped[WarpKind] = mapped_column(default=WarpKind.REGION)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("warp.id"))
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Organisation(Model):
    """A council or other public body, or a supplier who is an associate."""

    __tablename__ = "organisation"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="")
    code: Mapped[str | None] = mapped_column(unique=True)
    region: Mapped[str] = mapped_column(default="")
    also_known_as: Mapped[list[str]] = mapped_column(default=list)
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    domains: Mapped[list["OrganisationDomain"]] = relationship(back_populates="organisation", lazy="raise")


class OrganisationDomain(Model):
    """A mail domain of an organisation; one organisation has several, one domain may have several.

    A former one helps to recognise the organisation in a text, never to admit anyone.
    """

    __tablename__ = "organisation_domain"
    __audience__ = "house"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True, index=True)
    is_former: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[Organisation] = relationship(back_populates="domains", lazy="raise")


class Person(Model):
    """Someone who may sign in or be written to; what came before `void_before` is dead.

    `shut_out_by` is who suspended them or let them lapse, if a person did, for as long as it lasts.
    """

    __tablename__ = "person"
    __audience__ = "house"
    __table_args__ = (Index("uq_person_email_lower", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    state: Mapped[State] = mapped_column(default=State.ACTIVE)
    void_before: Mapped[datetime | None]
    shut_out_by: Mapped[UUID | None]
    mail_suspended: Mapped[str | None]
    mailbox_confirmed_at: Mapped[datetime | None]


class Membership(Model):
    """An organisation's place in a WARP."""

    __tablename__ = "membership"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("organisation_id", "warp_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"), index=True)
    kind: Mapped[MembershipKind] = mapped_column(default=MembershipKind.FULL)
    state: Mapped[State] = mapped_column(default=State.ACTIVE)


class Post(Model):
    """What a person is at an organisation."""

    __tablename__ = "post"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[PostKind] = mapped_column(default=PostKind.OFFICER)
    state: Mapped[State] = mapped_column(default=State.ACTIVE)


class Coordinator(Model):
    """A person who runs a WARP: for good, or `until` a moment, standing in for another."""

    __tablename__ = "coordinator"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("person_id", "warp_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.ACTIVE)
    until: Mapped[datetime | None]


class StandIn(Model):
    """That one person stands in for a coordinator of a WARP; over when `ended_at` is set or `until` has come."""

    __tablename__ = "stand_in"
    __audience__ = "house"
    __table_args__ = (
        Index("ix_stand_in_open", "warp_id", "coordinator_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    warp_id: Mapped[UUID] = mapped_column(ForeignKey("warp.id", ondelete="CASCADE"))
    coordinator_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    named_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Model):
    """A single-use way in for one person; only the hash of its secret is kept.

    `organisations` are those its letter names: the posts there, and no others, count once it is accepted.
    """

    __tablename__ = "invitation"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    organisations: Mapped[list[UUID]] = mapped_column(default=list, server_default=text("'{}'"))


class Token(Model):
    """What a person gives a tool of theirs to fetch with, up to the label `ceiling`; only its hash is kept.

    The day of its last use is noted, not the moment: enough to see that it is in use.
    """

    __tablename__ = "token"
    __audience__ = "house"
    __table_args__ = (
        Index("uq_token_live_name", "person_id", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    ceiling: Mapped[Marking]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
