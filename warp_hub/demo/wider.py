"""One member of the demonstration asks to share a warning wider, which waits on the desk of the WARP that keeps it.

They took the list of warnings as a file the day before: when one of those is withdrawn, they are told.
"""

from datetime import datetime, timedelta

from warp_hub.db import session
from warp_hub.demo.agenda import Agenda
from warp_hub.demo.community import Community
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.resharing import asking, telling
from warp_hub.resharing.models import Wish
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet

ASKER, WHOM = "lead-midshire", "Inglestone Leisure Trust"
WHY = "The trust runs our leisure centres on our network. Its one IT person is not a member and should see this too."
ASKED_BEFORE, TAKEN_BEFORE = timedelta(minutes=50), timedelta(hours=26)


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put the file and the question on the agenda."""
    agenda.at(now - TAKEN_BEFORE, lambda: _take_the_list(built))
    agenda.at(now - ASKED_BEFORE, lambda: _ask(built))


def tell_of_recalls() -> None:
    """Post what whoever has a copy of something withdrawn is told."""
    telling.tell_due()
    session.commit()


def _take_the_list(built: Community) -> None:
    viewer = viewer_of(built.people[ASKER].id, Proof.FULL)
    listed = select_visible(Item, viewer, Outlet.FILE).where(Item.kind == ItemKind.ADVISORY).with_only_columns(Item.id)
    deliveries.note(session.scalars(listed).all(), built.people[ASKER].id, Outlet.FILE)
    session.commit()


def _ask(built: Community) -> None:
    viewer = viewer_of(built.people[ASKER].id, Proof.FULL)
    amber = select_visible(Item, viewer, Outlet.PAGE).where(
        Item.kind == ItemKind.ADVISORY,
        Item.marking == Marking.AMBER,
        Item.embargo_until.is_(None),
        Item.keepers.contains([built.warps["midshire"].id]),
    )
    item = session.scalars(amber.order_by(Item.published_at.desc(), Item.id).limit(1)).one_or_none()
    if item is not None:
        asking.ask(item, Wish.ORGANISATION, WHOM, None, WHY, viewer)
    session.commit()
