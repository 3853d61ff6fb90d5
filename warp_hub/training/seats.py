"""Places: one asker at a time per session, so that the last one goes once; numbers only, and nobody's name."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, column, func, select

from warp_hub.db import session
from warp_hub.training.models import TrainingSession

_CLASS = 0x57415250_53454154


@dataclass(frozen=True)
class Seats:
    """How a session stands to one organisation, and to the viewer of the running transaction.

    `due` counts those in the waiting list who may have a place as soon as one is free, `line` is the viewer's own
    place in it, 0 for none.
    """

    booked: int
    ours: int
    due: int
    line: int

    def has_room(self, of: TrainingSession) -> bool:
        """Say whether a newcomer of this organisation may have a place at once; who waits goes first."""
        if of.per_organisation is not None and self.ours >= of.per_organisation:
            return False
        return of.capacity is None or self.booked + self.due < of.capacity

    def is_full(self, of: TrainingSession) -> bool:
        """Say whether whoever asks now would have to wait."""
        return not self.has_room(of)


def take_turn(item_id: UUID) -> None:
    """Wait until nobody else gives or takes a place of this session; held to the end of the transaction.

    What is read afterwards is what the one before has committed: each statement looks anew.
    """
    key = (item_id.int >> 64 ^ _CLASS) & (2**63 - 1)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def count(of: TrainingSession, organisation_id: UUID | None) -> Seats:
    """Return how many places are taken, counted past row-level security, which shows each person only their own."""
    names = ("booked", "ours", "due", "line")
    asked = func.seats_of(of.id, organisation_id, of.per_organisation)
    counted = asked.table_valued(*(column(name, BigInteger) for name in names))
    return Seats(*session.execute(select(*(counted.c[name] for name in names))).one())
