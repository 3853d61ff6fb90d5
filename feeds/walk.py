"""Walking the pages of one TAXII list to its end, and stopping where the server leads in circles."""

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from feeds import documents, marks
from feeds.contract import Limits, NotStix, PageTooLarge, SourceBusy, SourceLied, SourceRefused
from feeds.exchange import GuardedResponse
from feeds.http import GuardedSession
from feeds.pieces import Document

ACCEPT = "application/taxii+json;version=2.1"

_LONGEST_NEXT = 2048
_EMPTY_PAGES = 3
_ENVELOPE = frozenset({"objects", "more", "next"})
_JSON = frozenset({"application/taxii+json", "application/stix+json", "application/json"})


def ask(session: GuardedSession, url: str, params: dict[str, str] | None = None) -> GuardedResponse:
    """Return the answer to one TAXII request, its media type checked."""
    response = session.fetch(url, ACCEPT, params)
    _check_media_type(response.headers.get("Content-Type") or "")
    return response


def ask_for_list(
    session: GuardedSession, url: str, params: dict[str, str] | None = None
) -> tuple[Document, GuardedResponse]:
    """Return a list of objects; one that cannot be read is asked for a second time."""
    response = ask(session, url, params)
    with contextlib.suppress(NotStix):
        return _list_of(response, session.limits)
    return _list_of(ask(session, url, params), session.limits)


class Walk:
    """One pass over one list; `mark` is the newest date added that the server has shown, word for word."""

    def __init__(self, session: GuardedSession, url: str, mark: str | None) -> None:
        self.mark = mark
        self.notes: list[str] = []
        self._session, self._url = session, url
        self._limits: Limits = session.limits
        self._size = self._limits.page_size
        self._tolerance = timedelta(seconds=self._limits.overlap)
        if mark:
            self.mark = marks.believable(mark, None, self._limits.now(), self._tolerance)
            if self.mark != mark:
                self._note("The stored place lies in the future; it was set back to the present.")
        self._after = marks.shifted(self.mark, self._tolerance) if self.mark else None
        self._next: str | None = None
        self._seen: set[bytes] = set()
        self._asked = self._empty = 0
        self._skipped_ties = False
        self._last_shown: str | None = None

    def documents(self) -> Iterator[Document]:
        """Yield each page once; raise SourceLied after the last good one where the server breaks the rules."""
        more = True
        while more:
            answer = self._fetch()
            if answer is None:
                continue
            document, response = answer
            self._read_mark(response)
            repeated = self._is_repeated(document)
            if repeated and self._next:
                raise SourceLied("The source keeps sending the same page; the pull was stopped.")
            if not repeated:
                yield document
            more = self._step(document)
        if self._skipped_ties:
            raise SourceLied("The source holds more objects of one moment than it lets us read; some were not read.")

    def _fetch(self) -> tuple[Document, GuardedResponse] | None:
        """Ask for the next page; return None where it has to be asked for in another way."""
        self._asked += 1
        if self._asked > self._limits.max_pages:
            raise SourceLied("The source sends pages without end; the pull was stopped.")
        params = {"limit": str(self._size), "added_after": self._after, "next": self._next}
        try:
            return ask_for_list(self._session, self._url, {key: value for key, value in params.items() if value})
        except PageTooLarge:
            if self._size <= self._limits.smallest_page:
                raise
            self._size = max(self._limits.smallest_page, self._size // 2)
            self._leave_next()
        except SourceRefused as refused:
            if isinstance(refused, SourceBusy) or not (self._next and self._last_shown):
                raise
            self._leave_next()
        return None

    def _leave_next(self) -> None:
        """Go on by date where `next` does not serve: a `next` belongs to the request it came from."""
        self._next = None
        if self._last_shown and self.mark:
            self._after = marks.just_before(self.mark)

    def _read_mark(self, response: GuardedResponse) -> None:
        shown = response.headers.get("X-TAXII-Date-Added-Last")
        if not marks.is_mark(shown) or shown is None:
            return
        mark = marks.believable(shown, response.headers.get("Date"), self._limits.now(), self._tolerance)
        if mark != shown:
            self._note("The source dates its objects in the future; its place was set back to the present.")
        if self._last_shown and marks.is_later(self._last_shown, mark):
            self._note("The source's dates go backwards from page to page.")
        if marks.is_later(mark, self.mark):
            self.mark = mark
        self._last_shown = mark

    def _is_repeated(self, document: Document) -> bool:
        if not document.pieces:
            return False
        digest = hashlib.blake2b(digest_size=16)
        for piece in document.pieces:
            data: Any = None if piece.fault else document.data_of(piece)
            if isinstance(data, dict) and "id" in data:
                version = repr((data["id"], data.get("modified"), data.get("version")))
                digest.update(version.encode("utf-8", "surrogatepass"))
            else:
                digest.update(document.raw_of(piece))
        repeated = digest.digest() in self._seen
        self._seen.add(digest.digest())
        return repeated

    def _step(self, document: Document) -> bool:
        """Set what to ask for next; return whether there is more."""
        if document.envelope.get("more") is not True:
            return False
        self._empty = 0 if document.pieces else self._empty + 1
        if self._empty > _EMPTY_PAGES:
            raise SourceLied("The source says there is more, but sends empty pages; the pull was stopped.")
        token = document.envelope.get("next")
        if isinstance(token, str) and 0 < len(token) <= _LONGEST_NEXT:
            self._next = token
            return True
        self._next = None
        self._step_by_date()
        return True

    def _step_by_date(self) -> None:
        if self.mark is None or self._last_shown is None:
            raise SourceLied("The source says there is more, but not how to ask for it; the pull was stopped.")
        before = marks.just_before(self.mark)
        if marks.is_later(before, self._after):
            self._after = before
        elif marks.is_later(self.mark, self._after):
            self._after, self._skipped_ties = self.mark, True
        else:
            raise SourceLied("The source says there is more, but never gets further; the pull was stopped.")

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def _list_of(response: GuardedResponse, limits: Limits) -> tuple[Document, GuardedResponse]:
    document = documents.open_document(response.body, limits)
    if not document.has_list and document.envelope and not _ENVELOPE & document.envelope.keys():
        raise NotStix("The source's answer is not a TAXII list of objects.")
    return document, response


def _check_media_type(written: str) -> None:
    kind, *parameters = (part.strip() for part in written.lower().split(";"))
    if kind in ("text/html", "application/xhtml+xml"):
        raise NotStix("The source sent a web page instead of TAXII.")
    if kind in ("application/vnd.oasis.taxii+json", "application/vnd.oasis.stix+json"):
        raise NotStix("The source speaks TAXII 2.0, not 2.1.")
    version = next(
        (value.split("=", 1)[1] for value in parameters if value.replace(" ", "").startswith("version=")), ""
    )
    if kind not in _JSON or (kind == "application/taxii+json" and version.strip(' "') not in ("", "2.1")):
        raise NotStix("The source answers, but not in TAXII 2.1.")
