"""Passwords of sources: sealed with a key that follows from the installation's secret, opened only to pull."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken

from warp_hub import config


class PasswordUnreadable(Exception):
    """The password was sealed under another secret key; it must be entered again."""

    for_the_command_line = True


def seal(password: str) -> bytes:
    """Return the password as it may be stored."""
    return _box().encrypt(password.encode())


def reveal(sealed: bytes) -> str:
    """Return the password; raise PasswordUnreadable when the installation's secret was changed since."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        raise PasswordUnreadable(
            "The password of this source cannot be read since the hub's secret key was changed: set it again."
        ) from None


def _box() -> Fernet:
    key = hmac.digest(config.current().secret().encode(), b"passwords of sources", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
