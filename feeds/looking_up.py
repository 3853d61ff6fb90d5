"""Asking a source about what it has already sent: one object by its id, and the ids of all that it still has."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

from feeds import bundle, documents, shape
from feeds.contract import BadObject, Endpoint, KindNotSupported, Limits, SourceBusy, SourceRefused, StixObject
from feeds.directory import find_collections
from feeds.http import GuardedSession
from feeds.walk import Walk, ask_for_list

Result = StixObject | BadObject
Fetch = Callable[[Endpoint, str, Limits], list[Result]]
Names = Callable[[Endpoint, Limits], Iterator[str]]


def can_fetch(kind: str) -> bool:
    """Say whether single objects can be fetched from sources of this kind."""
    return kind in _FETCHES


def can_list(kind: str) -> bool:
    """Say whether sources of this kind say what they still have."""
    return kind in _LISTS


def fetch(kind: str, endpoint: Endpoint, stix_id: str, limits: Limits) -> list[Result]:
    """Return what a source has under an id now, nothing where it has nothing; raise FeedError where it cannot say."""
    if kind not in _FETCHES:
        raise KindNotSupported("From a source of this kind no single object can be fetched.")
    return _FETCHES[kind](endpoint, stix_id, limits)


def list_ids(kind: str, endpoint: Endpoint, limits: Limits) -> Iterator[str]:
    """Yield the id of all that a source has now, some perhaps twice; raise FeedError where it cannot say."""
    if kind not in _LISTS:
        raise KindNotSupported("A source of this kind does not say what it still has.")
    return _LISTS[kind](endpoint, limits)


def _fetch_over_taxii(endpoint: Endpoint, stix_id: str, limits: Limits) -> list[Result]:
    found: list[Result] = []
    with GuardedSession(endpoint, limits) as session:
        collections, _ = find_collections(session, endpoint)
        for collection in collections:
            try:
                document, _ = ask_for_list(session, f"{collection.url}objects/{quote(stix_id, safe='')}/")
            except SourceBusy:
                raise
            except SourceRefused:
                continue  # it is not in this collection
            found += documents.judge_all(document, document.pieces, limits)
    return found


def _list_over_taxii(endpoint: Endpoint, limits: Limits) -> Iterator[str]:
    with GuardedSession(endpoint, limits) as session:
        collections, _ = find_collections(session, endpoint)
        for collection in collections:
            for document in Walk(session, f"{collection.url}manifest/", None).documents():
                for piece in document.pieces:
                    name = None if piece.fault else shape.id_of(document.data_of(piece))
                    if name is not None:
                        yield name


def _list_in_bundle(endpoint: Endpoint, limits: Limits) -> Iterator[str]:
    for page in bundle.pull(endpoint, None, limits):
        yield from (obj.id for obj in page.objects)
        yield from (bad.stix_id for bad in page.bad if bad.stix_id)


_FETCHES: dict[str, Fetch] = {"taxii21": _fetch_over_taxii}
_LISTS: dict[str, Names] = {"taxii21": _list_over_taxii, "bundle": _list_in_bundle}
