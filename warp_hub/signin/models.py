"""What signing in keeps: sessions, credentials, tries, and requests for a link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.memberships.viewers import Proof


class Session(Model):
    """Someone signed in on one device; the cookie's value is kept only as its hash.

    `fresh_at` is when a password or code was last given, `last_seen` is cut to the minute, and `desks` are the
    WARPs that the person ran when the session was proved: whoever runs more since must sign in anew.
    """

    __tablename__ = "session"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    proof: Mapped[Proof]
    started: Mapped[datetime]
    fresh_at: Mapped[datetime | None]
    last_seen: Mapped[datetime]
    ended: Mapped[datetime | None]
    desks: Mapped[list[UUID]] = mapped_column(default=list)


class Credential(Model):
    """What a person proves themselves with; the secret of the codes is encrypted with a key kept elsewhere.

    `totp_last_step` is the last half minute whose code was accepted: no code of it or before is accepted again.
    """

    __tablename__ = "credential"
    __audience__ = "house"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str]
    password_set_at: Mapped[datetime]
    totp_secret: Mapped[bytes | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]


class Attempt(Model):
    """How often something was tried in vain by one account, from one source, or both; the key tells neither.

    `good_at` is when the pair last succeeded: from there the owner is not kept waiting by what others try.
    """

    __tablename__ = "sign_in_attempt"
    __audience__ = "house"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
    good_at: Mapped[datetime | None]


class LinkRequest(Model):
    """Somebody typed an address and asked for a link; the worker finds out whether there is anyone to send it to.

    So the page does exactly the same for an address it knows and for one it does not.
    """

    __tablename__ = "link_request"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    address: Mapped[str]
    made_at: Mapped[datetime]
