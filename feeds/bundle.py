"""STIX bundles: a file, a folder of files, or one web address."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from feeds import documents, shape
from feeds.contract import STANDARD_LIMITS, BadObject, Endpoint, FeedError, Limits, Page, StixObject
from feeds.files import File, files_of
from feeds.pieces import Document
from feeds.strict_json import Raw
from feeds.window import Piece


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
    counts: list[int] = []
    refused: list[FeedError] = []
    for file in files_of(endpoint, limits):
        try:
            counts.append(len(file.opened(limits).pieces))
        except FeedError as fault:
            refused.append(fault)
    if not counts:
        raise refused[0]
    unread = f"; {len(refused)} more cannot be read" if refused else ""
    return f"{len(counts)} bundle{'' if len(counts) == 1 else 's'} with {sum(counts):,} objects to read{unread}."


def again(raw: Raw, limits: Limits) -> list[StixObject | BadObject]:
    """Return what comes of an object or a bundle that was refused before."""
    document = documents.open_bundle(raw, limits)
    return list(documents.judge_all(document, document.pieces, limits))


def _pull(endpoint: Endpoint, place: _Place, limits: Limits) -> Iterator[Page]:
    place.finished = False
    for file in files_of(endpoint, limits):
        if place.done.get(file.name) == file.seen:
            continue
        try:
            document = file.opened(limits)
        except FeedError as refused:
            if not file.in_folder:
                raise
            place.done[file.name] = file.seen
            bad = BadObject(bytes(file.raw[: limits.object_bytes]), f"{file.name}: {refused.sentence}")
            yield Page([], [bad], place.written())
        else:
            yield from _pages_of(file, document, place, limits)
    place.finished, place.under_way = True, None
    yield Page([], [], place.written())


def _pages_of(file: File, document: Document, place: _Place, limits: Limits) -> Iterator[Page]:
    pieces = sorted(document.pieces, key=lambda piece: _age(document, piece))
    taken = place.under_way[2] if place.under_way and place.under_way[:2] == (file.name, file.seen) else 0
    for end, members in _portions(pieces, max(taken, 0), limits.page_size):
        page = Page([], [], None)
        for result in documents.judge_all(document, members, limits):
            documents.add(page, _named(file, result))
        place.under_way = (file.name, file.seen, end)
        if end >= len(pieces):
            place.done[file.name], place.under_way = file.seen, None
        yield Page(page.objects, page.bad, place.written(), page.notes)
    place.done[file.name], place.under_way = file.seen, None


def _portions(pieces: list[Piece], start: int, size: int) -> Iterator[tuple[int, list[Piece]]]:
    """Yield the pieces from `start` on in portions of a page each, with the place behind each portion."""
    portion: list[Piece] = []
    held = 0
    for place, piece in enumerate(pieces[start:], start):
        portion.append(piece)
        held += piece.end - piece.start
        if len(portion) >= size or held >= documents.PAGE_BYTES:
            yield place + 1, portion
            portion, held = [], 0
    if portion:
        yield len(pieces), portion


def _named(file: File, result: StixObject | BadObject) -> StixObject | BadObject:
    if file.in_folder and isinstance(result, BadObject):
        return BadObject(result.raw, f"{file.name}: {result.reason}", result.stix_id)
    return result


def _age(document: Document, piece: Piece) -> str:
    """Return what sorts a piece among the others: what has no time of its own comes first."""
    data = None if piece.fault else document.data_of(piece)
    if not isinstance(data, dict):
        return ""
    moment = data.get("modified") or data.get("created")
    return shape.sortable(moment) if isinstance(moment, str) else ""


def _read_cursor(cursor: str | None) -> _Place:
    """Return where a cursor stands; the beginning where it cannot be read, since reading again is safe."""
    try:
        kept: Any = json.loads(cursor or "")["bundle"]
        at = kept["at"]
        return _Place(dict(kept["done"]), (str(at[0]), str(at[1]), int(at[2])) if at else None, bool(kept["finished"]))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return _Place()
