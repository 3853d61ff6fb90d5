"""Who is where: the one rule of who is shown to whom. The page, the contact sheet and whatever completes a name ask it.

Whoever receives at a WARP's address, members and associates after a full sign-in, sees which organisations belong to
that WARP, and of its people what each of them chose to show. Who does not show their name shows nothing. Readers by
mail, applicants, the lapsed and the suspended receive at no address, so they see nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, exists, false, or_, select

from warp_hub.db import among, session
from warp_hub.memberships.authority import for_good, runs_now
from warp_hub.memberships.directory_models import Profile
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    MembershipKind,
    Organisation,
    Person,
    Post,
    PostKind,
    State,
    Warp,
)
from warp_hub.tlp import Viewer


@dataclass(frozen=True)
class Shown:
    """What one person shows to other members; what they do not show is empty."""

    person_id: UUID
    name: str
    role: str
    telephone: str
    email: str
    can_help_with: str
    is_lead: bool


def seen_by(viewer: Viewer) -> Sequence[Warp]:
    """Return the WARPs whose members this viewer may see, by name."""
    return session.scalars(select(Warp).where(Warp.id.in_(_warps(viewer))).order_by(Warp.name)).all()


def select_organisations(viewer: Viewer, warp_id: UUID | None = None) -> Select[Organisation]:
    """Return the select of the organisations that belong to a WARP of the viewer's, or to this one of them."""
    return select(Organisation).where(_belongs(Organisation.id, viewer, warp_id))


def memberships_of(organisation_ids: Collection[UUID], viewer: Viewer) -> dict[UUID, list[tuple[str, bool]]]:
    """Return by organisation in which of the viewer's WARPs it is: the name, and whether as an associate."""
    held = (
        select(Membership.organisation_id, Warp.name, Membership.kind)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(among(Membership.organisation_id, organisation_ids), Membership.state == State.ACTIVE)
        .where(Membership.warp_id.in_(_warps(viewer)))
        .order_by(Warp.name)
    )
    found: dict[UUID, list[tuple[str, bool]]] = {}
    for organisation_id, warp, kind in session.execute(held):
        found.setdefault(organisation_id, []).append((warp, kind is MembershipKind.ASSOCIATE))
    return found


def people_at(organisation_ids: Collection[UUID], viewer: Viewer) -> dict[UUID, list[Shown]]:
    """Return by organisation what its people show this viewer, by name."""
    held = (
        _fields(Post.kind == PostKind.LEAD)
        .add_columns(Post.organisation_id)
        .join(Post, Post.person_id == Person.id)
        .where(among(Post.organisation_id, organisation_ids), Post.state == State.ACTIVE)
        .where(_belongs(Post.organisation_id, viewer))
    )
    found: dict[UUID, list[Shown]] = {}
    for *fields, organisation_id in session.execute(held):
        found.setdefault(organisation_id, []).append(Shown(*fields))
    return found


def coordinators_of(warps: Collection[UUID], viewer: Viewer) -> dict[UUID, list[Shown]]:
    """Return by WARP what those who run it show this viewer."""
    held = (
        _fields(false())
        .add_columns(Coordinator.warp_id)
        .join(Coordinator, Coordinator.person_id == Person.id)
        .where(Coordinator.warp_id.in_(warps), Coordinator.warp_id.in_(_warps(viewer)), runs_now())
    )
    found: dict[UUID, list[Shown]] = {}
    for *fields, warp_id in session.execute(held):
        found.setdefault(warp_id, []).append(Shown(*fields))
    return found


def preview(person_id: UUID) -> Shown | None:
    """Return what other members see of somebody, None where that is nothing: for their own eyes."""
    row = session.execute(_fields(false()).where(Person.id == person_id)).one_or_none()
    return None if row is None else Shown(*row)


def matching(text: str, viewer: Viewer) -> ColumnElement[bool]:
    """Say in SQL which organisations are found by these words: by their names, or by what their people show."""
    shown = and_(Profile.person_id == Person.id, Profile.shows_name, Person.state == State.ACTIVE)
    by_person = (
        exists()
        .where(Post.organisation_id == Organisation.id, Post.state == State.ACTIVE, Person.id == Post.person_id, shown)
        .where(
            or_(
                Person.name.icontains(text, autoescape=True),
                and_(Profile.shows_role, Profile.role.icontains(text, autoescape=True)),
                and_(Profile.shows_help, Profile.can_help_with.icontains(text, autoescape=True)),
            )
        )
    )
    names = (Organisation.name, Organisation.short_name)
    return or_(
        *(name.icontains(text, autoescape=True) for name in names), by_person & _belongs(Organisation.id, viewer)
    )


def _fields(is_lead: ColumnElement[bool]) -> Any:
    """Return the select of what people show: a field that somebody does not show is never read."""

    def chosen(is_shown: SQLColumnExpression[bool], field: SQLColumnExpression[str]) -> ColumnElement[str]:
        return case((is_shown, field), else_="")

    return (
        select(
            Person.id,
            Person.name,
            chosen(Profile.shows_role, Profile.role),
            chosen(Profile.shows_telephone, Profile.telephone),
            chosen(Profile.shows_email, Person.email),
            chosen(Profile.shows_help, Profile.can_help_with),
            is_lead,
        )
        .join(Profile, Profile.person_id == Person.id)
        .where(Profile.shows_name, Person.state == State.ACTIVE)
        .order_by(Person.name, Person.id)
    )


def _belongs(
    organisation_id: SQLColumnExpression[UUID], viewer: Viewer, warp_id: UUID | None = None
) -> ColumnElement[bool]:
    held = exists().where(Membership.organisation_id == organisation_id, Membership.state == State.ACTIVE)
    held = held.where(Membership.warp_id.in_(_warps(viewer)))
    return held if warp_id is None else held.where(Membership.warp_id == warp_id)


def _warps(viewer: Viewer) -> Collection[UUID]:
    """Return the addresses at which a viewer receives: WARPs are among them, and nothing else is a WARP's id."""
    return viewer.amber


def run_for_good(person_id: UUID) -> Sequence[Warp]:
    """Return the WARPs that a person runs, and does not only stand in at, by name."""
    runs = select(Coordinator.warp_id).where(Coordinator.person_id == person_id, Coordinator.state == State.ACTIVE)
    return session.scalars(select(Warp).where(Warp.id.in_(runs.where(for_good()))).order_by(Warp.name)).all()


def warps_of(person_id: UUID) -> Sequence[Warp]:
    """Return the WARPs that a person belongs to or runs, by name."""
    runs = select(Coordinator.warp_id).where(Coordinator.person_id == person_id, runs_now())
    held = _by_post(person_id, State.ACTIVE).union(runs)
    return session.scalars(select(Warp).where(Warp.id.in_(held)).order_by(Warp.name)).all()


def warps_inviting(person_id: UUID) -> Sequence[Warp]:
    """Return the WARPs of the organisations at which somebody has been given a place and has not said yes, by name."""
    return session.scalars(
        select(Warp).where(Warp.id.in_(_by_post(person_id, State.INVITED))).order_by(Warp.name)
    ).all()


def _by_post(person_id: UUID, state: State) -> Select[UUID]:
    return (
        select(Membership.warp_id)
        .join(Post, Post.organisation_id == Membership.organisation_id)
        .where(Post.person_id == person_id, Post.state == state, Membership.state == State.ACTIVE)
    )
