"""Pulling a source: page by page, each page and its cursor in one transaction of its own.

A pull that dies at any point leaves whole pages behind; the next one goes on after the last of them. This
is an edge: it owns its transactions, and what its caller has not committed is given up.
"""

import contextvars
import gc
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from uuid import UUID

from psycopg import errors
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feeds import documents, opening
from feeds.contract import STANDARD_LIMITS, BadObject, Endpoint, FeedError, Limits, Page, StixObject
from warp_hub import background, clock, db
from warp_hub.advisories import passwords, quarantine, runs, sources
from warp_hub.advisories.models import Quarantined, Source
from warp_hub.advisories.passwords import PasswordUnreadable
from warp_hub.advisories.runs import Superseded
from warp_hub.advisories.taking_in import Outcome
from warp_hub.db import session

TASK = "pull a source"
_LOCK = 0x57534F55
# No answer at all, and the codes with which a server says that it is closing or not open yet.
_GONE = frozenset({None, "08000", "08003", "08006", "57P01", "57P02", "57P03"})

Progress = Callable[[Outcome], None]


class PullFailed(Exception):
    """A pull ended before the source did; the text is one sentence, and all stored pages stay."""

    for_the_command_line = True


class AlreadyPulling(Exception):
    """Another process is pulling this source just now."""

    for_the_command_line = True


def pull_source(which: UUID | str, progress: Progress | None = None, limits: Limits = STANDARD_LIMITS) -> Outcome:
    """Pull one source to its end; raise PullFailed with one clear line, its pages so far being stored."""
    with _clear_lines():
        session.rollback()
        source = sources.find(which)
        with _alone(source):
            return _pull(source.id, progress, replace(limits, now=clock.now))


def pull_due() -> int:
    """Put one task on the queue for each source whose time has come; return how many."""
    found = sources.due(clock.now())
    for source in found:
        waiting = f"pull {source.id}"
        background.defer(session, TASK, queueing_lock=waiting, queue=background.SLOW, source_id=str(source.id))
        source.next_try_at = clock.now() + sources.interval(source)
    return len(found)


def try_source(which: UUID | str) -> str:
    """Return one sentence about what a source offers, storing nothing; raise PullFailed where nothing can be read."""
    source = sources.find(which)
    try:
        return opening.test(source.kind.value, _endpoint(source))
    except FeedError as error:
        raise PullFailed(f"{source.name}: {error.sentence}") from None


def _pull(source_id: UUID, progress: Progress | None, limits: Limits) -> Outcome:
    run = runs.begin(source_id)
    try:
        for page in _pages(source_id, limits):
            with _without_garbage_collection():
                run.take(page)
            if progress:
                progress(run.outcome)
        run.settle()
    except (FeedError, PasswordUnreadable) as error:
        run.failed(error)
        raise PullFailed(f"{run.serving.name}: {error}") from None
    except Superseded as error:
        raise AlreadyPulling(str(error)) from None
    run.ended()
    return run.outcome


def _pages(source_id: UUID, limits: Limits) -> Iterator[Page]:
    """Yield what is to be tried again, then what the source has to say."""
    with runs.transaction():
        source = sources.find(source_id)
        kind, cursor, endpoint = source.kind.value, source.cursor, _endpoint(source)
        again = _asked_again(source_id, cursor)
    if again:
        yield again
    yield from _read_ahead(opening.pull(kind, endpoint, cursor, limits))


def _read_ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield each page while the next one is being fetched and read."""
    context = contextvars.copy_context()

    def begin() -> "Future[Page | None]":
        upcoming: Future[Page | None] = Future()
        # A daemon: whoever is told to stop does not wait for a source that drips.
        threading.Thread(target=_fulfil, args=(upcoming, context, pages), name="reading ahead", daemon=True).start()
        return upcoming

    upcoming = begin()
    while (page := upcoming.result()) is not None:
        upcoming = begin()
        yield page


def _fulfil(upcoming: "Future[Page | None]", context: contextvars.Context, pages: Iterator[Page]) -> None:
    try:
        upcoming.set_result(context.run(next, pages, None))
    except BaseException as error:
        upcoming.set_exception(error)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Put off the search for cycles: a page makes none, and looking for them costs a fifth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _asked_again(source_id: UUID, cursor: str | None) -> Page | None:
    """Return what a coordinator wants tried once more; what is refused again comes back with its reason."""
    rows = quarantine.asked_again(source_id)
    page = Page([], [], cursor)
    for row in rows:
        for result in _judged_again(row):
            (page.objects if isinstance(result, StixObject) else page.bad).append(result)  # type: ignore[arg-type]
        session.delete(row)
    return page if rows else None


def _judged_again(row: Quarantined) -> list[StixObject | BadObject]:
    try:
        document = documents.open_bundle(row.raw, STANDARD_LIMITS)
        return list(documents.judge_all(document, document.pieces, STANDARD_LIMITS))
    except FeedError as error:
        return [BadObject(row.raw, error.sentence, row.stix_id)]


def _endpoint(source: Source) -> Endpoint:
    return Endpoint(
        url=source.url,
        username=source.username,
        password=passwords.reveal(source.password_sealed) if source.password_sealed else None,
        allow_private=source.allow_private,
    )


@contextmanager
def _alone(source: Source) -> Iterator[None]:
    """Be the only one who pulls this source; the lock is the connection's and dies with it."""
    key = func.pg_try_advisory_lock(_LOCK, zlib.crc32(source.id.bytes) - 2**31)
    connection = db.engine().connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        if not connection.scalar(select(key)):
            raise AlreadyPulling(f"{source.name} is being pulled already.")
        yield
    finally:
        with suppress(SQLAlchemyError):
            connection.scalar(select(func.pg_advisory_unlock_all()))
        connection.close()


@contextmanager
def _clear_lines() -> Iterator[None]:
    """Turn a fault of the database into one line; the transaction it met is undone as a whole."""
    try:
        yield
    except DBAPIError as error:
        with suppress(SQLAlchemyError):
            session.rollback()
        raise PullFailed(_sentence_of(error)) from error


def _sentence_of(error: DBAPIError) -> str:
    if isinstance(error.orig, errors.DiskFull):
        return "The disk of the database is full. What was stored before stays; make room and pull again."
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _GONE:
        return "The database went away. What was stored before stays; pull again when it is back."
    return f"The database refused a page of the source: {str(error.orig).strip().splitlines()[0]}"
