"""The door of the connectors: the one place that knows which kind of source is read by which module."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from feeds import bundle, csaf, kev, misp, rss, taxii, taxii20
from feeds.contract import (
    MEBIBYTE,
    STANDARD_LIMITS,
    BadObject,
    Endpoint,
    KindNotSupported,
    Limits,
    NotStix,
    Page,
    SourceLied,
    StixObject,
)
from feeds.http import GuardedSession
from feeds.strict_json import Raw

KINDS = ("taxii21", "taxii20", "bundle", "csaf", "rss", "kev", "misp")
# Somebody waits for it at a page.
ONE_DOCUMENT = Limits(read=10, page=20, run=20, page_bytes=4 * MEBIBYTE, tries=1)


class _Connector(NamedTuple):
    pull: Callable[[Endpoint, str | None, Limits], Iterator[Page]]
    probe: Callable[[Endpoint, Limits], str]
    again: Callable[[Raw, Limits], list[StixObject | BadObject]]


_CONNECTORS = {
    "taxii21": _Connector(taxii.pull, taxii.probe, bundle.again),
    "taxii20": _Connector(taxii20.pull, taxii20.probe, taxii20.again),
    "bundle": _Connector(bundle.pull, bundle.probe, bundle.again),
    "csaf": _Connector(csaf.pull, csaf.probe, csaf.again),
    "rss": _Connector(rss.pull, rss.probe, rss.again),
    "kev": _Connector(kev.pull, kev.probe, kev.again),
    "misp": _Connector(misp.pull, misp.probe, misp.again),
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One document from the web: what its server calls it, its bytes, and the address asked."""

    media_type: str
    body: bytes
    url: str


def pull(kind: str, endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield the pages of a source, oldest first, each with the cursor that resumes after it; raise FeedError alone."""
    return _within_patience(_connector(kind).pull(endpoint, cursor, limits), limits)


def test(kind: str, endpoint: Endpoint, limits: Limits = STANDARD_LIMITS) -> str:  # noqa: PT028
    """Return one sentence about what a source offers; raise FeedError where nothing can be read."""
    return _connector(kind).probe(endpoint, limits)


def readable() -> tuple[str, ...]:
    """Return the kinds of sources that can be read."""
    return tuple(_CONNECTORS)


def again(kind: str, raw: Raw, limits: Limits = STANDARD_LIMITS) -> list[StixObject | BadObject]:
    """Return what comes of something that was refused before, read once more; raise FeedError where nothing does."""
    return _connector(kind).again(raw, limits)


def fetch(
    url: str, *, media_types: Collection[str], limits: Limits = ONE_DOCUMENT, allow_private: bool = False
) -> Fetched:
    """Return one document over the guarded caller; raise FeedError where it cannot be had or is of another type."""
    with GuardedSession(Endpoint(url, allow_private=allow_private), limits) as session:
        answer = session.fetch(url, ", ".join(media_types))
    media_type = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        raise NotStix("There is something at this address, but not of a kind that we read.")
    return Fetched(media_type, bytes(answer.body), url)


def _within_patience(pages: Iterator[Page], limits: Limits) -> Iterator[Page]:
    """Stop a source that floods us with objects we must refuse."""
    bad = 0
    for page in pages:
        yield page
        bad += len(page.bad)
        if bad > limits.max_bad_objects:
            raise SourceLied(f"More than {limits.max_bad_objects:,} objects had to be refused; the pull was stopped.")


def _connector(kind: str) -> _Connector:
    if kind in _CONNECTORS:
        return _CONNECTORS[kind]
    offered = f"{', '.join(list(_CONNECTORS)[:-1])} or {list(_CONNECTORS)[-1]}"
    if kind in KINDS:
        raise KindNotSupported(f"Sources of the kind {kind} cannot be read; use {offered}.")
    raise KindNotSupported(f"There is no kind of source called {kind[:40]!r}; use {offered}.")
