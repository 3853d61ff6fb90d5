"""Where a MISP feed lies, a folder here or on the web: its list of events, and each event by its name."""

import json
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from feeds import documents, made, moments, strict_json
from feeds.contract import MEBIBYTE, BadObject, Endpoint, Limits, NotStix
from feeds.files import content_of, is_web, path_of
from feeds.http import GuardedSession
from feeds.shape import sortable
from feeds.strict_json import Raw

LARGEST = 16 * MEBIBYTE
LIST = "manifest.json"
_MOST = 20_000
_ACCEPT = "application/json, */*;q=0.1"
_OTHERS = {
    "Event": "This is a single MISP event: enter the folder that has its manifest.json.",
    "response": "This is the answer of a MISP server: enter the address of a feed, a folder with a manifest.json.",
    "document": "This is a CSAF advisory, not a MISP feed: add it as a source of the kind csaf.",
    "objects": "This is STIX, not a MISP feed: add it as a source of the kind bundle.",
    "vulnerabilities": "This is a list of vulnerabilities, not a MISP feed: add it as a source of the kind kev.",
}


@dataclass(frozen=True)
class Entry:
    """One event of the list: its name, when it last changed, and all that the list says of it."""

    uuid: str
    dated: str
    told: bytes


class Shelf(AbstractContextManager["Shelf"]):
    """A feed that is open for reading."""

    def __init__(self, endpoint: Endpoint, limits: Limits) -> None:
        self._limits = limits
        self._closing = ExitStack()
        self._session: GuardedSession | None = None
        self._folder = Path()
        if is_web(endpoint.url):
            address, mark, query = endpoint.url.partition("?")
            self._base = address.removesuffix(LIST).rstrip("/")
            self._query = mark + query
            self._session = self._closing.enter_context(GuardedSession(endpoint, limits))
        else:
            path = path_of(endpoint.url)
            self._folder = path.parent if path.name == LIST or path.is_file() else path
            self._list = path if path.is_file() else path / LIST

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._closing.close()

    def read(self, uuid: str) -> Raw:
        """Return the document of an event; raise FeedError where it cannot be had."""
        return self._read(f"{uuid}.json")

    def entries(self) -> tuple[list[Entry], list[BadObject]]:
        """Return the events of the list, oldest first, and those of which it says too little."""
        data = _parsed(self._read(LIST))
        found, bad = [], []
        for name, told in data.items():
            entry = _entry(name, told)
            if entry is None:
                raw = json.dumps({name: told}).encode()[: self._limits.object_bytes]
                bad.append(BadObject(raw, "the list does not say which event this is and when it was changed"))
            else:
                found.append(entry)
        return sorted(found, key=lambda one: (sortable(one.dated), one.uuid)), bad

    def _read(self, name: str) -> Raw:
        if self._session is not None:
            return self._session.fetch(f"{self._base}/{name}{self._query}", _ACCEPT).body
        return content_of(self._list if name == LIST else self._folder / name, self._limits)


def _parsed(raw: Raw) -> dict[str, Any]:
    documents.refuse_other_formats(raw, "a MISP feed")
    data = strict_json.parse(raw, LARGEST)
    if not isinstance(data, dict):
        raise NotStix("This is JSON, but not the manifest of a MISP feed.")
    if data and not any(made.uuid_in(name) for name in data):
        said = (sentence for name, sentence in _OTHERS.items() if name in data)
        raise NotStix(next(said, "This is JSON, but not the manifest of a MISP feed."))
    if len(data) > _MOST:
        raise NotStix(f"This feed holds more than {_MOST:,} events.")
    return data


def _entry(name: str, told: object) -> Entry | None:
    dated = moments.of_unix(told.get("timestamp")) if isinstance(told, dict) else None
    if not dated or not made.uuid_in(name):
        return None
    return Entry(name.lower(), dated, json.dumps(told, sort_keys=True).encode())
