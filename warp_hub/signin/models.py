"""What signing in keeps: sessions, credentials, passkeys, recovery codes, tries, and requests for a link."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub.db import Model, new_id
from warp_hub.memberships.viewers import Proof
from warp_hub.signin.federation.models import Account


class Way(StrEnum):
    """By what a session was proved last."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - the name of a way
    CODE = "code"
    RECOVERY = "recovery code"
    PASSKEY = "passkey"
    PROVIDER = "provider"


class Session(Model):
    """Someone signed in on one device; the cookie's value is kept only as its hash.

    `fresh_at` is when a password, code or passkey was last given, `last_seen` is cut to the minute, and `desks`
    are the WARPs that the person ran when the session was proved: whoever runs more since must sign in anew.
    `way` is none for the personas of the demonstration. `account_id` is the account at a provider that opened it:
    it holds no longer than that account opens one.
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
    way: Mapped[Way | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))


class Credential(Model):
    """What a person proves themselves with; the secret of the codes is encrypted with a key kept elsewhere.

    `totp_last_step` is the last half minute whose code was accepted: no code of it or before is accepted again. It is
    forgotten after 30 days, when no code of that time is good anyway.
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

    `good_at` is the month in which the pair last succeeded: from there the owner is not kept waiting by what others
    try.
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


class Passkey(Model):
    """A key of one person's that a device keeps; we have its public half alone.

    `is_synced` says that its maker copies it to other devices of its owner. The day of its last use is noted, not
    the moment, and forgotten after 30 days.
    """

    __tablename__ = "passkey"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    is_synced: Mapped[bool]
    made_at: Mapped[datetime]
    last_used_on: Mapped[date | None]


class RecoveryCode(Model):
    """A code on paper, good once in place of the second step; of it are kept its hash and whether it was used."""

    __tablename__ = "recovery_code"
    __audience__ = "house"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    salt: Mapped[bytes]
    code_hash: Mapped[bytes]
    made_at: Mapped[datetime]
    is_used: Mapped[bool] = mapped_column(default=False)


class UsedChallenge(Model):
    """What a passkey has answered, so that the answer is worth nothing a second time."""

    __tablename__ = "used_challenge"
    __audience__ = "house"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]


class AddressChange(Model):
    """A person asked to be reached elsewhere: changed once the new mailbox says yes, undone from the old one.

    `ended_at` is when it was stopped, taken back, or given up for a newer one.
    """

    __tablename__ = "address_change"
    __audience__ = "house"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
