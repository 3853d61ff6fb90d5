"""What a source said before, entry by entry, where it does not say when it changed one."""

import hashlib
import json
from typing import Any

from feeds import moments
from feeds.contract import Limits
from feeds.shape import is_timestamp, sortable


class Remembered:
    """The cursor of such a source: of each entry what it was like, and as of when we took it."""

    def __init__(self, kind: str, cursor: str | None, most: int, limits: Limits) -> None:
        self._kind, self._most, self._limits = kind, most, limits
        self._seen = _read(kind, cursor)

    def knows(self, key: str) -> bool:
        """Say whether an entry was there before, like this or otherwise."""
        return _key(key) in self._seen

    def has(self, key: str, content: bytes) -> bool:
        """Say whether an entry was taken when it was like this."""
        return self._seen.get(_key(key), ("", ""))[0] == _digest(content)

    def version(self, key: str, content: bytes, dated: str | None) -> str | None:
        """Return the time of an entry's version, or None where this version was taken before.

        An entry that changed without saying so changed when we saw it.
        """
        short, like = _key(key), _digest(content)
        known = self._seen.get(short)
        if known and known[0] == like:
            return None
        now = moments.written(self._limits.now()) or ""
        moment = dated or now
        if known and sortable(moment) <= sortable(known[1]):
            moment = now
        self._seen.pop(short, None)
        self._seen[short] = (like, moment)
        return moment

    def written(self) -> str:
        """Return the cursor; what was taken longest ago is forgotten first."""
        kept = list(self._seen.items())[-self._most :]
        return json.dumps({self._kind: dict(kept)}, separators=(",", ":"))


def _read(kind: str, cursor: str | None) -> dict[str, tuple[str, str]]:
    """Return what a cursor holds; nothing where it cannot be read, since reading again is safe."""
    try:
        kept: Any = json.loads(cursor or "")[kind]
        return {str(key): (str(like), str(moment)) for key, (like, moment) in kept.items() if is_timestamp(moment)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _key(name: str) -> str:
    return _digest(name.encode("utf-8", "surrogatepass"))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
