"""Organisations as the coordinators of their WARPs list them, and nobody else's."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select

from warp_hub.db import among, session
from warp_hub.memberships import agreements
from warp_hub.memberships.authority import GONE
from warp_hub.memberships.models import Membership, Organisation, OrganisationDomain, State, Warp


def select_bodies(warps: Collection[UUID], state: State | None = None, words: str = "") -> Select[Organisation]:
    """Return the select of the organisations of these WARPs; without a state, of all that have not left."""
    narrowed = Membership.state != State.LEFT if state is None else Membership.state == state
    found = select(Organisation).where(_has(warps, narrowed))
    if not words:
        return found
    names = (Organisation.name, Organisation.short_name)
    domain = exists().where(
        OrganisationDomain.organisation_id == Organisation.id,
        OrganisationDomain.domain.icontains(words, autoescape=True),
    )
    return found.where(or_(*(name.icontains(words, autoescape=True) for name in names), domain))


def find_body(organisation_id: UUID, warps: Collection[UUID]) -> Organisation | None:
    """Return one organisation that has a place in one of these WARPs; None for any other, and who left or applied."""
    stays = _has(warps, Membership.state.not_in(GONE))
    return session.scalars(select(Organisation).where(Organisation.id == organisation_id, stays)).one_or_none()


def find_place(organisation_id: UUID, slug: str, warps: Collection[UUID]) -> tuple[Membership, Warp] | None:
    """Return an organisation's place in one of these WARPs, or None."""
    held = select(Membership, Warp).join(Warp, Warp.id == Membership.warp_id)
    held = held.where(Membership.organisation_id == organisation_id, Membership.warp_id.in_(warps), Warp.slug == slug)
    found = session.execute(held).one_or_none()
    return None if found is None else (found[0], found[1])


def places_of(ids: Iterable[UUID], warps: Collection[UUID]) -> dict[UUID, list[tuple[Membership, Warp, bool]]]:
    """Return by organisation its places in these WARPs, and whether an agreement is still to be accepted."""
    held = (
        select(Membership, Warp, ~agreements.is_accepted())
        .join(Warp, Warp.id == Membership.warp_id)
        .where(among(Membership.organisation_id, ids), Membership.warp_id.in_(warps))
        .order_by(Warp.name)
    )
    found: dict[UUID, list[tuple[Membership, Warp, bool]]] = {}
    for membership, warp, lacks in session.execute(held):
        found.setdefault(membership.organisation_id, []).append((membership, warp, lacks))
    return found


def _has(warps: Collection[UUID], *such: ColumnElement[bool]) -> ColumnElement[bool]:
    held = exists().where(Membership.organisation_id == Organisation.id, Membership.warp_id.in_(warps))
    return held.where(*such)
