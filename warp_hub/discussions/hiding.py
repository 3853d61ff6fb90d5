"""Whether "a member" hides anybody: not under TLP:RED, nor where those who can read are of few organisations."""

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships import reach
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.tlp import Handling, Marking


class TooFewToHide(Exception):
    """So few can read it that "a member" would be known among them."""


def hides(handling: Handling) -> bool:
    """Say whether somebody may speak as "a member" under this handling."""
    if handling.marking is Marking.RED:
        return False
    return reach.audience(handling).organisations >= _fewest(handling)


def _fewest(handling: Handling) -> int:
    """Return how many organisations it takes: as many as the strictest of the WARPs concerned wants."""
    concerned = select(Warp).where(Warp.id.in_(handling.keepers | handling.recipients))
    return max((settings_of(warp).k for warp in session.scalars(concerned)), default=WarpSettings().k)
