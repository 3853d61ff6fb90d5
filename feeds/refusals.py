"""What a source's error answer means, in a sentence that is safe to show."""

import json
import re

from feeds.contract import NotForUs, SourceBusy, SourceRefused

_WORTH_ASKING_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MEANINGS = {
    400: "The source did not understand our request",
    401: "The source did not accept the user name and password",
    403: "The source does not let us read this",
    404: "The source has nothing at this address",
    406: "The source does not offer this format at this address",
    410: "The source no longer has anything at this address",
    415: "The source does not offer this format at this address",
    429: "The source asks us to come back later",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9 .,:;()'/_-]+")


def refusal(status: int, said: str, retry_after: float | None) -> SourceRefused:
    """Return the error for a status that is not a success."""
    quoted = f" It says: {said}" if said else ""
    if 300 <= status < 400:
        return SourceRefused(
            f"The source sends us on to another address ({status}), which we do not follow: enter its final address.",
            permanent=True,
        )
    if status in _WORTH_ASKING_AGAIN:
        meaning = _MEANINGS.get(status, "The source has a fault of its own")
        return SourceBusy(f"{meaning} ({status}).{quoted}", retry_after=retry_after)
    meaning = _MEANINGS.get(status, "The source refused our request")
    refused = NotForUs if status in (401, 403) else SourceRefused
    return refused(f"{meaning} ({status}).{quoted}", permanent=400 <= status < 500)


def title_of(body: bytes, secrets: list[str]) -> str:
    """Return the title of a TAXII error message in plain characters, empty when it holds a secret of ours."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    title = message.get("title") if isinstance(message, dict) else None
    if not isinstance(title, str) or any(secret in title for secret in secrets):
        return ""
    return " ".join(_UNSAFE.sub(" ", title).split())[:100]
