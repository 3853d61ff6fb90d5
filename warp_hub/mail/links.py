"""Signed links in letters: who, for what purpose, since when; nothing is stored for them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from warp_hub import clock, config


@dataclass(frozen=True)
class Claim:
    """What a link says and the hub once signed; the caller still asks whether it holds today."""

    person_id: UUID
    data: dict[str, str]
    issued_at: datetime


def sign(purpose: str, person_id: UUID, **data: str) -> str:
    """Return a token, fit for an address, by which this person may do this one thing."""
    token: str = _serializer(purpose).dumps([str(person_id), data])
    return token


def read(purpose: str, token: str, max_age: timedelta | None) -> Claim | None:
    """Return what a token of this purpose says; None when it is forged, too old or for something else.

    `issued_at` is cut to the second, so that it never seems younger than a `void_before` it should obey.
    """
    seconds = None if max_age is None else int(max_age.total_seconds())
    if not token.isascii():
        return None
    try:
        (person, data), issued_at = _serializer(purpose).loads(token, max_age=seconds, return_timestamp=True)
    except BadData:
        return None
    return Claim(UUID(person), data, issued_at)


class _OurClock(TimestampSigner):
    """Stamps by the only clock."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        config.current().secret(),
        salt=f"warp-hub letter link: {purpose}",
        signer=_OurClock,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
