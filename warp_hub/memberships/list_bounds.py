"""What a coordinator's list may touch: their own WARP, and nothing of a body that another WARP looks after as well.

The operator's list at the console has no bounds.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships.authority import GONE, require_warp, runs_now
from warp_hub.memberships.models import Coordinator, Membership, State, Warp


@dataclass(frozen=True)
class Bounds:
    """The WARP a list is for, who put it in, and which organisations other WARPs look after."""

    by: UUID
    warp: Warp
    elsewhere: frozenset[UUID]
    here: dict[UUID, State] = field(default_factory=dict)

    def is_shared(self, organisation_id: UUID) -> bool:
        """Say whether a WARP that this coordinator does not run looks after the organisation too."""
        return organisation_id in self.elsewhere

    def may_see(self, organisation_id: UUID) -> bool:
        """Say whether this coordinator may be told that the organisation is on the hub."""
        return organisation_id in self.here or organisation_id not in self.elsewhere


def bounds_of(by: UUID, warp: Warp) -> Bounds:
    """Return what this coordinator's list may touch; raise NotTheirs where they do not run the WARP."""
    require_warp(by, warp)
    runs = frozenset(session.scalars(select(Coordinator.warp_id).where(Coordinator.person_id == by, runs_now())))
    held = session.execute(select(Membership.organisation_id, Membership.warp_id, Membership.state)).all()
    return Bounds(
        by,
        warp,
        frozenset(organisation for organisation, of, state in held if of not in runs and state not in GONE),
        {organisation: state for organisation, of, state in held if of == warp.id},
    )
