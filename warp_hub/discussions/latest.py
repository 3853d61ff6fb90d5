"""The newest questions, for the first page."""

from collections.abc import Sequence

from warp_hub.db import session
from warp_hub.discussions.listing import Show, select_questions
from warp_hub.sharing.models import Item
from warp_hub.tlp import Viewer


def latest_questions(viewer: Viewer, most: int, show: Show = Show.ALL) -> Sequence[Item]:
    """Return the newest questions that this viewer may read, newest first, at most so many."""
    newest = select_questions(viewer, show).with_only_columns(Item)
    return session.scalars(newest.order_by(Item.published_at.desc(), Item.id.desc()).limit(most)).all()
