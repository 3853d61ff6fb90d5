"""Sealing who sent a report: always 1,024 bytes, whoever it was and however many keys can open it.

A sealed record is a version, a nonce, the sender encrypted under a key of its own, and ten copies of that key, each
in a sealed box. Where there are fewer key holders the other boxes are sealed to keys that are thrown away, so
that nobody can count them. The record's id is inside and beside what is encrypted: in another record's place
it does not open.
"""

import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from warp_hub.custody import holders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nacl.public import PrivateKey

LENGTH = 1024
MOST_HOLDERS = holders.MOST_HOLDERS

_VERSION = b"\x01"
_KEY, _NONCE, _MAC, _BOX = 32, 24, 16, 80
_PAYLOAD = LENGTH - len(_VERSION) - _NONCE - _MAC - MOST_HOLDERS * _BOX
_FIELDS = struct.Struct(">16s16s16s16sq")
_LABEL = b"warp-hub custody record 1"


class NotOffered(Exception):
    """The WARP has no two key holders, so nothing can be promised and nothing is sealed."""


class CannotUnseal(Exception):
    """The record is sealed to other keys, belongs elsewhere or was changed; which of these is not said."""


@dataclass(frozen=True)
class Sender:
    """Who sent a report, for which organisation, in which hour."""

    person_id: UUID
    organisation_id: UUID
    filed_hour: datetime


@dataclass(frozen=True)
class Unsealed:
    """What a sealed record holds: the sender and the WARP it was sent to."""

    sender: Sender
    warp_id: UUID


def seal(warp_id: UUID, record_id: UUID, sender: Sender) -> bytes:
    """Return who sent this, sealed to the WARP's key holders: 1,024 bytes; raise NotOffered where there are not two.

    Nothing is written.
    """
    keys = holders.public_keys(warp_id)
    if len(keys) < holders.FEWEST:
        raise NotOffered(str(warp_id))
    return seal_to(keys, warp_id, record_id, sender)


def seal_to(keys: "Iterable[bytes]", warp_id: UUID, record_id: UUID, sender: Sender) -> bytes:
    """Return who sent this, sealed to these public keys, ten at most."""
    from nacl.public import PrivateKey, PublicKey, SealedBox  # noqa: PLC0415
    from nacl.secret import Aead  # noqa: PLC0415
    from nacl.utils import random  # noqa: PLC0415

    key = random(_KEY)
    box = Aead(key).encrypt(_packed(warp_id, record_id, sender), aad=_bound(record_id))
    to = [PublicKey(public) for public in keys]
    if len(to) > MOST_HOLDERS:
        raise ValueError(f"a record is sealed to {MOST_HOLDERS} keys at most")
    to += [PrivateKey.generate().public_key for _ in range(MOST_HOLDERS - len(to))]
    secrets.SystemRandom().shuffle(to)
    return _VERSION + bytes(box) + b"".join(SealedBox(public).encrypt(key) for public in to)


def unseal(sealed: bytes, record_id: UUID, private: bytes) -> Unsealed:
    """Return what was sealed for this record, by the private key of one it was sealed to; raise CannotUnseal."""
    from nacl.exceptions import CryptoError  # noqa: PLC0415
    from nacl.public import PrivateKey  # noqa: PLC0415
    from nacl.secret import Aead  # noqa: PLC0415

    if len(sealed) != LENGTH or not sealed.startswith(_VERSION):
        raise CannotUnseal
    end = len(_VERSION) + _NONCE + _PAYLOAD + _MAC
    try:
        key = _key_among(sealed[end:], PrivateKey(private))
        plain = Aead(key).decrypt(sealed[len(_VERSION) : end], aad=_bound(record_id))
    except CryptoError:
        raise CannotUnseal from None
    return _unpacked(bytes(plain), record_id)


def _key_among(boxes: bytes, private: "PrivateKey") -> bytes:
    from nacl.exceptions import CryptoError  # noqa: PLC0415
    from nacl.public import SealedBox  # noqa: PLC0415

    for at in range(0, len(boxes), _BOX):
        try:
            return bytes(SealedBox(private).decrypt(boxes[at : at + _BOX]))
        except CryptoError:
            continue
    raise CannotUnseal


def _packed(warp_id: UUID, record_id: UUID, sender: Sender) -> bytes:
    hour = sender.filed_hour.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    ids = (record_id.bytes, warp_id.bytes, sender.person_id.bytes, sender.organisation_id.bytes)
    return _FIELDS.pack(*ids, int(hour.timestamp())).ljust(_PAYLOAD, b"\0")


def _unpacked(plain: bytes, record_id: UUID) -> Unsealed:
    record, warp, person, organisation, hour = _FIELDS.unpack(plain[: _FIELDS.size])
    if record != record_id.bytes:
        raise CannotUnseal
    filed = datetime.fromtimestamp(hour, UTC)
    return Unsealed(Sender(UUID(bytes=person), UUID(bytes=organisation), filed), UUID(bytes=warp))


def _bound(record_id: UUID) -> bytes:
    return _LABEL + record_id.bytes
