"""Links in letters: into the portal with one press, to signing in, to getting fewer mails or none."""

from urllib.parse import urlencode
from uuid import UUID

from warp_hub import config
from warp_hub.mail import links

OPEN = "open"
UNSUBSCRIBE = "unsubscribe"
OPEN_PATH = "/open"
SIGN_IN_PATH = "/sign-in"
HELP_PATH = "/help"
FEWER_PATH = "/digests/settings"
UNSUBSCRIBE_PATH = "/digests/unsubscribe"


def opening(person_id: UUID, path: str) -> str:
    """Return the address that opens a page for one person, who then has proved the mailbox and no more."""
    return _address(OPEN_PATH, link=links.sign(OPEN, person_id, next=path))


def signing_in(path: str) -> str:
    """Return the address of a page that needs the second step: through signing in."""
    return _address(SIGN_IN_PATH, next=path)


def unsubscribing(person_id: UUID, **which: str) -> str:
    """Return the address that stops one list for one person."""
    return _address(UNSUBSCRIBE_PATH, token=links.sign(UNSUBSCRIBE, person_id, **which))


def of_link(path: str, link: str) -> str:
    """Return the address of a page that a signed link of another purpose leads to."""
    return _address(path, link=link)


def of_every_letter(person_id: UUID) -> dict[str, str]:
    """Return the addresses at the foot of each letter, by the names its frame knows."""
    return {"why_url": _address(HELP_PATH), "fewer_url": opening(person_id, FEWER_PATH)}


def _address(path: str, **values: str) -> str:
    query = f"?{urlencode(values)}" if values else ""
    return f"{config.current().base_url}{path}{query}"
