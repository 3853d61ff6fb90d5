"""What stays of those who left: their words, as of "a member"; nothing says any more whose they were."""

from uuid import UUID

from sqlalchemy import update

from warp_hub.db import session
from warp_hub.discussions.models import Question, Reply

_NOBODY = {"author": None, "name": None, "organisation": None}


def take_names_out(person_id: UUID) -> int:
    """Take the name off what somebody asked and replied under it; return of how many. Called by the worker."""
    changed = 0
    for of in (Question, Reply):
        theirs = update(of).where(of.author == person_id).values(**_NOBODY)
        done = session.execute(theirs.execution_options(synchronize_session=False))
        changed += int(done.rowcount)  # type: ignore[attr-defined]
    return changed
