"""What signing in keeps no longer than it needs to."""

from warp_hub.signin import link_requests, sessions, throttle


def sweep() -> int:
    """Remove old sessions, tries and requests; return how many rows went. A nightly job calls it."""
    return sessions.sweep() + throttle.sweep() + link_requests.sweep()
