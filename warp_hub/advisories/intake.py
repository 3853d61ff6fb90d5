"""Pulling a source: page by page, each page and its cursor in one transaction of its own.

A pull that dies at any point leaves whole pages behind; the next one goes on after the last of them. This
is an edge: it owns its transactions, and what its caller has not committed is given up.
"""

import contextvars
import gc
import logging
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from uuid import UUID

from psycopg import errors
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feeds import documents, opening
from feeds.contract import STANDARD_LIMITS, BadObject, Endpoint, FeedError, Limits, Page, StixObject
from warp_hub import background, clock, db
from warp_hub.advisories import passwords, quarantine, settling, sources
from warp_hub.advisories.models import Quarantined, Source, SourceRun
from warp_hub.advisories.passwords import PasswordUnreadable
from warp_hub.advisories.serving import Serving, serving_of
from warp_hub.advisories.taking_in import Outcome, take_in
from warp_hub.db import session

TASK = "pull a source"
INTERRUPTED = "It was interrupted; the next run went on from its last page."
_LOCK = 0x57534F55
_MOST_NOTES = 5
# No answer at all, and the codes with which a server says that it is closing or not open yet.
_GONE = frozenset({None, "08000", "08003", "08006", "57P01", "57P02", "57P03"})

log = logging.getLogger(__name__)

Progress = Callable[[Outcome], None]


class PullFailed(Exception):
    """A pull ended before the source did; the text is one sentence, and all stored pages stay."""

    for_the_command_line = True


class AlreadyPulling(Exception):
    """Another process is pulling this source just now."""

    for_the_command_line = True


def pull_source(which: UUID | str, progress: Progress | None = None) -> Outcome:
    """Pull one source to its end; raise PullFailed with one clear line, its pages so far being stored."""
    with _clear_lines():
        session.rollback()
        source = sources.find(which)
        with _alone(source):
            return _pull(source.id, progress)


def pull_due() -> int:
    """Put one task on the queue for each source whose time has come; return how many."""
    found = sources.due(clock.now())
    for source in found:
        background.defer(session, TASK, queueing_lock=f"pull {source.id}", source_id=str(source.id))
        source.next_try_at = clock.now() + sources.interval(source)
    return len(found)


def try_source(which: UUID | str) -> str:
    """Return one sentence about what a source offers, storing nothing; raise PullFailed where nothing can be read."""
    source = sources.find(which)
    try:
        return opening.test(source.kind.value, _endpoint(source), _limits())
    except FeedError as error:
        raise PullFailed(f"{source.name}: {error.sentence}") from None


def _pull(source_id: UUID, progress: Progress | None) -> Outcome:
    run = _begin(source_id)
    try:
        for page in _pages(source_id):
            with _without_garbage_collection():
                run.take(page)
            if progress:
                progress(run.outcome)
        run.settle()
    except (FeedError, PasswordUnreadable) as error:
        run.failed(error)
        raise PullFailed(f"{run.serving.name}: {error}") from None
    run.ended()
    return run.outcome


class _Run:
    """One pull of one source; each verb is one transaction."""

    def __init__(self, serving: Serving, run_id: UUID) -> None:
        self.serving, self.run_id, self.outcome = serving, run_id, Outcome()
        self.notes: list[str] = []

    def take(self, page: Page) -> None:
        """Store a page with the cursor that resumes after it; what alone cannot be stored is put aside."""
        self.notes += [note for note in page.notes if note not in self.notes]
        try:
            self._store(page)
        except Exception as error:
            if _is_about_the_database(error):
                raise
            log.warning("a page of %s cannot be stored as a whole", self.serving.name, exc_info=error)
            self._take_apart(page)

    def _take_apart(self, page: Page) -> None:
        """Store a page half by half, down to the object that cannot be stored; the cursor moves with the last."""
        if len(page.objects) == 1:
            (obj,) = page.objects
            refused = BadObject(obj.text.encode(), quarantine.UNSTORABLE, obj.id)
            self._store(Page([], [*page.bad, refused], page.cursor))
            return
        middle = len(page.objects) // 2
        before = self._cursor()
        self.take(Page(page.objects[:middle], [], before))
        self.take(Page(page.objects[middle:], page.bad, page.cursor))

    def _store(self, page: Page) -> None:
        with _transaction():
            taken = take_in(page.objects, page.bad, self.serving, clock.now())
            values: dict[str, object] = {"cursor": page.cursor}
            if taken.stored or taken.updated:
                values["unsettled"] = True
            session.execute(update(Source).where(Source.id == self.serving.id).values(values))
            self._note_counts(self.outcome + taken)
        self.outcome += taken

    def _cursor(self) -> str | None:
        with _transaction():
            return session.scalar(select(Source.cursor).where(Source.id == self.serving.id))

    def settle(self) -> None:
        """Do what is due at the end of a run, in transactions of a bearable size."""
        with _transaction():
            unsettled = session.scalar(select(Source.unsettled).where(Source.id == self.serving.id))
            if unsettled and self.serving.trusted:
                settling.keep_early(self.serving)
        more = bool(unsettled)
        while more:
            with _transaction():
                more = settling.settle_some(self.serving, clock.now())
                if not more:
                    session.execute(update(Source).where(Source.id == self.serving.id).values(unsettled=False))

    def ended(self) -> None:
        """Note that all went well."""
        with _transaction():
            sources.went_well(sources.find(self.serving.id))
            self._note_end(ok=True, outcome=" ".join(self.notes[:_MOST_NOTES]))

    def failed(self, error: FeedError | PasswordUnreadable) -> None:
        """Note why it went no further, and when to try again."""
        permanent, retry_after = (error.permanent, error.retry_after) if isinstance(error, FeedError) else (True, None)
        with _transaction():
            source = sources.find(self.serving.id)
            sources.went_wrong(source, str(error), permanent=permanent, retry_after=retry_after)
            self._note_end(ok=False, outcome=str(error))

    def _note_counts(self, outcome: Outcome) -> None:
        counts = {name: getattr(outcome, name) for name in Outcome.__slots__}
        session.execute(update(SourceRun).where(SourceRun.id == self.run_id).values(counts))

    def _note_end(self, *, ok: bool, outcome: str) -> None:
        ended = update(SourceRun).where(SourceRun.id == self.run_id)
        session.execute(ended.values(ok=ok, outcome=outcome, ended_at=clock.now()))


def _begin(source_id: UUID) -> _Run:
    with _transaction():
        now = clock.now()
        unended = update(SourceRun).where(SourceRun.source_id == source_id, SourceRun.ended_at.is_(None))
        session.execute(unended.values(ended_at=now, ok=False, outcome=INTERRUPTED))
        run = SourceRun(source_id=source_id, started_at=now)
        session.add(run)
        session.flush()
        return _Run(serving_of(sources.find(source_id)), run.id)


def _pages(source_id: UUID) -> Iterator[Page]:
    """Yield what is to be tried again, then what the source has to say."""
    with _transaction():
        source = sources.find(source_id)
        kind, cursor, endpoint = source.kind.value, source.cursor, _endpoint(source)
        again = _asked_again(source_id, cursor)
    if again:
        yield again
    yield from _read_ahead(opening.pull(kind, endpoint, cursor, _limits()))


def _read_ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield each page while the next one is being fetched and read."""
    context = contextvars.copy_context()

    def read() -> Page | None:
        return context.run(lambda: next(pages, None))

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading ahead") as reader:
        upcoming = reader.submit(read)
        while (page := upcoming.result()) is not None:
            upcoming = reader.submit(read)
            yield page


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


def _limits() -> Limits:
    return replace(STANDARD_LIMITS, now=clock.now)


@contextmanager
def _transaction() -> Iterator[None]:
    session.rollback()
    session.expire_all()
    with session.begin():
        # Everything a pull asks for is found by an index; on tables too new for statistics the planner doubts it.
        session.execute(select(func.set_config("enable_seqscan", "off", True)))
        yield


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


def _is_about_the_database(error: Exception) -> bool:
    """Say whether something is wrong with the database, not with what was to be stored."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, SQLAlchemyError)
    content = (errors.DataError, errors.IntegrityError, errors.ProgramLimitExceeded)
    return error.connection_invalidated or not isinstance(error.orig, content)


def _sentence_of(error: DBAPIError) -> str:
    if isinstance(error.orig, errors.DiskFull):
        return "The disk of the database is full. What was stored before stays; make room and pull again."
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _GONE:
        return "The database went away. What was stored before stays; pull again when it is back."
    return f"The database refused a page of the source: {str(error.orig).strip().splitlines()[0]}"
