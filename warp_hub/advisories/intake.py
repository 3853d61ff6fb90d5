"""Pulling a source: page by page, each page and its cursor in one transaction of its own.

A pull that dies at any point leaves whole pages behind; the next one goes on after the last of them. This
is an edge: it owns its transactions, and what its caller has not committed is given up.
"""

import contextvars
import gc
import threading
import zlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from uuid import UUID

from psycopg import errors
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feeds import opening
from feeds.contract import STANDARD_LIMITS, FeedError, Limits, Page
from warp_hub import background, clock, db
from warp_hub.advisories import endpoints, runs, sources, trying_again
from warp_hub.advisories.endpoints import Access
from warp_hub.advisories.models import Source
from warp_hub.advisories.passwords import PasswordUnreadable
from warp_hub.advisories.runs import Run, Superseded
from warp_hub.advisories.taking_in import Outcome
from warp_hub.db import session

TASK = "pull a source"
_LOCK = 0x57534F55
# No answer at all, and the codes with which a server says that it is closing or not open yet.
_GONE = frozenset({None, "08000", "08003", "08006", "57P01", "57P02", "57P03"})

# A page that somebody waits for: one try, and an end after seconds whatever the source does.
SHORT_LIMITS = replace(STANDARD_LIMITS, connect=3.0, read=5.0, page=8.0, run=10.0, tries=1)

Progress = Callable[[Outcome], None]


class PullFailed(Exception):
    """A pull ended before the source did; the text is one sentence, and all stored pages stay."""

    for_the_command_line = True


class AlreadyPulling(Exception):
    """Another process is pulling this source just now."""

    for_the_command_line = True


def pull_source(which: UUID | str, progress: Progress | None = None, limits: Limits = STANDARD_LIMITS) -> Outcome:
    """Pull one source to its end; raise PullFailed with one clear line, its pages so far being stored."""
    with clear_lines():
        session.rollback()
        source = sources.find(which)
        with alone(source):
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
        return try_out(source.kind.value, endpoints.access_of(source), STANDARD_LIMITS)
    except FeedError as error:
        raise PullFailed(f"{source.name}: {error.sentence}") from None


def try_out(kind: str, access: Access, limits: Limits = SHORT_LIMITS) -> str:
    """Return one sentence about what would be read there, within the patience of a page; raise FeedError."""
    with endpoints.opened(access) as endpoint:
        return opening.test(kind, endpoint, limits)


def _pull(source_id: UUID, progress: Progress | None, limits: Limits) -> Outcome:
    run = runs.begin(source_id)
    try:
        with closing(_pages(run, limits)) as pages:
            for page in pages:
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


def _pages(run: Run, limits: Limits) -> Generator[Page, None, None]:
    """Yield what is to be tried again, then what the source has to say."""
    with runs.transaction():
        source = sources.find(run.serving.id)
        kind, cursor, access = source.kind.value, source.cursor, endpoints.access_of(source)
    with endpoints.opened(access) as endpoint:
        yield from trying_again.pages(run, kind, endpoint, cursor, limits)
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


@contextmanager
def alone(source: Source) -> Iterator[None]:
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
def clear_lines() -> Iterator[None]:
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
