"""Who would see a warning and by which way, said before it goes out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from warp_hub.advisories.queue import handling_after
from warp_hub.advisories.serving import shows_clear
from warp_hub.memberships import reach
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking, Outlet


@dataclass(frozen=True)
class Seen:
    """How many see a warning from a moment on: in all, and by each way; no moment means at once."""

    since: datetime | None
    organisations: int
    people: int
    by_mail: int
    notice_only: int
    by_file: int
    publicly: bool


def who_sees(item: Item, warp: UUID) -> list[Seen]:
    """Return who would see a warning once this WARP has passed it on: at once, and after its early notice."""
    handling = handling_after(item, warp)
    return [_seen(item, warp, since) for since in (None, *([handling.embargo_until] if handling.embargo_until else []))]


def _seen(item: Item, warp: UUID, since: datetime | None) -> Seen:
    handling = handling_after(item, warp)
    by_page = reach.audience(handling, since)
    is_early = since is None and handling.embargo_until is not None
    return Seen(
        since=since,
        organisations=by_page.organisations,
        people=by_page.people,
        by_mail=by_page.by_mail,
        notice_only=by_page.notice_only,
        by_file=len(reach.receivers(handling, Outlet.FILE, since)),
        publicly=item.marking is Marking.CLEAR and not is_early and shows_clear([warp]),
    )
