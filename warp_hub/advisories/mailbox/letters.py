"""The letter to a coordinator whose mail became a warning; it says where it waits and nothing of what it says."""

from sqlalchemy import select

from warp_hub.advisories.mailbox.taking import KIND
from warp_hub.alerts.wording import warp_name
from warp_hub.db import session
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.memberships.models import Warp
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet, Viewer


def taken(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the letter with the address at which the warning is decided over."""
    item = find_visible(Item, letter.item_ids[0], viewer, Outlet.DESK)
    if item is None:
        return Cancelled("it is not on their desk any more")
    warp = session.scalars(select(Warp).where(Warp.id == letter.warp_id)).one()
    address = addresses.signing_in(f"/desk/warnings/{item.id}")
    return rendering.letter("advisories/email/mail_taken", warp=warp_name(warp), address=address)


LETTERS = {KIND: taken}
