"""STIX bundles: a file, a folder of files, or one web address."""

import hashlib
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from feeds import documents
from feeds.contract import (
    STANDARD_LIMITS,
    AddressRefused,
    BadObject,
    Endpoint,
    FeedError,
    Limits,
    NotStix,
    Page,
    SourceLied,
    SourceUnreachable,
)
from feeds.exchange import GuardedResponse
from feeds.http import GuardedSession
from feeds.pieces import Document
from feeds.strict_json import Raw
from feeds.window import Piece

_READ = frozenset({".json", ".stix", ".stix2", ".jsonl", ".ndjson", ".xml", ".html", ".htm"})
_ACCEPT = "application/stix+json;version=2.1, application/json;q=0.9, */*;q=0.1"


@dataclass
class _Place:
    """How far a pull has come: files read to their end, and objects taken of the one under way."""

    done: dict[str, str] = field(default_factory=dict)
    under_way: tuple[str, str, int] | None = None
    finished: bool = False

    def written(self) -> str:
        return json.dumps({"bundle": {"done": self.done, "at": self.under_way, "finished": self.finished}})


def pull(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield every object; a finished cursor starts again, since counting what is already held is the caller's."""
    place = _read_cursor(cursor)
    return _pull(endpoint, _Place() if place.finished else place, limits)


def pull_changed(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield the objects of those files alone that changed since the cursor."""
    return _pull(endpoint, _read_cursor(cursor), limits)


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    count = files = 0
    for name, raw in _files(endpoint, limits):
        if isinstance(raw, FeedError):
            raise type(raw)(f"{name}: {raw.sentence}")
        count += len(documents.open_bundle(raw, limits).pieces)
        files += 1
    return f"{files} bundle{'' if files == 1 else 's'} with {count:,} objects to read."


def _pull(endpoint: Endpoint, place: _Place, limits: Limits) -> Iterator[Page]:
    place.finished = False
    in_folder = _is_folder(endpoint)
    for name, raw in _files(endpoint, limits):
        fault = raw if isinstance(raw, FeedError) else None
        seen = "" if isinstance(raw, FeedError) else hashlib.sha256(raw).hexdigest()
        if seen and place.done.get(name) == seen:
            continue
        document = None
        if not isinstance(raw, FeedError):
            try:
                document = documents.open_bundle(raw, limits)
            except NotStix as refused:
                fault = refused
        if document is None:
            if not in_folder:
                raise fault or NotStix("This is not STIX.")
            place.done[name] = seen
            start = b"" if isinstance(raw, FeedError) else bytes(raw[: limits.object_bytes])
            yield Page([], [BadObject(start, f"{name}: {fault}")], place.written())
            continue
        yield from _pages_of(name, seen, document, place, limits)
    place.finished, place.under_way = True, None
    yield Page([], [], place.written())


def _pages_of(name: str, seen: str, document: Document, place: _Place, limits: Limits) -> Iterator[Page]:
    pieces = sorted(document.pieces, key=lambda piece: _age(document, piece))
    taken = place.under_way[2] if place.under_way and place.under_way[:2] == (name, seen) else 0
    while taken < len(pieces):
        page = Page([], [], None)
        for result in documents.judge_all(document, pieces[taken : taken + limits.page_size], limits):
            documents.add(page, result)
        taken += limits.page_size
        place.under_way = (name, seen, taken)
        if taken >= len(pieces):
            place.done[name], place.under_way = seen, None
        yield Page(page.objects, page.bad, place.written())
    place.done[name], place.under_way = seen, None


def _age(document: Document, piece: Piece) -> str:
    """Return what sorts a piece among the others: what has no time of its own comes first."""
    data = None if piece.fault else document.data_of(piece)
    if not isinstance(data, dict):
        return ""
    moment = data.get("modified") or data.get("created")
    return moment if isinstance(moment, str) else ""


def _files(endpoint: Endpoint, limits: Limits) -> Iterator[tuple[str, Raw | FeedError]]:
    """Yield the name and content of each file, or why it cannot be read."""
    if endpoint.url.lower().startswith(("http://", "https://")):
        yield "bundle", _download(endpoint, limits)
        return
    path = _path_of(endpoint.url)
    if not path.is_dir():
        yield path.name, _content(path, limits)
        return
    for each in sorted(path.iterdir()):
        if each.suffix.lower() in _READ and not each.name.startswith(".") and not each.is_dir():
            try:
                yield each.name, _content(each, limits)
            except FeedError as refused:
                yield each.name, refused


def _is_folder(endpoint: Endpoint) -> bool:
    if endpoint.url.lower().startswith(("http://", "https://")):
        return False
    return _path_of(endpoint.url).is_dir()


def _download(endpoint: Endpoint, limits: Limits) -> Raw:
    with GuardedSession(endpoint, limits) as session:
        response = session.get(endpoint.url, headers={"Accept": _ACCEPT})
        assert isinstance(response, GuardedResponse)  # the session makes no other
        return response.body


def _path_of(url: str) -> Path:
    if not url.lower().startswith("file:"):
        if "://" in url:
            raise AddressRefused("A bundle is a file, a folder, or an https address.")
        return Path(url)
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise AddressRefused("A file address must name a file on this machine.")
    return Path(unquote(parts.path))


def _content(path: Path, limits: Limits) -> Raw:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise SourceUnreachable(
                "There is something at this path that is neither a file nor a folder.", permanent=True
            )
        if about.st_size > limits.page_bytes:
            raise SourceLied(f"The file is larger than {limits.page_bytes:,} bytes.", permanent=True)
        return path.read_bytes()
    except (OSError, ValueError):
        raise SourceUnreachable("There is no file at this path that can be read.", permanent=True) from None


def _read_cursor(cursor: str | None) -> _Place:
    """Return where a cursor stands; the beginning where it cannot be read, since reading again is safe."""
    try:
        kept: Any = json.loads(cursor or "")["bundle"]
        at = kept["at"]
        return _Place(dict(kept["done"]), (str(at[0]), str(at[1]), int(at[2])) if at else None, bool(kept["finished"]))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return _Place()
