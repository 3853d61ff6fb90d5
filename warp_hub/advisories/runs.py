"""One run of one source, in transactions of its own; what it wrote with a page is whole or not there."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from psycopg import errors
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feeds.contract import BadObject, FeedError, Page
from warp_hub import clock, stix
from warp_hub.advisories import quarantine, settling, sources
from warp_hub.advisories.models import Quarantined, Source, SourceRun
from warp_hub.advisories.passwords import PasswordUnreadable
from warp_hub.advisories.serving import Serving, serving_of
from warp_hub.advisories.taking_in import Outcome, take_in
from warp_hub.db import session

INTERRUPTED = "It was interrupted; the next run went on from its last page."
_MOST_NOTES = 5

log = logging.getLogger(__name__)


class Superseded(Exception):
    """Another run of this source has begun, as it may after the database was restarted under this one."""

    for_the_command_line = True


class Run:
    """One pull of one source; each verb is one transaction."""

    def __init__(self, serving: Serving, run_id: UUID) -> None:
        self.serving, self.run_id, self.outcome = serving, run_id, Outcome()
        self.notes: list[str] = []

    def take(self, page: Page) -> None:
        """Store a page with the cursor that resumes after it; what alone cannot be stored is put aside."""
        self.notes += [note for note in page.notes if note not in self.notes]
        try:
            self._store(page)
        except Superseded:
            raise
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
        with self._step():
            taken = take_in(page.objects, page.bad, self.serving, clock.now())
            values: dict[str, object] = {"cursor": page.cursor}
            if taken.stored or taken.updated:
                values["unsettled"] = True
            session.execute(update(Source).where(Source.id == self.serving.id).values(values))
            self._note_counts(self.outcome + taken)
            if taken.stored or taken.updated:
                self._note_newest(page, clock.now())
        self.outcome += taken

    def tried_again(self, rows: Collection[UUID]) -> None:
        """Forget what was asked to be tried again and is taken in now; what was refused once more stays."""
        with self._step():
            done = delete(Quarantined).where(Quarantined.id.in_(rows), Quarantined.try_again.is_(True))
            session.execute(done.execution_options(synchronize_session=False))

    def _note_newest(self, page: Page, now: datetime) -> None:
        """Remember how new the newest is that came, for the lag; what is dated ahead tells nothing."""
        present = f"{now:%Y-%m-%dT%H:%M:%S}"
        written = max((obj.modified for obj in page.objects if obj.modified and obj.modified <= present), default=None)
        newest = stix.read_timestamp(written) if written else None
        if newest is not None:
            older = (Source.newest_at.is_(None)) | (Source.newest_at < newest)
            noted = update(Source).where(Source.id == self.serving.id, older)
            session.execute(noted.values(newest_at=newest, newest_came_at=now))

    def _cursor(self) -> str | None:
        with transaction():
            return session.scalar(select(Source.cursor).where(Source.id == self.serving.id))

    def settle(self) -> None:
        """Do what is due at the end of a run, in transactions of a bearable size."""
        with self._step():
            unsettled = session.scalar(select(Source.unsettled).where(Source.id == self.serving.id))
            if unsettled and self.serving.trusted:
                settling.keep_early(self.serving)
        more = bool(unsettled)
        while more:
            with self._step():
                more = settling.settle_some(self.serving, clock.now())
                if not more:
                    session.execute(update(Source).where(Source.id == self.serving.id).values(unsettled=False))

    def ended(self) -> None:
        """Note that all went well."""
        with self._step():
            remark = " ".join(self.notes[:_MOST_NOTES])
            sources.went_well(sources.find(self.serving.id), self.outcome, remark)
            self._note_end(ok=True, outcome=remark)

    def failed(self, error: FeedError | PasswordUnreadable) -> None:
        """Note why it went no further, and when to try again."""
        permanent, retry_after = (error.permanent, error.retry_after) if isinstance(error, FeedError) else (True, None)
        with transaction():
            source = sources.find(self.serving.id)
            sources.went_wrong(source, str(error), permanent=permanent, retry_after=retry_after)
            self._note_end(ok=False, outcome=str(error))

    @contextmanager
    def _step(self) -> Iterator[None]:
        """Do one transaction, unless another run of this source has begun since we lost the lock of ours."""
        with transaction():
            ours = select(SourceRun.id).where(SourceRun.id == self.run_id, SourceRun.ended_at.is_(None))
            if session.scalar(ours.with_for_update()) is None:
                raise Superseded(f"{self.serving.name}: another run has taken over.")
            yield

    def _note_counts(self, outcome: Outcome) -> None:
        counts = {name: getattr(outcome, name) for name in Outcome.__slots__}
        session.execute(update(SourceRun).where(SourceRun.id == self.run_id).values(counts))

    def _note_end(self, *, ok: bool, outcome: str) -> None:
        ended = update(SourceRun).where(SourceRun.id == self.run_id)
        session.execute(ended.values(ok=ok, outcome=outcome, ended_at=clock.now()))


def begin(source_id: UUID) -> Run:
    """Begin a run, noting that any unended one was interrupted."""
    with transaction():
        now = clock.now()
        unended = update(SourceRun).where(SourceRun.source_id == source_id, SourceRun.ended_at.is_(None))
        session.execute(unended.values(ended_at=now, ok=False, outcome=INTERRUPTED))
        run = SourceRun(source_id=source_id, started_at=now)
        session.add(run)
        session.flush()
        return Run(serving_of(sources.find(source_id)), run.id)


@contextmanager
def transaction() -> Iterator[None]:
    """Do one step of a run whole or not at all; what the caller had not committed is given up."""
    session.rollback()
    session.expire_all()
    with session.begin():
        # Everything a pull asks for is found by an index; on tables too new for statistics the planner doubts it.
        session.execute(select(func.set_config("enable_seqscan", "off", True)))
        yield


def _is_about_the_database(error: Exception) -> bool:
    """Say whether something is wrong with the database, not with what was to be stored."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, SQLAlchemyError)
    content = (errors.DataError, errors.IntegrityError, errors.ProgramLimitExceeded)
    return error.connection_invalidated or not isinstance(error.orig, content)
