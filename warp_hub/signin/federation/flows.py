"""One trip to a provider and back: authorization code with PKCE, state and nonce; once, by the same browser, soon.

The browser's signed cookie holds the state; what must stay secret follows from it and the installation's secret.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.db import session
from warp_hub.signin import keys
from warp_hub.signin.federation.models import UsedState
from warp_hub.signin.federation.providers import Provider, published

LIVES = timedelta(minutes=10)


class Purpose(StrEnum):
    """What somebody went to a provider for."""

    SIGN_IN = "sign-in"
    CONNECT = "connect"
    INVITATION = "invitation"
    AGAIN = "again"


@dataclass(frozen=True)
class Flow:
    """A trip under way."""

    state: str
    provider: str
    purpose: Purpose
    onward: str
    started: datetime

    @property
    def nonce(self) -> str:
        """Return what the provider must say in the token it gives for this trip."""
        return _told("nonce", self.state)

    @property
    def verifier(self) -> str:
        """Return what only this hub can show for the code (RFC 7636)."""
        return _told("verifier", self.state)

    def kept(self) -> dict[str, Any]:
        """Return what the browser keeps of it."""
        return {
            "state": self.state,
            "provider": self.provider,
            "purpose": self.purpose.value,
            "onward": self.onward,
            "started": int(self.started.timestamp()),
        }


def begin(to: Provider, purpose: Purpose, onward: str) -> tuple[Flow, str]:
    """Return a new trip and the provider's address it begins at; raise ProviderDown where none is known."""
    flow = Flow(secrets.token_urlsafe(32), to.slug, purpose, onward, clock.now())
    asked = {
        "client_id": to.client_id,
        "response_type": "code",
        "response_mode": "query",
        "redirect_uri": to.back,
        "scope": "openid profile",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if purpose is Purpose.AGAIN:
        asked |= {"prompt": "login", "max_age": "0"}
    elif purpose is not Purpose.SIGN_IN:
        asked |= {"prompt": "select_account"}
    home = published(to)["authorization_endpoint"]
    return flow, f"{home}{'&' if '?' in home else '?'}{urlencode(asked)}"


def read(kept: Any, provider: str, state: str) -> Flow | None:
    """Return the trip that this browser set out on, if it is the one that comes back, from where it went, in time."""
    try:
        started = datetime.fromtimestamp(kept["started"], UTC)
        flow = Flow(kept["state"], kept["provider"], Purpose(kept["purpose"]), kept["onward"], started)
    except (TypeError, KeyError, ValueError):
        return None
    is_same = hmac.compare_digest(flow.state.encode(), state.encode(errors="replace"))
    is_in_time = clock.now() - flow.started <= LIVES
    return flow if is_same and is_in_time and flow.provider == provider else None


def use_up(flow: Flow) -> bool:
    """Let a trip end here, once; say whether this was the first time."""
    used = insert(UsedState).values(state_hash=hashlib.sha256(flow.state.encode()).digest(), at=clock.now())
    done = session.execute(used.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def sweep() -> int:
    """Forget which trips ended; none that old is believed."""
    return int(session.execute(delete(UsedState).where(UsedState.at < clock.now() - timedelta(days=1))).rowcount)  # type: ignore[attr-defined]


def _told(what: str, state: str) -> str:
    told = hmac.digest(keys.derive(f"provider {what}"), state.encode(), "sha256")
    return urlsafe_b64encode(told).rstrip(b"=").decode()
