"""Immediate notices: a warning that says "act today" reaches its receivers at once, each of them once, ever.

Who they are follows from the rule alone. A WARP's filter is kept: of what everybody may read, those are told
at once whose own WARP passed it on; their turn comes when theirs does. What is over a person's weekly limit
waits for the digest.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.alerts import choices
from warp_hub.alerts.models import AlertSent
from warp_hub.alerts.printing import PLACES
from warp_hub.db import new_id, session
from warp_hub.memberships import reach
from warp_hub.memberships.models import Coordinator, Membership, Person, Post, State
from warp_hub.sharing.models import Item, Severity
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, Outlet

KIND = "alert"
MOST_A_WEEK = 5
WORTH_SENDING_FOR = timedelta(hours=24)
OVER_THE_LIMIT = f"{MOST_A_WEEK} in the last 7 days already"

_WIDE = (Marking.CLEAR, Marking.GREEN)
