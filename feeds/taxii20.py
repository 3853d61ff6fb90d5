"""TAXII 2.0 sources: media types of their own, bundles instead of envelopes, pages by Range instead of by `next`."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from feeds import bundle, documents, marks
from feeds.addresses import origin_of
from feeds.contract import (
    AddressRefused,
    Endpoint,
    Limits,
    NotStix,
    Page,
    PageTooLarge,
    SourceBusy,
    SourceLied,
    SourceRefused,
)
from feeds.exchange import GuardedResponse
from feeds.http import GuardedSession
from feeds.pieces import Document

TAXII = "application/vnd.oasis.taxii+json; version=2.0"
STIX = "application/vnd.oasis.stix+json; version=2.0"
_READ = frozenset({"application/vnd.oasis.taxii+json", "application/vnd.oasis.stix+json", "application/json"})
_COLLECTION = re.compile(r"(?P<itself>.*/collections/[^/]+/)((objects|manifest)/)?")
_LISTING = re.compile(r"(?P<root>.*/)collections/")
_PLAIN_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,200}")
_RANGE = re.compile(r"items[ =](\d{1,12})-(\d{1,12})/(\d{1,12}|\*)")

again = bundle.again


def pull(endpoint: Endpoint, cursor: str | None, limits: Limits) -> Iterator[Page]:
    """Yield what was added since the cursor, oldest first within each collection."""
    with GuardedSession(endpoint, limits) as session:
        places = marks.read_cursor(cursor)
        for url, _ in _collections(session, endpoint):
            yield from _pull_collection(session, url, places)


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    with GuardedSession(endpoint, limits) as session:
        found = _collections(session, endpoint)
        next(_Walk(session, f"{found[0][0]}objects/", None, size=1).documents(), None)
    names = ", ".join("".join(letter for letter in title if letter.isprintable())[:60] for _, title in found[:3])
    rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"TAXII 2.0 answers; {len(found)} to read: {names}{rest}."


def _pull_collection(session: GuardedSession, url: str, places: dict[str, str]) -> Iterator[Page]:
    path = urlsplit(url).path
    walk = _Walk(session, f"{url}objects/", places.get(path))
    for document in walk.documents():
        before = marks.write_cursor(places)
        if walk.mark:
            places[path] = walk.mark
        notes, walk.notes = walk.notes, []
        results = documents.judge_all(document, document.pieces, session.limits)
        yield from documents.paged(results, session.limits.page_size, before, marks.write_cursor(places), notes)


class _Walk:
    """One pass over one collection; `mark` is the newest date added that the server has shown, word for word."""

    def __init__(self, session: GuardedSession, url: str, mark: str | None, size: int | None = None) -> None:
        self.mark, self.notes = mark, list[str]()
        self._session, self._url, self._limits = session, url, session.limits
        self._tolerance = timedelta(seconds=session.limits.overlap)
        if mark:
            self.mark = marks.believable(mark, None, self._limits.now(), self._tolerance)
        self._after = marks.shifted(self.mark, self._tolerance) if self.mark else None
        self._size = size or self._limits.page_size
        self._sign = "="

    def documents(self) -> Iterator[Document]:
        """Yield each page once; raise SourceLied after the last good one where the server breaks the rules."""
        start, seen = 0, set[bytes]()
        for _ in range(self._limits.max_pages):
            response = self._page(start)
            if response is None:
                return
            document = documents.open_bundle(response.body, self._limits)
            digest = hashlib.blake2b(response.body, digest_size=16).digest()
            if document.pieces and digest in seen:
                raise SourceLied("The source keeps sending the same page; the pull was stopped.")
            seen.add(digest)
            self._read_mark(response)
            yield document
            start += len(document.pieces)
            if _is_last(response, document, start):
                return
        raise SourceLied("The source sends pages without end; the pull was stopped.")

    def _page(self, start: int) -> GuardedResponse | None:
        """Return what stands at a place; None behind the end, where servers that do not say it refuse."""
        while True:
            wanted = f"items{self._sign}{start}-{start + self._size - 1}"
            try:
                return _ask(self._session, self._url, STIX, self._after, Range=wanted)
            except PageTooLarge:
                if self._size <= self._limits.smallest_page:
                    raise
                self._size = max(self._limits.smallest_page, self._size // 2)
            except SourceRefused as refused:
                if isinstance(refused, SourceBusy):
                    raise
                if start:
                    return None
                if self._sign == " ":
                    raise
                self._sign = " "  # the grammar of HTTP has an equals sign there, the examples of the standard have none

    def _read_mark(self, response: GuardedResponse) -> None:
        shown = response.headers.get("X-TAXII-Date-Added-Last")
        if shown is None or not marks.is_mark(shown):
            return
        mark = marks.believable(shown, response.headers.get("Date"), self._limits.now(), self._tolerance)
        if mark != shown:
            self.notes = ["The source dates its objects in the future; its place was set back to the present."]
        if marks.is_later(mark, self.mark):
            self.mark = mark


def _is_last(response: GuardedResponse, document: Document, behind: int) -> bool:
    if response.status_code != 206 or not document.pieces:
        return True
    said = _RANGE.fullmatch((response.headers.get("Content-Range") or "").strip())
    return bool(said and said[3] != "*" and behind >= int(said[3]))


def _collections(session: GuardedSession, endpoint: Endpoint) -> list[tuple[str, str]]:
    """Return address and title of each collection to read; raise where there is none."""
    url = endpoint.url if endpoint.url.endswith("/") else f"{endpoint.url}/"
    if urlsplit(url).query or urlsplit(url).fragment:
        raise AddressRefused("The address of a TAXII source has no ? or # in it.")
    one, listing = _COLLECTION.fullmatch(url), _LISTING.fullmatch(url)
    try:
        if one:
            listed = [(one["itself"], _resource(session, one["itself"]))]
        else:
            roots = [listing["root"]] if listing else _roots(session, url)
            listed = [found for root in roots for found in _listed(session, root)]
        found = [(place, str(about["title"]), about) for place, about in listed if about["can_read"] is True]
    except (TypeError, KeyError, AttributeError, ValueError):
        raise SourceLied("The source's list of what it offers is not proper TAXII 2.0.") from None
    wanted = set(endpoint.collections or ())
    chosen = [(place, title) for place, title, about in found if one or not wanted or wanted & {about["id"], title}]
    if not chosen:
        raise SourceRefused("The source offers no collection that we may read and want.", permanent=True)
    return chosen


def _roots(session: GuardedSession, url: str) -> list[str]:
    about = _resource(session, url)
    if "api_roots" not in about:
        return [url]
    home = origin_of(url)
    roots = [urljoin(url, str(root)) for root in about["api_roots"]]
    own = [root if root.endswith("/") else f"{root}/" for root in roots if origin_of(root) == home]
    if not own:
        raise SourceLied("The source points outside its own address: enter the address of its API root itself.")
    return own


def _listed(session: GuardedSession, root: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for about in _resource(session, f"{root}collections/").get("collections", []):
        if _PLAIN_NAME.fullmatch(about["id"]):
            yield f"{root}collections/{about['id']}/", about


def _resource(session: GuardedSession, url: str) -> dict[str, Any]:
    about = _ask(session, url, TAXII).json()
    if not isinstance(about, dict):
        raise TypeError(about)
    return about


def _ask(
    session: GuardedSession, url: str, accept: str, added_after: str | None = None, **headers: str
) -> GuardedResponse:
    params = {"added_after": added_after} if added_after else None
    response: Any = session.get(url, headers={"Accept": accept, **headers}, params=params)
    answer: GuardedResponse = response
    if (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower() not in _READ:
        raise NotStix("The source does not answer in TAXII 2.0.")
    return answer
