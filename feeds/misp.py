"""MISP feeds: a folder here or on the web with a manifest.json and a document for each event.

The manifest says which event changed and when; only those are read. Each becomes a warning with what stands behind it.
"""

from collections.abc import Iterator

from feeds import documents, misp_event
from feeds.contract import (
    STANDARD_LIMITS,
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
from feeds.misp_shelf import Entry, Shelf
from feeds.portions import Result, paged
from feeds.remembered import Remembered
from feeds.strict_json import Raw

_REMEMBERED = 20_000
# So many events in a row that cannot be had mean that the source is down.
_PATIENCE = 3


def pull(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield the events that are new or changed since the cursor, oldest first."""
    place = Remembered("misp", cursor, _REMEMBERED, limits)
    return paged(_parts(endpoint, place, limits), place.written, limits)


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    with Shelf(endpoint, limits) as shelf:
        entries, _ = shelf.entries()
        if entries:
            misp_event.opened(shelf.read(entries[-1].uuid))
    return f"A MISP feed with {len(entries):,} event{'' if len(entries) == 1 else 's'} to read."


def again(raw: Raw, limits: Limits) -> list[StixObject | BadObject]:
    """Return what comes of an event that was refused before."""
    event = misp_event.opened(raw)
    return _judged(event, raw, misp_event.dated(event), limits)


def _parts(endpoint: Endpoint, place: Remembered, limits: Limits) -> Iterator[list[Result]]:
    with Shelf(endpoint, limits) as shelf:
        entries, bad = shelf.entries()
        yield [*bad]
        lost = 0
        for entry in (each for each in entries if not place.has(each.uuid, each.told)):
            try:
                raw = shelf.read(entry.uuid)
            except RunTooLong:
                raise
            except FeedError as fault:
                # It is not taken, and so it is asked for again the next time.
                lost = 0 if fault.permanent or isinstance(fault, NotForUs) else lost + 1
                if lost >= _PATIENCE:
                    raise
                yield [] if lost else [BadObject(entry.told[: limits.object_bytes], fault.sentence)]
            else:
                lost = 0
                yield _of_entry(entry, raw, place, limits)


def _of_entry(entry: Entry, raw: Raw, place: Remembered, limits: Limits) -> list[Result]:
    """Return what comes of an event, and remember it; one that cannot be read costs only itself."""
    try:
        event = misp_event.opened(raw)
    except NotStix as fault:
        place.version(entry.uuid, entry.told, entry.dated)
        return [BadObject(bytes(raw[: limits.object_bytes]), fault.sentence)]
    version = place.version(entry.uuid, entry.told, misp_event.dated(event) or entry.dated)
    if misp_event.uuid_of(event) not in ("", entry.uuid):
        return [BadObject(bytes(raw[: limits.object_bytes]), "it is another event than the list says")]
    return _judged(event, raw, version, limits)


def _judged(event: misp_event.Json, raw: Raw, version: str | None, limits: Limits) -> list[Result]:
    try:
        return misp_event.objects_of(event, raw, version, limits)
    except documents.Refused as refused:
        return [BadObject(bytes(raw[: limits.object_bytes]), str(refused))]
