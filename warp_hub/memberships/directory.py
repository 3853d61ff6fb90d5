"""Who is where, for pages and letters that name it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships.authority import for_good, runs_now
from warp_hub.memberships.models import Coordinator, Membership, Post, State, Warp


def run_for_good(person_id: UUID) -> Sequence[Warp]:
    """Return the WARPs that a person runs, and does not only stand in at, by name."""
    runs = select(Coordinator.warp_id).where(Coordinator.person_id == person_id, Coordinator.state == State.ACTIVE)
    return session.scalars(select(Warp).where(Warp.id.in_(runs.where(for_good()))).order_by(Warp.name)).all()


def warps_of(person_id: UUID) -> Sequence[Warp]:
    """Return the WARPs that a person belongs to or runs, by name."""
    member_of = (
        select(Membership.warp_id)
        .join(Post, Post.organisation_id == Membership.organisation_id)
        .where(Post.person_id == person_id, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
    )
    runs = select(Coordinator.warp_id).where(Coordinator.person_id == person_id, runs_now())
    return session.scalars(select(Warp).where(Warp.id.in_(member_of.union(runs))).order_by(Warp.name)).all()
