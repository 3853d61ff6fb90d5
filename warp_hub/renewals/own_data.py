"""A copy of one's own data, made at once: JSON for a machine and a page to read, in one zip.

It holds what `personal` says of each table and nothing about anybody else. What somebody told without their name is
not in it: the hub cannot find it, and a copy that could would be a way to find out who told it.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from flask import render_template
from sqlalchemy import Select, Table, or_, select

from warp_hub import audit, clock
from warp_hub.db import Model, session
from warp_hub.memberships.models import Organisation, Person, Post, Warp
from warp_hub.memberships.renewal_models import StaffAnswer
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.renewals.personal import OF_A_PERSON, UNTOLD_LETTERS, Held, Read
from warp_hub.sharing.visibility import select_asked, select_visible
from warp_hub.tlp import Outlet, Viewer

OF_THE_PERSON = ("name", "email", "language", "state", "mailbox_confirmed_at", "mail_suspended")
NAMED: dict[str, Any] = {"organisation_id": Organisation, "warp_id": Warp}


@dataclass(frozen=True)
class Section:
    """One heading of the copy: rows of (name of the column, value) for a machine."""

    table: str
    title: str
    rows: Sequence[Mapping[str, Any]]


def packed(person_id: UUID) -> bytes:
    """Return the zip with somebody's own data, and note that it was made; needs the app's context."""
    viewer = viewer_of(person_id, Proof.FULL)
    made = pack(gather(person_id, viewer))
    audit.record("data.exported", actor=person_id)
    return made


def gather(
    person_id: UUID, viewer: Viewer, ways: Iterable[Read] = (Read.PLAIN, Read.ASKED, Read.RECEIVED)
) -> list[Section]:
    """Return what the hub has of a person, as far as it is read in these ways."""
    wanted = {table: held for table, held in OF_A_PERSON.items() if held.read in set(ways)}
    found = [Section(table, held.title, _rows(table, held, person_id, viewer)) for table, held in wanted.items()]
    return [*_about(person_id, ways), *found]


def pack(sections: Sequence[Section]) -> bytes:
    """Return the zip of these sections; needs the app's context."""
    told = {section.table: [dict(row) for row in section.rows] for section in sections}
    page = render_template("renewals/_own_data.html", sections=[s for s in sections if s.rows], made=clock.now())
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        archive.writestr("my-data.html", page)
    return written.getvalue()


def _about(person_id: UUID, ways: Iterable[Read]) -> list[Section]:
    if Read.PLAIN not in set(ways):
        return []
    person = session.scalars(select(Person).where(Person.id == person_id)).one()
    me = {name: _plain(getattr(person, name)) for name in OF_THE_PERSON}
    said = select(StaffAnswer.answer, StaffAnswer.answered_on).join(Post, Post.id == StaffAnswer.post_id)
    rows = session.execute(said.where(Post.person_id == person_id).order_by(StaffAnswer.answered_on))
    of_me = [{"answer": _plain(answer), "answered_on": _plain(day)} for answer, day in rows]
    return [
        Section("person", "You", [me]),
        Section("said_of_you", "What was said of you when your organisation was asked who is still there", of_me),
    ]


def _rows(name: str, held: Held, person_id: UUID, viewer: Viewer) -> list[dict[str, Any]]:
    table = Model.metadata.tables[name]
    columns = [table.c[column] for column in held.shown]
    asked = _select(table, held, viewer).with_only_columns(*columns)
    asked = asked.where(or_(*(table.c[column] == person_id for column in held.whose)))
    if name == "letter":
        asked = asked.where(table.c.kind.not_in(UNTOLD_LETTERS))
    rows = [dict(zip(held.shown, map(_plain, row), strict=True)) for row in session.execute(asked.order_by(*columns))]
    return _with_names(rows)


def _select(table: Table, held: Held, viewer: Viewer) -> Select[Any]:
    match held.read:
        case Read.ASKED:
            return select_asked(_class_of(table), viewer)
        case Read.RECEIVED:
            return select_visible(_class_of(table), viewer, Outlet.PAGE)
        case _:
            return select(table)


def _class_of(table: Table) -> type[Any]:
    return next(mapper.class_ for mapper in Model.registry.mappers if mapper.local_table is table)


def _with_names(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say the names of one's organisations and WARPs beside their ids."""
    for column, of in NAMED.items():
        ids = {UUID(row[column]) for row in rows if row.get(column)}
        if ids:
            names = {str(found): name for found, name in session.execute(select(of.id, of.name).where(of.id.in_(ids)))}
            for row in rows:
                row[column.removesuffix("_id")] = names.get(row[column], "")
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
