"""Pages of what was read part by part: a part is never torn, and each page holds the cursor behind its last part."""

from collections.abc import Callable, Iterable, Iterator

from feeds import documents
from feeds.contract import BadObject, FeedError, Limits, Page, StixObject

Result = StixObject | BadObject


def paged(parts: Iterable[list[Result]], written: Callable[[], str], limits: Limits) -> Iterator[Page]:
    """Yield pages; `written` returns the cursor as it stands once a part was taken from the iterator."""
    page, held = Page([], [], None), 0
    try:
        for part in parts:
            for result in part:
                documents.add(page, result)
                held += _size(result)
            if len(page.objects) + len(page.bad) >= limits.page_size or held >= documents.PAGE_BYTES:
                yield Page(page.objects, page.bad, written(), page.notes)
                page, held = Page([], [], None), 0
    except FeedError:
        # What was read before goes out first, or a slow source would begin each run at the same place.
        if page.objects or page.bad:
            yield Page(page.objects, page.bad, written(), page.notes)
        raise
    yield Page(page.objects, page.bad, written(), page.notes)


def _size(result: Result) -> int:
    if isinstance(result, BadObject):
        return len(result.raw)
    return len(result.text) + (len(result.original.content) if result.original else 0)
