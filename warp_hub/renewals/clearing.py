"""What lies about of somebody who has left, cleared up by the worker: at once, and each night for whom that missed."""

from uuid import UUID

from sqlalchemy import delete, or_, select

from warp_hub.db import Model, session
from warp_hub.discussions import former
from warp_hub.memberships.models import Person, State
from warp_hub.renewals.personal import OF_A_PERSON, AtLeaving


def clear_up(person_id: UUID) -> int:
    """Remove what goes when somebody leaves, and their name from what stays; return of how many rows.

    Nothing is touched of anybody who has not left.
    """
    left = select(Person.id).where(Person.id == person_id, Person.state == State.LEFT).with_for_update(key_share=True)
    if session.scalar(left) is None:
        return 0
    removed = former.take_names_out(person_id)
    for name, held in OF_A_PERSON.items():
        if held.at_leaving is AtLeaving.GOES:
            table = Model.metadata.tables[name]
            theirs = delete(table).where(or_(*(table.c[column] == person_id for column in held.whose)))
            removed += int(session.execute(theirs).rowcount)  # type: ignore[attr-defined]
    return removed
