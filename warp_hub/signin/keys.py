"""Keys that follow from the installation's secret, one for each purpose, and what is sealed with them."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warp_hub import config

_NONCE = 12


class Unsealable(Exception):
    """What was sealed cannot be opened: it was changed, belongs to another, or the installation's secret changed."""


def derive(purpose: str) -> bytes:
    """Return the 256-bit key of one purpose."""
    return hmac.digest(config.current().secret().encode(), f"warp-hub signin: {purpose}".encode(), "sha256")


def seal(purpose: str, text: str, owner: bytes) -> bytes:
    """Return the text encrypted for this purpose and owner; in another's row it cannot be opened."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(derive(purpose)).encrypt(nonce, text.encode(), owner)


def unseal(purpose: str, sealed: bytes, owner: bytes) -> str:
    """Return what was sealed for this purpose and owner; raise Unsealable otherwise."""
    try:
        return AESGCM(derive(purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner).decode()
    except (InvalidTag, ValueError):
        raise Unsealable(purpose) from None
