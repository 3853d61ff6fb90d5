"""What happens in the demonstration, moment by moment: each thing is done under a clock that says its own time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from warp_hub import clock, db
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import Viewer

Do = Callable[[], object]


class Agenda:
    """Things to be done, each at its moment; what is done may put more on it."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Do]] = []
        self._numbers = count()

    def at(self, moment: datetime, do: Do) -> None:
        """Have something done at a moment; of two at the same one the first put here comes first."""
        heappush(self._entries, (moment, next(self._numbers), do))

    def live(self, until: datetime) -> None:
        """Do all of it in its order; what would come after `until` is not done."""
        while self._entries:
            moment, _, do = heappop(self._entries)
            if moment < until:
                with clock.at(moment):
                    do()


@contextmanager
def being(person_id: UUID) -> Iterator[Viewer]:
    """Do something as a person does it who is fully signed in, past the same walls; commit inside."""
    viewer = viewer_of(person_id, Proof.FULL)
    with db.as_viewer(viewer.settings()):
        yield viewer
