"""CSAF: one document, a folder of them, or a publisher's ROLIE feed, whose documents lie at the same place."""

from collections.abc import Iterator
from typing import Any

from feeds import csaf_document, rolie
from feeds.addresses import origin_of
from feeds.contract import (
    MEBIBYTE,
    STANDARD_LIMITS,
    AddressRefused,
    BadObject,
    Endpoint,
    FeedError,
    Limits,
    NotForUs,
    NotStix,
    Page,
    RunTooLong,
    StixObject,
)
from feeds.csaf_place import Place
from feeds.files import File, Wanted, files_of, is_web
from feeds.http import GuardedSession
from feeds.portions import Result, paged
from feeds.rolie import Entry
from feeds.strict_json import Raw

_WANTED = Wanted(frozenset({".json"}), "application/json, */*;q=0.1", "CSAF", deep=True)
_LARGEST_FEED = 16 * MEBIBYTE
# So many documents in a row that cannot be had mean that the source is down.
_PATIENCE = 3


def pull(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield what comes of each document that is new or changed since the cursor."""
    place = Place(cursor, limits)
    read = _read_web if is_web(endpoint.url) else _read_files
    return paged(read(endpoint, place, limits), place.written, limits)


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    if is_web(endpoint.url):
        with GuardedSession(endpoint, limits) as session:
            raw = session.fetch(endpoint.url, _WANTED.accept).body
        return _told_of(raw, endpoint.url, limits)
    found, refused = 0, None
    for file in files_of(endpoint, limits, _WANTED):
        try:
            csaf_document.read(file.read(), limits)
            found += 1
        except FeedError as fault:
            refused = fault
    if not found and refused:
        raise refused
    return f"{found:,} CSAF document{'' if found == 1 else 's'} to read."


def _told_of(raw: Raw, url: str, limits: Limits) -> str:
    data = _opened(raw)
    if "feed" in data:
        return f"A ROLIE feed with {len(rolie.entries_of(data, url, limits)[0]):,} CSAF documents."
    csaf_document.read(raw, limits)
    return "1 CSAF document to read."


def again(raw: Raw, limits: Limits) -> list[StixObject | BadObject]:
    """Return what comes of a document that was refused before."""
    return csaf_document.read(raw, limits)


def _read_files(endpoint: Endpoint, place: Place, limits: Limits) -> Iterator[list[Result]]:
    for file in files_of(endpoint, limits, _WANTED):
        if place.has_file(file.name, file.seen):
            continue
        part = _of_file(file, limits)
        place.take_file(file.name, file.seen)
        yield part


def _of_file(file: File, limits: Limits) -> list[Result]:
    """Return what comes of a file; one in a folder costs only itself."""
    try:
        results = csaf_document.read(file.read(), limits)
    except FeedError as refused:
        if not file.in_folder:
            raise
        return [BadObject(bytes(file.raw[: limits.object_bytes]), f"{file.name}: {refused.sentence}")]
    return [_named(file, each) for each in results]


def _named(file: File, result: Result) -> Result:
    if file.in_folder and isinstance(result, BadObject):
        return BadObject(result.raw, f"{file.name}: {result.reason}", result.stix_id)
    return result


def _read_web(endpoint: Endpoint, place: Place, limits: Limits) -> Iterator[list[Result]]:
    with GuardedSession(endpoint, limits) as session:
        raw = session.fetch(endpoint.url, _WANTED.accept).body
        data = _opened(raw)
        if "feed" in data:
            yield from _read_feed(session, data, endpoint, place, limits)
        else:
            seen = File("", raw).seen
            if not place.has_file("", seen):
                part = csaf_document.read(raw, limits)
                place.take_file("", seen)
                yield part


def _opened(raw: Raw) -> dict[str, Any]:
    data = csaf_document.parsed(raw, _LARGEST_FEED)
    if "distributions" in data and "document" not in data:
        raise NotStix("This describes a publisher of CSAF: enter the address of one of its ROLIE feeds.")
    return data


def _read_feed(
    session: GuardedSession, data: dict[str, object], endpoint: Endpoint, place: Place, limits: Limits
) -> Iterator[list[Result]]:
    entries, bad = rolie.entries_of(data, endpoint.url, limits)
    yield [*bad]
    lost = 0
    for entry in (each for each in entries if not place.has_entry(each.key, each.updated)):
        try:
            part = _of_entry(session, entry, endpoint, limits)
        except RunTooLong:
            raise
        except NotForUs as fault:
            place.miss_entry(entry.key)
            yield [BadObject(entry.raw[: limits.object_bytes], fault.sentence)]
        except FeedError:
            lost += 1
            if lost >= _PATIENCE:
                raise
            place.miss_entry(entry.key)
        else:
            lost = 0
            place.take_entry(entry.key, entry.updated)
            yield part


def _of_entry(session: GuardedSession, entry: Entry, endpoint: Endpoint, limits: Limits) -> list[Result]:
    """Return what comes of an entry's document; raise FeedError where it may be had another time."""
    try:
        if origin_of(entry.src) != origin_of(endpoint.url):
            raise AddressRefused("Its document lies on another host, to which we send no request.")
        raw = session.fetch(entry.src, _WANTED.accept).body
    except FeedError as fault:
        if not fault.permanent or isinstance(fault, NotForUs):
            raise
        return [BadObject(entry.raw[: limits.object_bytes], fault.sentence)]
    try:
        return csaf_document.read(raw, limits)
    except NotStix as fault:
        return [BadObject(bytes(raw[: limits.object_bytes]), fault.sentence)]
