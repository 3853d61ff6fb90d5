"""What signing in keeps no longer than it needs to."""

from warp_hub.signin import addresses, challenges, link_requests, recovery_addresses, sessions, throttle
from warp_hub.signin.federation import accounts, flows


def sweep() -> int:
    """Remove old sessions, tries and requests; return how many rows went. A nightly job calls it."""
    swept = (sessions, throttle, link_requests, challenges, addresses, recovery_addresses, accounts, flows)
    return sum(part.sweep() for part in swept)
