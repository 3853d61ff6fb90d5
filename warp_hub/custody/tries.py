"""Slowing down guesses at a passphrase: five are free, then each failure doubles the wait; nobody is locked out."""

from datetime import timedelta

from warp_hub import clock
from warp_hub.custody.models import KeyHolder

FREE = 5
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


class TooManyTries(Exception):
    """It is not their turn; `wait` says how long to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


def require_turn(key: KeyHolder) -> None:
    """Raise TooManyTries while the holder of this key has to wait; the caller keeps the row locked."""
    if key.blocked_until is not None and (wait := key.blocked_until - clock.now()) > timedelta(0):
        raise TooManyTries(wait)


def failed(key: KeyHolder) -> None:
    """Count a failure."""
    now = clock.now()
    is_new = key.last_try_at is None or now - key.last_try_at > FORGOTTEN_AFTER
    key.tries = 1 if is_new else key.tries + 1
    key.last_try_at = now
    if key.tries >= FREE:
        key.blocked_until = now + min(LONGEST, FIRST * 2 ** min(key.tries - FREE, 10))


def succeeded(key: KeyHolder) -> None:
    """Forget the failures."""
    key.tries, key.last_try_at, key.blocked_until = 0, None, None
