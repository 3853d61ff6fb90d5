"""TAXII 2.1 sources: all readable collections of an address, page by page."""

from collections.abc import Iterator
from urllib.parse import quote

from feeds import documents, marks, shape
from feeds.contract import (
    STANDARD_LIMITS,
    BadObject,
    Endpoint,
    Limits,
    Page,
    PageTooLarge,
    SourceBusy,
    SourceLied,
    SourceRefused,
    StixObject,
)
from feeds.directory import Found, find_collections
from feeds.http import GuardedSession
from feeds.pieces import Document
from feeds.walk import Walk, ask_for_list


def pull(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield what was added since the cursor, oldest first within each collection."""
    with GuardedSession(endpoint, limits) as session:
        places = marks.read_cursor(cursor)
        found, notes = find_collections(session, endpoint)
        for collection in found:
            for page in _pull_collection(session, collection, places):
                page.notes.extend(notes)
                notes = []
                yield page


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    with GuardedSession(endpoint, limits) as session:
        found, _ = find_collections(session, endpoint)
        ask_for_list(session, f"{found[0].url}objects/", {"limit": "1"})
    names = ", ".join(_shown(collection.title) for collection in found[:3])
    rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"TAXII 2.1 answers; {len(found)} to read: {names}{rest}."


def _pull_collection(session: GuardedSession, collection: Found, places: dict[str, str]) -> Iterator[Page]:
    """Yield the pages of one collection; where one is too large at the smallest size, go object by object."""
    walk = Walk(session, f"{collection.url}objects/", places.get(collection.path))
    size = session.limits.page_size
    try:
        for document in walk.documents():
            before, after = _move(places, collection, walk)
            results = documents.judge_all(document, document.pieces, session.limits)
            yield from documents.paged(results, size, before, after, _notes_of(walk))
    except PageTooLarge:
        walk = Walk(session, f"{collection.url}manifest/", walk.mark)
        for document in _manifest(walk):
            before, after = _move(places, collection, walk)
            results = _one_by_one(session, collection, document)
            yield from documents.paged(results, size, before, after, _notes_of(walk))


def _manifest(walk: Walk) -> Iterator[Document]:
    named = 0
    try:
        for document in walk.documents():
            named += len(document.pieces)
            yield document
    except PageTooLarge:
        named = 0
    if not named:
        raise SourceLied("The source's pages are larger than we take, and it does not list them one by one.")


def _move(places: dict[str, str], collection: Found, walk: Walk) -> tuple[str, str]:
    before = marks.write_cursor(places)
    if walk.mark:
        places[collection.path] = walk.mark
    return before, marks.write_cursor(places)


def _notes_of(walk: Walk) -> list[str]:
    notes, walk.notes = walk.notes, []
    return notes


def _one_by_one(session: GuardedSession, collection: Found, manifest: Document) -> Iterator[StixObject | BadObject]:
    """Fetch what a page of the manifest names, each by itself; one that is too large is refused by itself."""
    for piece in manifest.pieces:
        entry = None if piece.fault else manifest.data_of(piece)
        stix_id = shape.id_of(entry)
        if stix_id is None:
            yield BadObject(manifest.raw_of(piece, session.limits.object_bytes), "the manifest does not name its id")
            continue
        try:
            document, _ = ask_for_list(session, f"{collection.url}objects/{quote(stix_id)}/")
        except PageTooLarge:
            yield BadObject(b"", f"it is larger than {session.limits.page_bytes:,} bytes", stix_id)
        except SourceBusy:
            raise
        except SourceRefused:
            yield BadObject(b"", "the source lists it but does not hand it out", stix_id)
        else:
            yield from documents.judge_all(document, document.pieces, session.limits)


def _shown(title: str) -> str:
    return "".join(letter for letter in title if letter.isprintable())[:60]
