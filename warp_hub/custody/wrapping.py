"""A private key under a passphrase: Argon2id makes the key that wraps it; the passphrase itself is kept nowhere.

Randomness is the system's, by way of libsodium.
"""

import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from nacl.secret import Aead

SALT = 16


class DoesNotUnwrap(Exception):
    """The passphrase is not the one it was wrapped under, or the row was changed."""


@dataclass(frozen=True)
class Limits:
    """What one guess costs: passes and bytes of memory."""

    effort: int
    memory: int


@dataclass(frozen=True)
class Wrapped:
    """A private key as it is stored, with all but the passphrase that opens it."""

    text: bytes
    salt: bytes
    limits: Limits


# libsodium's "moderate": 256 MB and about 0.7 s a guess. Tests put a light one here; rows remember theirs.
limits = Limits(effort=3, memory=256 * 1024 * 1024)
# One at a time in a process, or a few people at once would take its memory.
_turn = threading.Lock()


def new_pair() -> tuple[bytes, bytes]:
    """Return a new private key and its public half (X25519)."""
    from nacl.public import PrivateKey  # noqa: PLC0415

    made = PrivateKey.generate()
    return bytes(made), bytes(made.public_key)


def wrap(private: bytes, passphrase: str, owner: UUID, public: bytes) -> Wrapped:
    """Wrap a private key; in another's row, or beside another public key, it does not open."""
    from nacl.utils import random  # noqa: PLC0415

    salt, now = random(SALT), limits
    text = _box(passphrase, salt, now).encrypt(private, aad=owner.bytes + public)
    return Wrapped(bytes(text), salt, now)


def unwrap(held: Wrapped, passphrase: str, owner: UUID, public: bytes) -> bytes:
    """Return the private key; raise DoesNotUnwrap for any other passphrase."""
    from nacl.exceptions import CryptoError  # noqa: PLC0415

    try:
        return bytes(_box(passphrase, held.salt, held.limits).decrypt(held.text, aad=owner.bytes + public))
    except CryptoError:
        raise DoesNotUnwrap from None


def _box(passphrase: str, salt: bytes, of: Limits) -> "Aead":
    from nacl.pwhash import argon2id  # noqa: PLC0415
    from nacl.secret import Aead  # noqa: PLC0415

    # An accent is typed as one character on one keyboard and as two on another.
    typed = unicodedata.normalize("NFC", passphrase).encode()
    with _turn:
        return Aead(argon2id.kdf(Aead.KEY_SIZE, typed, salt, of.effort, of.memory))
