"""Which browsers somebody signed in with before: a cookie of random letters, and a mark for each person in it.

The marks name nobody: they follow from the random letters, the person and the installation's secret.
"""

import base64
import hmac
import secrets
from uuid import UUID

from warp_hub.signin import keys

MOST = 12
_RANDOM = 22
_MARK = 16


def knows(cookie: str, person_id: UUID) -> bool:
    """Say whether this person signed in fully with this browser before."""
    random, marks = _read(cookie)
    return any(hmac.compare_digest(mark, _mark(random, person_id)) for mark in marks)


def remember(cookie: str, person_id: UUID) -> str:
    """Return the cookie by which the browser is known for this person too."""
    random, marks = _read(cookie)
    own = _mark(random, person_id)
    kept = [mark for mark in marks if mark != own][-MOST + 1 :]
    return ".".join([random, *kept, own])


def _read(cookie: str) -> tuple[str, list[str]]:
    random, *marks = cookie.split(".") if cookie.isascii() else [""]
    if len(random) != _RANDOM:
        return secrets.token_urlsafe(16), []
    return random, marks[:MOST]


def _mark(random: str, person_id: UUID) -> str:
    made = hmac.digest(keys.derive("browser"), random.encode() + person_id.bytes, "sha256")
    return base64.urlsafe_b64encode(made).decode()[:_MARK]
