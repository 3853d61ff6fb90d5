"""What a coordinator does with several people at once: asked first, then done to each whom they may change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from warp_hub.db import session
from warp_hub.directory import standing
from warp_hub.directory.standing import Row
from warp_hub.memberships import authority, colleagues, leaving, people
from warp_hub.memberships.models import Organisation, Person, State

MOST_AT_ONCE = 200


class Action(StrEnum):
    """What may be done from the list of people."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    WRITE = "write"
    TAKE_OUT = "take-out"

    @property
    def needs_reason(self) -> bool:
        """Say whether it takes a place away, so that somebody will ask why."""
        return self in (Action.SUSPEND, Action.TAKE_OUT)


@dataclass(frozen=True)
class Asked:
    """What is about to be done: to whom, and who stays as they are."""

    action: Action
    able: Sequence[Row]
    others: Sequence[Row]


def ask(action: Action, rows: Sequence[Row], by: UUID) -> Asked:
    """Return for whom an action makes sense and is this coordinator's to do, and for whom not."""
    able = [row for row in rows if _may(action, row, by)]
    return Asked(action, able, [row for row in rows if row not in able])


def do(asked: Asked, reason: str, by: UUID) -> int:
    """Do it to each; return how many. Each verb asks again whether it may."""
    for row in asked.able:
        _do(asked.action, row, reason, by)
        session.flush()
    return len(asked.able)


def find_rows(ids: Collection[UUID], warps: Collection[UUID]) -> list[Row] | None:
    """Return the people of these ids, or None where one of them is not of these WARPs."""
    found = session.scalars(standing.select_all(warps).where(Person.id.in_(ids)).order_by(Person.name, Person.id)).all()
    return standing.rows(found, warps) if len(found) == len(set(ids)) else None


def _may(action: Action, row: Row, by: UUID) -> bool:
    person = row.person
    if action is Action.TAKE_OUT:
        return bool(_open_places(row, by))
    fits = {
        Action.SUSPEND: person.state in (State.ACTIVE, State.LAPSED),
        Action.RESTORE: person.state in (State.SUSPENDED, State.LAPSED),
        Action.WRITE: person.state is State.ACTIVE and person.mail_suspended is None and not row.ever_signed_in,
    }
    is_theirs = people.may_restore(by, person) if action is Action.RESTORE else authority.may_manage(by, person.id)
    return fits[action] and is_theirs


def _do(action: Action, row: Row, reason: str, by: UUID) -> None:
    if action is Action.SUSPEND:
        people.suspend(row.person, reason, by)
    elif action is Action.RESTORE:
        people.restore(row.person, by, reason)
    elif action is Action.WRITE:
        authority.require_person(by, row.person)
        colleagues.write_again(row.person, by)
    else:
        leaving.take_out_of(row.person, _open_places(row, by), by, reason)


def _open_places(row: Row, by: UUID) -> list[Organisation]:
    held = {one.organisation.id: one.organisation for one in row.places if one.post_state is not State.LEFT}
    return [body for body in held.values() if authority.may_change_post(by, row.person.id, body.id)]
