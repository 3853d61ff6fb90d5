"""What a coordinator wants tried once more: read again as it came, or fetched from its source by its id."""

from collections.abc import Generator, Sequence
from uuid import UUID

from feeds import looking_up, opening
from feeds.contract import BadObject, Endpoint, FeedError, Limits, Page, StixObject
from warp_hub.advisories import quarantine, runs
from warp_hub.advisories.quarantine import Asked
from warp_hub.advisories.runs import Run


def pages(run: Run, kind: str, endpoint: Endpoint, cursor: str | None, limits: Limits) -> Generator[Page, None, None]:
    """Yield what a coordinator wants tried once more; what is refused again stays, with its reason.

    It is let go of only once its page is stored, so that nothing is lost whenever this ends.
    """
    while rows := _next_asked(run.serving.id):
        page = Page([], [], cursor)
        for row in rows:
            for result in _judged_again(row, kind, endpoint, page, limits):
                (page.objects if isinstance(result, StixObject) else page.bad).append(result)  # type: ignore[arg-type]
        yield page
        run.tried_again([row.id for row in rows])


def _next_asked(source_id: UUID) -> Sequence[Asked]:
    with runs.transaction():
        return quarantine.asked_again(source_id)


def _judged_again(
    row: Asked, kind: str, endpoint: Endpoint, page: Page, limits: Limits
) -> Sequence[StixObject | BadObject]:
    if row.stix_id and row.fetch_again and looking_up.can_fetch(kind):
        if found := looking_up.fetch(kind, endpoint, row.stix_id, limits):
            return found
        page.notes.append(f"It does not have {row.stix_id[:100]} any more.")
        return [BadObject(row.raw, row.reason, row.stix_id)]
    try:
        return opening.again(kind, row.raw)
    except FeedError as error:
        return [BadObject(row.raw, error.sentence, row.stix_id)]
