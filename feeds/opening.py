"""The door of the connectors: the one place that knows which kind of source is read by which module."""

from collections.abc import Callable, Iterator

from feeds import bundle, taxii
from feeds.contract import STANDARD_LIMITS, Endpoint, KindNotSupported, Limits, Page, SourceLied

Pull = Callable[[Endpoint, str | None, Limits], Iterator[Page]]

KINDS = ("taxii21", "taxii20", "bundle", "csaf", "rss", "kev", "misp")

_PULLS: dict[str, Pull] = {"taxii21": taxii.pull, "bundle": bundle.pull}
_TESTS: dict[str, Callable[[Endpoint, Limits], str]] = {"taxii21": taxii.probe, "bundle": bundle.probe}


def pull(kind: str, endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield the pages of a source, oldest first, each with the cursor that resumes after it; raise FeedError alone."""
    if kind not in _PULLS:
        raise _unsupported(kind)
    return _within_patience(_PULLS[kind](endpoint, cursor, limits), limits)


def test(kind: str, endpoint: Endpoint, limits: Limits = STANDARD_LIMITS) -> str:  # noqa: PT028
    """Return one sentence about what a source offers; raise FeedError where nothing can be read."""
    if kind not in _TESTS:
        raise _unsupported(kind)
    return _TESTS[kind](endpoint, limits)


def _within_patience(pages: Iterator[Page], limits: Limits) -> Iterator[Page]:
    """Stop a source that floods us with objects we must refuse."""
    bad = 0
    for page in pages:
        yield page
        bad += len(page.bad)
        if bad > limits.max_bad_objects:
            raise SourceLied(f"More than {limits.max_bad_objects:,} objects had to be refused; the pull was stopped.")


def _unsupported(kind: str) -> KindNotSupported:
    if kind in KINDS:
        return KindNotSupported(f"Sources of the kind {kind} cannot be read; use taxii21 or bundle.")
    return KindNotSupported(f"There is no kind of source called {kind[:40]!r}; use taxii21 or bundle.")
