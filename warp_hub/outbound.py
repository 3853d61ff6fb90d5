"""The hub's own calls to others: a document or an answer from a provider of identities, and nothing else.

The guarded caller of `feeds` does it, with limits of a page that somebody waits for: the name is looked up once, no
address inside a network, https outside the loopback address, no redirect, no proxy, no cookie, every wait and every
size bounded. Sources of warnings are none of this module's business.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from warp_hub import config

LONGEST = 256 * 1024
PATIENCE = 5.0  # seconds for a whole answer


class OutboundFault(Exception):
    """A call brought nothing; `sentence` says why without any secret, `answered` whether anybody did."""

    def __init__(self, sentence: str, *, answered: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.answered = answered


def read_json(url: str, home: str) -> dict[str, Any]:
    """Return the JSON object at an address; raise OutboundFault otherwise.

    `home` is the address that the operator set: only where that is on this machine may others be.
    """
    return _called(url, home, "GET")


def post_form(url: str, home: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
    """Send a form and return the JSON object that answers it; raise OutboundFault otherwise."""
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    return _called(url, home, "POST", urlencode(fields).encode(), {**typed, **headers})


def is_guarded(url: str, home: str) -> bool:
    """Say whether an address is https, or on this machine as its home is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if is_loopback(url):
        return is_loopback(home)
    return parts.scheme == "https" and bool(parts.hostname)


def is_loopback(url: str) -> bool:
    """Say whether an address is on this machine."""
    try:
        return urlsplit(url).hostname in config.LOOPBACK
    except ValueError:
        return False


def _called(
    url: str, home: str, method: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    from feeds.contract import Endpoint, FeedError, Limits, SourceBusy, SourceUnreachable  # noqa: PLC0415
    from feeds.http import GuardedSession  # noqa: PLC0415

    if not is_guarded(url, home):
        raise OutboundFault("the address does not begin with https://", answered=False)
    limits = Limits(connect=3.0, read=PATIENCE, page=PATIENCE, run=2 * PATIENCE, page_bytes=LONGEST, tries=1)
    try:
        with GuardedSession(Endpoint(url, allow_private=is_loopback(home)), limits) as session:
            told = session.request(method, url, data=body, headers={"Accept": "application/json", **(headers or {})})
            found = told.json()
    except FeedError as fault:
        raise OutboundFault(fault.sentence, answered=not isinstance(fault, SourceUnreachable | SourceBusy)) from None
    if not isinstance(found, dict):
        raise OutboundFault("the answer is no JSON object", answered=True)
    return found
