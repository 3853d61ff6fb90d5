"""To whom a question may go: my WARPs or all of them, and never further than the item it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.sharing.models import Item
from warp_hub.tlp import Handling, Marking, Viewer

_WIDE = (Marking.CLEAR, Marking.GREEN)


@dataclass(frozen=True)
class Address:
    """One choice of who is asked: under which label, in the care of which WARP."""

    marking: Marking
    warp: Warp

    @property
    def value(self) -> str:
        """Return the choice as a form carries it."""
        return f"{self.marking} {self.warp.id}"

    @property
    def recipients(self) -> list[UUID]:
        """Return to whom the item is addressed; TLP:GREEN needs nobody."""
        return [] if self.marking is Marking.GREEN else [self.warp.id]

    def handling(self) -> Handling:
        """Return the handling of a question that is sent there now."""
        return Handling(
            marking=self.marking,
            keepers=frozenset({self.warp.id}),
            recipients=frozenset(self.recipients),
            published_at=clock.now(),
        )


def addresses_for(viewer: Viewer, about: Item | None = None) -> list[Address]:
    """Return to whom this viewer may address a question, the usual choice first; none where nobody may be asked."""
    warps = _warps_of(viewer)
    asked = [Address(Marking.AMBER, warp) for warp in warps]
    asked += [Address(Marking.AMBER_STRICT, warp) for warp in warps if warp.id in viewer.strict]
    asked += [Address(Marking.GREEN, warp) for warp in warps[:1]]
    return [address for address in asked if about is None or _is_no_wider(address, about)]


def _is_no_wider(address: Address, about: Item) -> bool:
    if about.marking is Marking.RED or about.handling().under_embargo(clock.now()):
        return False
    is_there = about.marking in _WIDE or address.warp.id in about.recipients
    return is_there and address.marking.rank >= about.marking.rank


def _warps_of(viewer: Viewer) -> Sequence[Warp]:
    mine = select(Warp).where(Warp.id.in_(viewer.amber))
    return session.scalars(mine.order_by(Warp.name)).all()
