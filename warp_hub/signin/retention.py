"""What signing in keeps no longer than it needs to."""

from warp_hub.signin import link_requests, sessions, throttle
from warp_hub.signin.federation import accounts, flows


def sweep() -> int:
    """Remove old sessions, tries and requests; return how many rows went. A nightly job calls it."""
    return sessions.sweep() + throttle.sweep() + link_requests.sweep() + accounts.sweep() + flows.sweep()
