"""Who asked to belong to a WARP and has no answer yet."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, null, select, union_all

from warp_hub.db import session
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, Person, Post, State, Warp


@dataclass(frozen=True)
class Application:
    """One that waits: an organisation that would join a WARP, or a person who would join an organisation there."""

    organisation: str
    warp: str
    kind: MembershipKind | None
    person: str


def select_applications(warps: Collection[UUID]) -> Select[Any]:
    """Return the select of what waits in these WARPs: organisations first, by name; nobody knows since when."""
    bodies = (
        select(literal(0).label("rank"), Organisation.name.label("organisation"), Warp.name.label("warp"))
        .add_columns(Membership.kind.label("kind"), null().label("person"))
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Membership.warp_id.in_(warps), Membership.state == State.APPLIED)
    )
    colleagues = (
        select(literal(1), Organisation.name, Warp.name, null(), Person.name)
        .select_from(Post)
        .join(Person, Person.id == Post.person_id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Membership.warp_id.in_(warps), Membership.state == State.ACTIVE, Post.state == State.APPLIED)
    )
    both = union_all(bodies, colleagues).subquery()
    return select(both.c.organisation, both.c.warp, both.c.kind, both.c.person).order_by(
        both.c.rank, both.c.organisation, both.c.person, both.c.warp
    )


def read(statement: Select[Any]) -> list[Application]:
    """Return the applications that a select finds."""
    return [Application(body, warp, kind, person or "") for body, warp, kind, person in session.execute(statement)]
