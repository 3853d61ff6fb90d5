"""Key holders: coordinators with a key of their own, to which the record of who sent a report is sealed.

Who holds a key for a WARP follows from who runs it: a coordinator who steps down is no key holder any more, and
one who only stands in for another never is.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select

from warp_hub import audit, clock
from warp_hub.custody import tries, wrapping
from warp_hub.custody.models import KeyHolder
from warp_hub.custody.wrapping import DoesNotUnwrap, Limits, Wrapped
from warp_hub.db import new_id, session
from warp_hub.memberships.authority import for_good
from warp_hub.memberships.models import Coordinator, Person, State

FEWEST, MOST_HOLDERS = 2, 10


class HasKey(Exception):
    """They hold a key already: one must be retired before another is made."""


class NoKey(Exception):
    """They hold no key."""


class WrongPassphrase(Exception):
    """The passphrase is not the one of their key."""


def is_offered(warp_id: UUID) -> bool:
    """Say whether the WARP has the two key holders without whom nobody may be promised anything."""
    return count_keys(warp_id) >= FEWEST


def count_keys(warp_id: UUID) -> int:
    """Return how many coordinators of the WARP hold a key."""
    return session.scalar(select(func.count()).select_from(_keys_of(warp_id).subquery())) or 0


def names_of_holders(warp_id: UUID) -> Sequence[str]:
    """Return who holds a key of the WARP, by name."""
    return session.scalars(_keys_of(warp_id).with_only_columns(Person.name).order_by(Person.name)).all()


def public_keys(warp_id: UUID) -> Sequence[bytes]:
    """Return the public keys a record of this WARP is sealed to: those of the ten who have held theirs longest."""
    first = _keys_of(warp_id).with_only_columns(KeyHolder.public_key)
    return session.scalars(first.order_by(KeyHolder.made_on, KeyHolder.id).limit(MOST_HOLDERS)).all()


def find_key(person_id: UUID) -> KeyHolder | None:
    """Return the key somebody holds now, or None."""
    return session.scalars(_live(person_id)).one_or_none()


def holds_key(person_id: UUID) -> bool:
    """Say whether somebody holds a key now; the worker may ask too."""
    return session.scalar(_live(person_id).with_only_columns(KeyHolder.id)) is not None


def make_key(person_id: UUID, passphrase: str) -> None:
    """Make somebody a key pair; raise HasKey where they have one. The passphrase is kept nowhere."""
    # Two who press at once take turns.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    if holds_key(person_id):
        raise HasKey(str(person_id))
    private, public = wrapping.new_pair()
    made = KeyHolder(id=new_id(), person_id=person_id, public_key=public, made_on=clock.today())
    _put(made, wrapping.wrap(private, passphrase, person_id, public))
    session.add(made)
    session.flush()
    audit.record("key.made", actor=person_id)


def unlock(person_id: UUID, passphrase: str) -> bytes:
    """Return somebody's private key; raise NoKey, WrongPassphrase or TooManyTries. A failure counts if committed."""
    key = _locked(person_id)
    tries.require_turn(key)
    try:
        private = wrapping.unwrap(_wrapped(key), passphrase, person_id, key.public_key)
    except DoesNotUnwrap:
        tries.failed(key)
        raise WrongPassphrase from None
    tries.succeeded(key)
    return private


def change_passphrase(person_id: UUID, passphrase: str, new: str) -> None:
    """Wrap the same key under another passphrase; what was sealed to it still opens. Raises as `unlock` does."""
    private = unlock(person_id, passphrase)
    key = _locked(person_id)
    _put(key, wrapping.wrap(private, new, person_id, key.public_key))
    audit.record("key.passphrase-changed", actor=person_id)


def retire(person_id: UUID) -> None:
    """Destroy somebody's private key for good: what was sealed to it opens by the other holders' keys alone."""
    key = _locked(person_id)
    key.wrapped, key.retired_on = None, clock.today()
    session.flush()
    audit.record("key.retired", actor=person_id)


def _keys_of(warp_id: UUID) -> Select[UUID]:
    return (
        select(KeyHolder.id)
        .join(Coordinator, Coordinator.person_id == KeyHolder.person_id)
        .join(Person, Person.id == KeyHolder.person_id)
        .where(KeyHolder.retired_on.is_(None), Coordinator.warp_id == warp_id)
        .where(Coordinator.state == State.ACTIVE, for_good(), Person.state == State.ACTIVE)
    )


def _live(person_id: UUID) -> Select[KeyHolder]:
    return select(KeyHolder).where(KeyHolder.person_id == person_id, KeyHolder.retired_on.is_(None))


def _locked(person_id: UUID) -> KeyHolder:
    held = _live(person_id).with_for_update().execution_options(populate_existing=True)
    key = session.scalars(held).one_or_none()
    if key is None:
        raise NoKey(str(person_id))
    return key


def _wrapped(key: KeyHolder) -> Wrapped:
    return Wrapped(key.wrapped or b"", key.salt, Limits(key.effort, key.memory))


def _put(key: KeyHolder, held: Wrapped) -> None:
    key.wrapped, key.salt = held.text, held.salt
    key.effort, key.memory = held.limits.effort, held.limits.memory
