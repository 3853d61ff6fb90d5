"""Who asked to belong to a WARP and has no answer yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, null, select, union_all

from warp_hub.db import session
from warp_hub.memberships import deciders
from warp_hub.memberships.application_models import Application as Asked
from warp_hub.memberships.application_models import ApplicationState
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, Person, Post, State, Warp


@dataclass(frozen=True)
class Application:
    """One that waits; `id` leads to the page where it is decided, for what came by the page where one applies."""

    organisation: str
    warp: str
    kind: MembershipKind | None
    person: str
    id: UUID | None = None
    is_announced: bool = False
    sent_at: datetime | None = None


def select_applications(warps: Collection[UUID], by: UUID | None = None) -> Select[Any]:
    """Return the select of what waits in these WARPs, and of what is left to the national team: the oldest first.

    What was written down in another way comes after it, organisations before people, by name.
    """
    left = deciders.left_to_national(by) if by is not None else []
    asked = (
        select(literal(0).label("rank"), Asked.sent_at.label("at"), Asked.organisation_name.label("organisation"))
        .add_columns(Warp.name.label("warp"), Asked.kind.label("kind"), Asked.name.label("person"))
        .add_columns(Asked.id.label("id"), (Asked.state == ApplicationState.ANNOUNCED).label("announced"))
        .join(Warp, Warp.id == Asked.warp_id)
        .where(Asked.warp_id.in_(warps) | Asked.id.in_(left))
        .where(Asked.state.in_((ApplicationState.SENT, ApplicationState.ANNOUNCED)))
    )
    bodies = (
        select(literal(1), null(), Organisation.name, Warp.name, Membership.kind, null(), null(), literal(False))
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Membership.warp_id.in_(warps), Membership.state == State.APPLIED)
    )
    colleagues = (
        select(literal(2), null(), Organisation.name, Warp.name, null(), Person.name, null(), literal(False))
        .select_from(Post)
        .join(Person, Person.id == Post.person_id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Membership.warp_id.in_(warps), Membership.state == State.ACTIVE, Post.state == State.APPLIED)
    )
    every = union_all(asked, bodies, colleagues).subquery().c
    shown = select(every.organisation, every.warp, every.kind, every.person, every.id, every.announced, every.at)
    return shown.order_by(every.rank, every.at, every.organisation, every.person, every.warp)


def read(statement: Select[Any]) -> list[Application]:
    """Return the applications that a select finds."""
    rows = session.execute(statement)
    return [
        Application(body, warp, kind, person or "", id, is_announced, at)
        for body, warp, kind, person, id, is_announced, at in rows
    ]


def asked_for_more(warps: Collection[UUID]) -> list[Application]:
    """Return the applications in these WARPs that wait for their applicant's answer, the oldest first."""
    shown: list[Any] = [
        Asked.organisation_name,
        Warp.name,
        Asked.kind,
        Asked.name,
        Asked.id,
        literal(False),
        Asked.sent_at,
    ]
    asked = (
        select(*shown)
        .join(Warp, Warp.id == Asked.warp_id)
        .where(Asked.warp_id.in_(warps), Asked.state == ApplicationState.MORE_ASKED)
    )
    return read(asked.order_by(Asked.sent_at, Asked.id))
