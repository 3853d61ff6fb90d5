"""Who holds keys in which WARP, for those who run it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from warp_hub.custody import holders
from warp_hub.db import session
from warp_hub.memberships.models import Warp


@dataclass(frozen=True)
class Circle:
    """The key holders of one WARP, and whether reports can be sent there without a name."""

    warp: str
    holders: Sequence[str]
    is_offered: bool


def circles_of(warp_ids: Collection[UUID]) -> list[Circle]:
    """Return the key holders of these WARPs, by name."""
    warps = session.scalars(select(Warp).where(Warp.id.in_(warp_ids)).order_by(Warp.name)).all()
    return [Circle(warp.name, holders.names_of_holders(warp.id), holders.is_offered(warp.id)) for warp in warps]
