"""What signing in keeps no longer than it needs to: no time of it longer than 30 days."""

from sqlalchemy import delete

from warp_hub import clock
from warp_hub.db import session
from warp_hub.mail import Letter
from warp_hub.signin import (
    addresses,
    challenges,
    codes,
    link_requests,
    passkeys,
    recovery_addresses,
    sessions,
    throttle,
)
from warp_hub.signin.federation import accounts, flows

# Letters that go out when somebody signs in, or is about to.
TELL_OF_SIGNING_IN = (
    "open_link",
    "reset_link",
    "new_device",
    "recovery_code_used",
    recovery_addresses.WAY_IN,
    recovery_addresses.USED,
)


def sweep() -> int:
    """Remove old sessions, tries and requests, and times of use; return how many rows. A nightly job calls it."""
    kept = (sessions, throttle, link_requests, challenges, addresses, codes, passkeys)
    return sum(part.sweep() for part in (*kept, recovery_addresses, accounts, flows))


def forget_letters() -> int:
    """Remove letters that tell when somebody signed in; return how many."""
    told = Letter.kind.in_(TELL_OF_SIGNING_IN) & (Letter.created_at < clock.now() - sessions.KEPT_FOR)
    return int(session.execute(delete(Letter).where(told)).rowcount)  # type: ignore[attr-defined]
