"""What a passkey is asked to sign: made without a row, good for one browser, one purpose, five minutes, one answer.

Looking at a page that asks changes nothing; the answer does: its challenge is noted as used before anything else.
"""

import hashlib
import hmac
import os
from datetime import timedelta
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.db import session
from warp_hub.signin import keys
from warp_hub.signin.models import UsedChallenge

Purpose = Literal["sign in", "add"]
LIVES = timedelta(minutes=5)
_RANDOM, _TIME = 16, 8


class ChallengeOver(Exception):
    """The challenge was answered before, is too old, or was never this browser's for this purpose."""


def issue(purpose: Purpose, browser: str) -> bytes:
    """Return a new challenge for this browser."""
    told = os.urandom(_RANDOM) + int(clock.now().timestamp()).to_bytes(_TIME)
    return told + _seal(purpose, browser, told)


def use_up(purpose: Purpose, browser: str, challenge: bytes) -> None:
    """Accept a challenge this once, or raise ChallengeOver; of several answers at once only the first gets through."""
    told, sealed = challenge[: _RANDOM + _TIME], challenge[_RANDOM + _TIME :]
    if not browser or not hmac.compare_digest(sealed, _seal(purpose, browser, told)):
        raise ChallengeOver
    age = clock.now().timestamp() - int.from_bytes(told[_RANDOM:])
    if not -1 <= age <= LIVES.total_seconds():
        raise ChallengeOver
    used = insert(UsedChallenge).values(hash=hashlib.sha256(challenge).digest(), used_at=clock.now())
    done = session.execute(used.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ChallengeOver


def sweep() -> int:
    """Remove what no longer needs remembering, since it is too old to be answered; return how much."""
    over = delete(UsedChallenge).where(UsedChallenge.used_at < clock.now() - 2 * LIVES)
    return int(session.execute(over).rowcount)  # type: ignore[attr-defined]


def _seal(purpose: str, browser: str, told: bytes) -> bytes:
    return hmac.digest(keys.derive(f"challenge to {purpose}"), browser.encode() + b"\n" + told, "sha256")
