"""Answering from the mail: a signed link for one person, one warning and this one purpose.

It opens no session and shows nothing but what a letter may print. It is over after a while, when the person may not
come in any more, and when what made older links void came after it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from warp_hub.alerts import answers
from warp_hub.alerts.answers import Ours
from warp_hub.mail import addresses, links
from warp_hub.memberships import people
from warp_hub.memberships.models import State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet, Viewer

ANSWER = "answer"
ANSWER_PATH = "/answer"
VALID = timedelta(days=40)


@dataclass(frozen=True)
class Question:
    """What a letter asks beside a warning: until when to answer, and where."""

    due_at: datetime
    address: str


@dataclass(frozen=True)
class Offer:
    """Whom a link is for, and about which warning; whether there is something to answer is asked of `asked`."""

    item_id: UUID
    viewer: Viewer

    def item(self) -> Item | None:
        """Return the warning, if a letter may print it for this person now."""
        found: Item | None = find_visible(Item, self.item_id, self.viewer, Outlet.MAIL)
        return found

    def asked(self) -> list[Ours]:
        """Return the person's organisations that are asked."""
        return [one for one in answers.standing(self.item_id, self.viewer, Outlet.MAIL) if one.is_open]


def address(person_id: UUID, item_id: UUID) -> str:
    """Return the address at which this person answers about this warning for their organisation."""
    return addresses.of_link(ANSWER_PATH, links.sign(ANSWER, person_id, item=str(item_id)))


def questions(viewer: Viewer, item_ids: Collection[UUID]) -> dict[UUID, Question]:
    """Return what a letter to this viewer asks about the items that it prints: those that need their answer."""
    if viewer.person is None:
        return {}
    needed = answers.needing(viewer, item_ids, Outlet.MAIL)
    return {item_id: Question(due_at, address(viewer.person, item_id)) for item_id, due_at in needed.items()}


def read(token: str) -> Offer | None:
    """Return what a link offers; None for one that is forged, over, void, or of somebody who may not come in."""
    claim = links.read(ANSWER, token, VALID)
    person = None if claim is None else people.find_person(claim.person_id)
    if claim is None or person is None or person.state is not State.ACTIVE:
        return None
    if person.void_before is not None and claim.issued_at <= person.void_before:
        return None
    return Offer(UUID(claim.data["item"]), viewer_of(person.id, Proof.MAILBOX))
