"""Recovery codes: ten on paper, each good once in place of the second step, shown when they are made and never again.

A code has 50 random bits; what is kept is its scrypt hash with the salt of its set.
"""

import hashlib
import hmac
import os
import secrets
from uuid import UUID

from sqlalchemy import delete, func, select

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.signin.models import RecoveryCode

COUNT = 10
FEW = 3
# Without i, l, o and u: nobody reads 1 for l on paper, and no word comes of it.
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10
_READ_AS = str.maketrans("ilo", "110")
# 16 MB and about 40 ms. Tests put a light one here.
cost = 2**14


def make(person_id: UUID) -> list[str]:
    """Return ten new codes, as they are printed; those before are worth nothing."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes, salt, now = [_new_code() for _ in range(COUNT)], os.urandom(16), clock.now()
    session.add_all(
        RecoveryCode(id=new_id(), person_id=person_id, salt=salt, code_hash=_hash(code, salt), made_at=now)
        for code in codes
    )
    audit.record("recovery-codes.made", actor=person_id)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def accept(person_id: UUID, typed: str) -> bool:
    """Say whether this is a code that was not used before; it is used up by that. Tries at once take turns."""
    held = select(RecoveryCode).where(RecoveryCode.person_id == person_id).order_by(RecoveryCode.id).with_for_update()
    codes = session.scalars(held.execution_options(populate_existing=True)).all()
    if not codes:
        return False
    given = _hash(_read(typed), codes[0].salt)
    found = [code for code in codes if hmac.compare_digest(code.code_hash, given) and not code.is_used]
    if not found:
        return False
    found[0].is_used = True
    return True


def forget_all(person_id: UUID) -> None:
    """Let every code of a person be worth nothing; without column reads, so that the worker can do it."""
    gone = delete(RecoveryCode).where(RecoveryCode.person_id == person_id)
    session.execute(gone, execution_options={"synchronize_session": False})


def left(person_id: UUID) -> int | None:
    """Return how many codes a person has left, or None where none were ever made."""
    counted = select(func.count(), func.count().filter(~RecoveryCode.is_used))
    made, unused = session.execute(counted.where(RecoveryCode.person_id == person_id)).one()
    return int(unused) if made else None


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def _read(typed: str) -> str:
    """Return a code as it was made, from what somebody typed off paper."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())[:40].translate(_READ_AS)


def _hash(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=cost, r=8, p=1, dklen=32)
