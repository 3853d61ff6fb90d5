"""What is coming up, for the first page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from warp_hub.db import session
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking, Viewer
from warp_hub.training import reading
from warp_hub.training.models import BookingState, TrainingSession


@dataclass(frozen=True)
class Coming:
    """One session as a line shows it; `state` is the viewer's own place, None without one."""

    id: UUID
    title: str
    marking: Marking
    starts_at: datetime
    state: BookingState | None


def coming_up(viewer: Viewer, most: int) -> list[Coming]:
    """Return the next sessions that this viewer may see and that are not cancelled, soonest first."""
    asked = reading.select_coming(viewer).where(TrainingSession.cancelled_at.is_(None)).limit(most)
    rows: list[tuple[TrainingSession, Item]] = [(one, item) for one, item in session.execute(asked)]
    states = reading.states_of([one.id for one, _ in rows], viewer)
    return [Coming(one.id, item.title, item.marking, one.starts_at, states.get(one.id)) for one, item in rows]
