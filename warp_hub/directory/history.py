"""What happened to somebody's place, or an organisation's, from the record, for whoever runs a WARP of theirs.

Web reads no audit: a function of the owner's gives these rows and no other, nothing of another WARP's and nothing of
when anybody signed in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, column, func, select
from sqlalchemy.dialects.postgresql import JSONB

from warp_hub.db import UtcDateTime, session
from warp_hub.directory import standing
from warp_hub.memberships.models import Organisation, Person


@dataclass(frozen=True)
class Event:
    """One thing that happened: `by` is a name, None for the hub itself, "" for somebody of no WARP of the reader's."""

    at: datetime
    action: str
    by: str | None
    organisation: str
    detail: dict[str, Any]


def of_person(person_id: UUID, warps: Collection[UUID]) -> list[Event]:
    """Return what happened to a person's place, newest first."""
    return _events("person", person_id, warps)


def of_organisation(organisation_id: UUID, warps: Collection[UUID]) -> list[Event]:
    """Return what happened to an organisation's place, newest first."""
    return _events("organisation", organisation_id, warps)


def _events(whom: str, subject: UUID, warps: Collection[UUID]) -> list[Event]:
    types: dict[str, Any] = {"at": UtcDateTime, "action": String, "actor": Uuid, "detail": JSONB}
    told = func.history_of(whom, subject).table_valued(*(column(name, kind) for name, kind in types.items()))
    rows = session.execute(select(*(told.c[name] for name in types)).order_by(told.c.at.desc())).all()
    names = _names({row.actor for row in rows if row.actor}, warps)
    bodies = _bodies({UUID(row.detail["organisation"]) for row in rows if row.detail.get("organisation")})
    return [
        Event(
            row.at,
            row.action,
            names.get(row.actor, "") if row.actor else None,
            bodies.get(row.detail.get("organisation", ""), "") if whom == "person" else "",
            row.detail,
        )
        for row in rows
    ]


def _names(ids: Collection[UUID], warps: Collection[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    people = standing.select_all(warps).where(Person.id.in_(ids))
    return {person.id: person.name for person in session.scalars(people)}


def _bodies(ids: Collection[UUID]) -> dict[str, str]:
    held = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {str(body_id): name for body_id, name in session.execute(held)} if ids else {}
