"""Whose account at a provider is whose, and what it opens while the tenant is bound and the person is there.

An account is what somebody signs in with, as a password and a code are: who is shut out cannot use it, and who is
restored comes back by it and by nothing less. What it opened before stays void.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock, mail
from warp_hub.db import new_id, session
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Membership, Person, Post, State
from warp_hub.memberships.viewers import Proof
from warp_hub.signin.federation import bindings
from warp_hub.signin.federation.identities import Identity
from warp_hub.signin.federation.models import Account, Binding

LETTER = "account_connected"
LETTER_LIVES = timedelta(days=2)
KEPT_FOR = timedelta(days=31)  # longer than any session it opened


class CannotConnect(Exception):
    """The account is somebody's already, or of a tenant that is not bound to an organisation of this person."""


@dataclass(frozen=True)
class Known:
    """Whom an identity belongs to, and what signing in by it proves."""

    person: Person
    account: Account
    proof: Proof


def find_known(identity: Identity) -> Known | None:
    """Return whom this identity lets in now, or None: not connected, shut out or not bound are one answer."""
    held = select(Account, Person).join(Person, Person.id == Account.person_id).where(*_opening())
    held = held.where(Account.issuer == identity.issuer, Account.subject_id == identity.subject)
    found = session.execute(held.where(Account.provider == identity.provider)).one_or_none()
    if found is None:
        return None
    account, person = found
    return Known(person, account, _proof(person.id, identity))


def may_connect(person_id: UUID, identity: Identity) -> bool:
    """Say whether this person is at an organisation to which the identity's tenant is bound."""
    covered = bindings.covering(person_id, identity.provider, identity.tenant)
    return bool(session.scalar(select(exists().where(*covered))))


def connect(person_id: UUID, identity: Identity) -> Account:
    """Let this account at a provider sign this person in, and tell them by letter; raise CannotConnect."""
    if not may_connect(person_id, identity):
        raise CannotConnect
    made = insert(Account).values(
        id=(account_id := new_id()),
        person_id=person_id,
        provider=identity.provider,
        issuer=identity.issuer,
        tenant=identity.tenant,
        subject_id=identity.subject,
        label=identity.label,
        linked_at=clock.now(),
    )
    _end_dead_ones(identity)
    if (own := _own(person_id, identity)) is not None:
        return own
    done = session.execute(made.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if not done.rowcount:  # type: ignore[attr-defined]
        raise CannotConnect
    mail.post(LETTER, person_id, expires_at=clock.now() + LETTER_LIVES)
    audit.record("account.connected", actor=person_id, detail={"provider": identity.provider})
    return session.scalars(select(Account).where(Account.id == account_id)).one()


def _own(person_id: UUID, identity: Identity) -> Account | None:
    same = (Account.issuer == identity.issuer, Account.subject_id == identity.subject, Account.ended_at.is_(None))
    return session.scalars(select(Account).where(*same, Account.person_id == person_id)).one_or_none()


def disconnect(account_id: UUID, person_id: UUID) -> bool:
    """Take one's own account away; what it opened is over. Say whether there was one."""
    own = (Account.id == account_id, Account.person_id == person_id, Account.ended_at.is_(None))
    ended = session.execute(update(Account).where(*own).values(ended_at=clock.now()))
    if not ended.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record("account.disconnected", actor=person_id)
    return True


def disconnect_since(person_id: UUID, moment: datetime) -> None:
    """Take the accounts away that were connected from this moment on: by whom, nobody is sure."""
    own = (Account.person_id == person_id, Account.ended_at.is_(None), Account.linked_at >= moment)
    session.execute(update(Account).where(*own).values(ended_at=clock.now()))


def disconnect_all(person_id: UUID) -> None:
    """Take every account away from a person who lost what they signed in with."""
    own = (Account.person_id == person_id, Account.ended_at.is_(None))
    session.execute(update(Account).where(*own).values(ended_at=clock.now()))


def connected(person_id: UUID) -> Sequence[Account]:
    """Return a person's accounts at providers, the oldest first."""
    held = select(Account).where(Account.person_id == person_id, Account.ended_at.is_(None))
    return session.scalars(held.order_by(Account.linked_at, Account.id)).all()


def still_opens(account_id: UUID) -> bool:
    """Say whether what this account opened still holds."""
    held = select(Account.id).join(Person, Person.id == Account.person_id)
    return session.scalar(held.where(Account.id == account_id, *_opening())) is not None


def lets_in(person_id: UUID) -> bool:
    """Say whether an account at a provider lets this person in now."""
    held = select(Account.id).join(Person, Person.id == Account.person_id)
    return session.scalar(held.where(Account.person_id == person_id, *_opening()).limit(1)) is not None


def sweep() -> int:
    """Forget accounts that nobody has had for a month, and those of people who left; return how many."""
    now = clock.now()
    gone = select(Person.id).where(Person.state == State.LEFT, Person.void_before < now - KEPT_FOR)
    old = (Account.ended_at < now - KEPT_FOR) | Account.person_id.in_(gone)
    return int(session.execute(delete(Account).where(old)).rowcount)  # type: ignore[attr-defined]


def _opening() -> tuple[ColumnElement[bool], ...]:
    covered = bindings.covering(Person.id, Account.provider, Account.tenant)  # type: ignore[arg-type]
    bound = select(Binding.id).where(*covered).correlate(Person, Account).exists()
    return (Account.ended_at.is_(None), Person.state == State.ACTIVE, bound)


def _proof(person_id: UUID, identity: Identity) -> Proof:
    """Return what a sign-in proves: all of it where a second factor is proved or stated, never for who runs a WARP.

    Whoever administers one council's accounts could otherwise sign in as the coordinator of many.
    """
    runs = exists().where(Coordinator.person_id == person_id, runs_now())
    if session.scalar(select(runs)):
        return Proof.PASSWORD
    covered = bindings.covering(person_id, identity.provider, identity.tenant)
    confirmed = Binding.second_factor & Binding.confirmed_at.is_not(None)
    stated = session.scalar(select(func.bool_or(confirmed)).select_from(Binding, Post, Membership).where(*covered))
    return Proof.FULL if identity.second_factor or stated else Proof.PASSWORD


def _end_dead_ones(identity: Identity) -> None:
    """Free an account whose person is gone."""
    dead = select(Person.id).where(Person.state == State.LEFT, Person.id == Account.person_id)
    same = (Account.issuer == identity.issuer, Account.subject_id == identity.subject, Account.ended_at.is_(None))
    session.execute(update(Account).where(*same, dead.exists()).values(ended_at=clock.now()))
