"""A ROLIE feed: the list by which a publisher of CSAF says which documents there are, and since when."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from feeds import made, moments
from feeds.contract import BadObject, Limits, NotStix
from feeds.shape import sortable

MOST = 100_000
_LONGEST_ADDRESS = 1900


@dataclass(frozen=True)
class Entry:
    """One document of a feed: where it lies, and when it last changed."""

    key: str
    updated: str
    src: str
    raw: bytes


def entries_of(data: dict[str, Any], url: str, limits: Limits) -> tuple[list[Entry], list[BadObject]]:
    """Return the entries of a feed, oldest first, and those that say too little to be followed."""
    listed = made.inside(data["feed"]).get("entry")
    if not isinstance(listed, list):
        raise NotStix("This is a ROLIE feed without a list of entries.")
    if len(listed) > MOST:
        raise NotStix(f"This ROLIE feed holds more than {MOST:,} entries.")
    found: dict[str, Entry] = {}
    bad: list[BadObject] = []
    for each in listed:
        entry = _entry(made.inside(each), url)
        if entry is None:
            raw = json.dumps(each).encode()[: limits.object_bytes]
            bad.append(BadObject(raw, "it does not say where its document is and when it was updated"))
        else:
            found[entry.key] = entry
    return sorted(found.values(), key=lambda entry: (sortable(entry.updated), entry.src)), bad


def _entry(data: dict[str, Any], url: str) -> Entry | None:
    links = (each.get("href") for each in made.members(data.get("link"), 50) if each.get("rel") == "self")
    src = made.inside(data.get("content")).get("src") or next(links, None)
    updated = moments.of_rfc3339(data.get("updated")) or moments.of_rfc3339(data.get("published"))
    if not isinstance(src, str) or not updated or len(src) > _LONGEST_ADDRESS:
        return None
    try:
        src = urljoin(url, src)
    except ValueError:
        return None
    key = hashlib.blake2b(f"{src} {updated}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return Entry(key, updated, src, json.dumps(data).encode())
