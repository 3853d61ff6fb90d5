"""Questions that nobody has answered for two days, for the desk of the WARP that keeps them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import false

from warp_hub import clock
from warp_hub.db import session
from warp_hub.discussions.listing import Show, select_questions
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import count_visible
from warp_hub.tlp import Outlet, Viewer

PATIENCE = timedelta(days=2)
FIRST_ROWS = 3


def unanswered(viewer: Viewer, warps: Collection[UUID]) -> tuple[int, Sequence[Item], datetime | None]:
    """Return how many questions kept by these WARPs wait for an answer, the three oldest, and since when the first."""
    on_desk = Item.keepers.overlap(sorted(warps)) if warps else false()
    waiting = (
        select_questions(viewer, Show.OPEN, Outlet.DESK)
        .where(on_desk, Item.published_at <= clock.now() - PATIENCE, Item.withdrawn_at.is_(None))
        .with_only_columns(Item)
    )
    rows = session.scalars(waiting.order_by(Item.published_at, Item.id).limit(FIRST_ROWS)).all()
    return count_visible(waiting), rows, rows[0].published_at if rows else None
