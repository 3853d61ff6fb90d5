"""What ends with a change of address that is taken back: every way in that was made since it was asked for.

Whoever asked for it may have made themselves at home meanwhile, and the letters that say so went to them.
"""

import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, select

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.signin import factors, keys, passwords
from warp_hub.signin.federation import accounts
from warp_hub.signin.models import Credential, Passkey, RecoveryCode


def end_ways_in(person_id: UUID, since: datetime) -> None:
    """End the passkeys, recovery codes and accounts elsewhere made since then, and the password.

    Whoever had a second step, or an account elsewhere, and is left without one that is surely theirs, gets a code app
    that nobody has: their mailbox alone never is enough, and the operator takes it away.
    """
    was_guarded = factors.is_guarded(person_id)
    for kind in (Passkey, RecoveryCode):
        session.execute(delete(kind).where(kind.person_id == person_id, kind.made_at >= since))
    accounts.disconnect_since(person_id, since)
    held = select(Credential).where(Credential.person_id == person_id).with_for_update()
    credential = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    app_is_new = credential is not None and credential.totp_confirmed_at and credential.totp_confirmed_at >= since
    is_left_bare = was_guarded and not factors.is_guarded(person_id)
    if credential is None:
        credential = Credential(person_id=person_id)
        session.add(credential)
    credential.password_hash, credential.password_set_at = passwords.hash_of(secrets.token_urlsafe(32)), clock.now()
    if app_is_new or is_left_bare:
        credential.totp_secret = keys.seal("totp", pyotp.random_base32(), person_id.bytes)
        credential.totp_confirmed_at, credential.totp_last_step = clock.now(), None
    session.flush()
    audit.record("ways-in.taken-back", actor=person_id, detail={"closed": bool(app_is_new or is_left_bare)})
