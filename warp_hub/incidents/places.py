"""For whom somebody may report, and to which WARP: any active member, full or associate, of an active WARP.

Security leads post incidents, and so does any other officer of a member: a report that waits for one person is late.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from warp_hub.custody import holders
from warp_hub.db import session
from warp_hub.memberships.models import Membership, Organisation, Person, Post, State, Warp
from warp_hub.memberships.settings import WarpSettings, settings_of


@dataclass(frozen=True)
class Place:
    """One organisation as a member of one WARP, and somebody who is there."""

    person_id: UUID
    organisation_id: UUID
    organisation_name: str
    warp_id: UUID
    warp_name: str
    settings: WarpSettings

    @property
    def key(self) -> str:
        """Return a name for it that a form can carry."""
        return f"{self.organisation_id}:{self.warp_id}"

    @property
    def keeps_records(self) -> bool:
        """Say whether the WARP has the key holders it takes to not show a name."""
        return holders.is_offered(self.warp_id)


def places_of(person_id: UUID) -> list[Place]:
    """Return the places for which this person may report."""
    return _places(_posts().where(Person.id == person_id))


def places_of_caller(email: str, warps: Collection[UUID]) -> list[Place]:
    """Return the places of whoever has this address at members of these WARPs: they rang, a coordinator writes."""
    caller = func.lower(Person.email) == email.strip().lower()
    return _places(_posts().where(caller, Membership.warp_id.in_(warps)))


def warps_named(ids: Collection[UUID]) -> list[Warp]:
    """Return these WARPs by name."""
    return list(session.scalars(select(Warp).where(Warp.id.in_(ids)).order_by(Warp.name)))


def _posts() -> Select[Person, Organisation, Warp]:
    return (
        select(Person, Organisation, Warp)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Person.state == State.ACTIVE, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
        .order_by(Warp.name, Organisation.name)
    )


def _places(rows: Select[Person, Organisation, Warp]) -> list[Place]:
    return [
        Place(person.id, organisation.id, organisation.name, warp.id, warp.name, settings_of(warp))
        for person, organisation, warp in session.execute(rows)
    ]
