"""What the hub knows of someone, for their own eyes."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Membership, MembershipKind, Organisation, Post, State, Warp


@dataclass(frozen=True)
class Belonging:
    """Where someone belongs: (organisation, WARP, is associate) for each post, and the WARPs they run."""

    memberships: list[tuple[str, str, bool]]
    coordinates: list[str]


def belonging(person: UUID) -> Belonging:
    """Return where a person belongs, by name."""
    held = (
        select(Organisation.name, Warp.name, Membership.kind)
        .join(Post, Post.organisation_id == Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Post.person_id == person, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
        .order_by(Organisation.name, Warp.name)
    )
    run = (
        select(Warp.name)
        .join(Coordinator, Coordinator.warp_id == Warp.id)
        .where(Coordinator.person_id == person, runs_now())
        .order_by(Warp.name)
    )
    memberships = [(name, warp, kind is MembershipKind.ASSOCIATE) for name, warp, kind in session.execute(held)]
    return Belonging(memberships, list(session.scalars(run)))
