"""Every mailbox with its WARP, for the operator; it opens none."""

from collections.abc import Sequence

from sqlalchemy import select

from warp_hub.advisories.mailbox.models import Mailbox
from warp_hub.db import session
from warp_hub.memberships.models import Warp


def listed() -> Sequence[tuple[Mailbox, Warp]]:
    """Return every mailbox with its WARP, by the WARP's name."""
    rows = select(Mailbox, Warp).join(Warp, Warp.id == Mailbox.warp_id).order_by(Warp.name)
    return [(box, warp) for box, warp in session.execute(rows)]
