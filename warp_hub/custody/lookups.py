"""Under what a sealed record is found: a value that only this installation can work out from the record's id."""

import hmac
from uuid import UUID

from warp_hub import config


def lookup_of(record_id: UUID) -> bytes:
    """Return HMAC-SHA256 of a record's id, under a key that follows from the installation's secret."""
    key = hmac.digest(config.current().secret().encode(), b"warp-hub custody: attribution", "sha256")
    return hmac.digest(key, record_id.bytes, "sha256")
