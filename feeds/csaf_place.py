"""How far a pull of CSAF has come: files by what was in them, documents of a feed by when they changed."""

import json
from datetime import timedelta
from typing import Any

from feeds import marks, moments
from feeds.contract import Limits
from feeds.shape import is_timestamp, sortable

# Publishers date an entry back by days; within this, ids decide and not dates.
_OVERLAP = timedelta(days=30)
_MOST_MISSED, _MOST_SEEN = 200, 5_000


class Place:
    """The cursor of a CSAF source."""

    def __init__(self, cursor: str | None, limits: Limits) -> None:
        self._limits = limits
        self._files: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        self._missed: dict[str, None] = {}
        self._updated: str | None = None
        self._read(cursor)

    def has_file(self, name: str, seen: str) -> bool:
        return self._files.get(name) == seen[:16]

    def take_file(self, name: str, seen: str) -> None:
        self._files[name] = seen[:16]

    def has_entry(self, key: str, updated: str) -> bool:
        """Say whether an entry was taken, or is older than all that can still be new."""
        if key in self._seen or self._updated is None or key in self._missed:
            return key in self._seen
        begin = marks.shifted(self._updated, _OVERLAP)
        return begin is not None and sortable(updated) < sortable(begin)

    def take_entry(self, key: str, updated: str) -> None:
        """Note that an entry was taken; no entry moves the mark into the future."""
        self._missed.pop(key, None)
        self._seen[key] = updated
        now = moments.written(self._limits.now()) or updated
        mark = min(updated, now, key=sortable)
        if self._updated is None or sortable(mark) > sortable(self._updated):
            self._updated = mark

    def miss_entry(self, key: str) -> None:
        """Note that an entry could not be had and is to be asked for again, however old it becomes."""
        self._missed[key] = None

    def written(self) -> str:
        begin = marks.shifted(self._updated, _OVERLAP) if self._updated else None
        seen = [(key, at) for key, at in self._seen.items() if begin is None or sortable(at) >= sortable(begin)]
        kept = {
            "files": self._files,
            "updated": self._updated,
            "seen": dict(seen[-_MOST_SEEN:]),
            "missed": list(self._missed)[-_MOST_MISSED:],
        }
        return json.dumps({"csaf": kept}, separators=(",", ":"))

    def _read(self, cursor: str | None) -> None:
        """Read a cursor; one that cannot be read is the beginning, since reading again is safe."""
        try:
            kept: Any = json.loads(cursor or "")["csaf"]
            files = {str(name): str(seen) for name, seen in kept["files"].items()}
            seen = {str(key): str(at) for key, at in kept["seen"].items() if is_timestamp(at)}
            missed = {str(key): None for key in kept["missed"]}
            updated = kept["updated"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        self._files, self._seen, self._missed = files, seen, missed
        self._updated = updated if is_timestamp(updated) else None
