"""Slowing down guesses: by account, by source, and by both together; nobody is ever locked out for good.

Five tries by one account from one source are free, then each failure doubles the wait. An account and a source
have laxer limits of their own against guesses spread wide; from where someone signed in before, the limit of
the account does not hold, so that strangers cannot keep the owner out. Of tries at the same moment each waits
for the one before: the rows stay locked until the caller commits.
"""

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.db import session
from warp_hub.signin import keys
from warp_hub.signin.models import Attempt

Purpose = Literal["password", "code", "recovery", "passkey", "provider", "letter", "token"]
Scope = Literal["pair", "account", "source"]
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Limit:
    """How many failures are free, and how the wait grows after them."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, tries: int) -> timedelta | None:
        """Return how long to wait after this many failures."""
        if tries < self.free:
            return None
        doubled: timedelta = self.first * 2 ** min(tries - self.free, 16)
        return min(self.longest, doubled)


SHORT, MIDDLING, LONG = timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=15)
LIMITS: dict[Purpose, dict[Scope, Limit]] = {
    "password": {"pair": Limit(5, SHORT, LONG), "account": Limit(50, SHORT, LONG), "source": Limit(100, SHORT, LONG)},
    "code": {"pair": Limit(5, SHORT, LONG), "account": Limit(20, SHORT, LONG), "source": Limit(100, SHORT, LONG)},
    "recovery": {
        "pair": Limit(5, SHORT, LONG),
        "account": Limit(10, MIDDLING, LONG),
        "source": Limit(100, SHORT, LONG),
    },
    # Nobody guesses a signature: this keeps a source from making us check thousands.
    "passkey": {"source": Limit(100, SHORT, LONG)},
    # Each coming back makes us ask the provider, who may be slow: no source keeps all our threads waiting.
    "provider": {"source": Limit(60, SHORT, MIDDLING)},
    "letter": {"account": Limit(3, MIDDLING, timedelta(hours=1)), "source": Limit(30, SHORT, LONG)},
    # Nobody guesses 256 random bits: this keeps a tool with a stale token from asking every second.
    "token": {"pair": Limit(10, SHORT, LONG), "source": Limit(200, SHORT, LONG)},
}


class TooManyTries(Exception):
    """It is not this one's turn; `wait` says how long to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class Turn:
    """One try that may be made now; say afterwards how it went."""

    def __init__(self, purpose: Purpose, rows: dict[Scope, Attempt], now: datetime) -> None:
        self._limits = LIMITS[purpose]
        self._rows = rows
        self._now = now

    def waits(self) -> dict[Scope, timedelta]:
        """Return how long each scope still has to wait, for those that have to."""
        until = {scope: row.blocked_until for scope, row in self._rows.items()}
        found = {scope: end - self._now for scope, end in until.items() if end is not None and end > self._now}
        if "pair" in self._rows and self._rows["pair"].good_at is not None:
            found.pop("account", None)
        return found

    def failed(self) -> None:
        """Count a failure."""
        for scope, row in self._rows.items():
            row.tries = 1 if self._now - row.last_at > FORGOTTEN_AFTER else row.tries + 1
            row.last_at = self._now
            wait = self._limits[scope].wait(row.tries)
            row.blocked_until = None if wait is None else self._now + wait

    def succeeded(self) -> None:
        """Forget the failures of this account from this source, and remember that it is at home there, by the month."""
        pair = self._rows.get("pair")
        if pair is None:
            return
        month = self._now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)  # when, exactly, is kept nowhere
        pair.tries, pair.blocked_until, pair.good_at, pair.last_at = 0, None, month, month


def take_turn(purpose: Purpose, account: str, source: str) -> Turn:
    """Let this one try now, or raise TooManyTries."""
    turn = turn_of(purpose, account, source)
    if waits := turn.waits():
        raise TooManyTries(max(waits.values()))
    return turn


def turn_of(purpose: Purpose, account: str, source: str) -> Turn:
    """Return the try, whether or not it may be made now."""
    now = clock.now()
    place = network_of(source)
    named = {"pair": f"{account}\n{place}", "account": account, "source": place}
    wanted: dict[bytes, Scope] = {_key(purpose, scope, named[scope]): scope for scope in LIMITS[purpose]}
    new = [{"key": key, "tries": 0, "last_at": now} for key in sorted(wanted)]
    session.execute(insert(Attempt).values(new).on_conflict_do_nothing())
    held = select(Attempt).where(Attempt.key.in_(wanted)).order_by(Attempt.key).with_for_update()
    rows = session.scalars(held.execution_options(populate_existing=True))
    return Turn(purpose, {wanted[row.key]: row for row in rows}, now)


def network_of(source: str) -> str:
    """Return what counts as one source: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def sweep() -> int:
    """Remove what nobody needs any more: tries of long ago, places where someone was at home a year ago."""
    now = clock.now()
    stale = delete(Attempt).where(Attempt.last_at < now - 2 * FORGOTTEN_AFTER, Attempt.good_at.is_(None))
    left = delete(Attempt).where(Attempt.last_at < now - timedelta(days=365))
    return sum(session.execute(statement).rowcount for statement in (stale, left))  # type: ignore[attr-defined]


def _key(purpose: str, scope: str, named: str) -> bytes:
    return hmac.digest(keys.derive("throttle"), f"{purpose}\n{scope}\n{named}".encode(), "sha256")
