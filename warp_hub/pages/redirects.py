"""Where to go next, when the answer comes from outside: only ever a page of our own."""

import re
from urllib.parse import urlsplit

# One slash, then no second slash or backslash: "//evil", "/\evil" and "/<tab>/evil" are other people's hosts.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_LONGEST = 2000


def local_path(target: str | None, default: str = "/") -> str:
    """Return the target when it is a path on this host, otherwise the default."""
    if target and len(target) <= _LONGEST and _LOCAL.fullmatch(target):
        return target
    return default


def path_of_referrer(referrer: str | None, host: str, default: str = "/") -> str:
    """Return the path and query of the page someone came from, when it was one of ours."""
    try:
        parts = urlsplit(referrer or "")
    except ValueError:
        return default
    if parts.scheme not in ("http", "https") or parts.netloc != host:
        return default
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, default)
