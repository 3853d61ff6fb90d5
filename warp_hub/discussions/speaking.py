"""Under which name somebody speaks here: their own with their organisation's, or "a member" with none."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Membership, Organisation, Person, Post, State, Warp

NAMED, A_MEMBER = "named", "a member"


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks under their name; whoever speaks as "a member" has none of these, not even empty."""

    person: UUID
    name: str
    organisation: str


def speaker_of(person_id: UUID) -> Speaker:
    """Return a person's name and that of their organisation, or of the WARP they run."""
    name = session.scalars(select(Person.name).where(Person.id == person_id)).one()
    return Speaker(person_id, name, _organisation_of(person_id) or _warp_of(person_id))


def _organisation_of(person_id: UUID) -> str:
    held = (
        select(Organisation.name)
        .join(Post, Post.organisation_id == Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Post.person_id == person_id, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
    )
    return session.scalars(held.order_by(Organisation.name).limit(1)).one_or_none() or ""


def _warp_of(person_id: UUID) -> str:
    run = select(Warp.name).join(Coordinator, Coordinator.warp_id == Warp.id)
    mine = run.where(Coordinator.person_id == person_id, runs_now())
    return session.scalars(mine.order_by(Warp.name).limit(1)).one_or_none() or ""
