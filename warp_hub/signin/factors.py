"""What somebody can sign in with, and what may be taken away: never the last way in, never the last second step."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from warp_hub import audit
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.signin import codes, passkeys, recovery
from warp_hub.signin.federation import accounts
from warp_hub.signin.models import Credential, Passkey


class LastWayIn(Exception):
    """Without this they could not sign in any more, or with one step alone."""


@dataclass(frozen=True)
class Held:
    """What a person holds; `codes_left` is none where recovery codes were never made."""

    passkeys: tuple[Passkey, ...]
    has_password: bool
    has_app: bool
    codes_left: int | None

    @property
    def may_remove_passkey(self) -> bool:
        """Say whether one of the passkeys may go."""
        return len(self.passkeys) > 1 or (self.has_password and self.has_app)

    @property
    def few_codes(self) -> bool:
        """Say whether it is time for new recovery codes."""
        return self.codes_left is not None and self.codes_left <= recovery.FEW


def of(person_id: UUID) -> Held:
    """Return what a person holds."""
    password = select(Credential.person_id).where(Credential.person_id == person_id)
    return Held(
        passkeys=tuple(passkeys.passkeys_of(person_id)),
        has_password=session.scalar(password) is not None,
        has_app=codes.is_enrolled(person_id),
        codes_left=recovery.left(person_id),
    )


def has_second_step(person_id: UUID) -> bool:
    """Say whether a password alone is not all that a person signs in with."""
    return codes.is_enrolled(person_id) or passkeys.has_any(person_id)


def is_guarded(person_id: UUID) -> bool:
    """Say whether their mailbox alone is not all it takes: there is a second step here, or an account elsewhere."""
    return has_second_step(person_id) or accounts.lets_in(person_id)


def remove_passkey(passkey: Passkey) -> None:
    """Take a passkey away, or raise LastWayIn."""
    _alone(passkey.person_id)
    if not of(passkey.person_id).may_remove_passkey:
        raise LastWayIn
    passkeys.remove(passkey)


def remove_password(person_id: UUID) -> None:
    """Take a password away, and with it the code app that goes with it; raise LastWayIn without a passkey."""
    _alone(person_id)
    if not passkeys.has_any(person_id):
        raise LastWayIn
    session.execute(delete(Credential).where(Credential.person_id == person_id))
    audit.record("password.removed", actor=person_id)


def remove_app(person_id: UUID) -> None:
    """Take the code app away; raise LastWayIn without a passkey, since a password alone is one step."""
    _alone(person_id)
    if not passkeys.has_any(person_id):
        raise LastWayIn
    codes.remove(person_id)


def must_show_passkey(warp_ids: frozenset[UUID]) -> bool:
    """Say whether one of these WARPs asks whoever runs it for a passkey."""
    if not warp_ids:
        return False
    run = session.scalars(select(Warp).where(Warp.id.in_(warp_ids)))
    return any(settings_of(warp).coordinators_need_passkeys for warp in run)


def _alone(person_id: UUID) -> None:
    """Let nobody else take something from this person at the same moment: each sees what the other left."""
    # The row of the password is not there for everybody; the person's always is, but is written by others.
    held = select(Passkey.id).where(Passkey.person_id == person_id).order_by(Passkey.id).with_for_update()
    session.scalars(held).all()
    own = select(Credential.person_id).where(Credential.person_id == person_id).with_for_update()
    session.scalars(own).all()
