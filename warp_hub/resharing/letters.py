"""The letters of this room, each written when it goes: that something is recalled, what became of a wish."""

from typing import Any

from warp_hub.alerts.recall_wording import of_recall
from warp_hub.db import session
from warp_hub.discussions import replies
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.resharing import answering, telling
from warp_hub.resharing.models import Answer, ShareRequest
from warp_hub.sharing.models import Item, Recall
from warp_hub.sharing.visibility import select_asked, select_visible
from warp_hub.tlp import MAILED, Marking, Outlet, Viewer

LIST, HOME = "/advisories/withdrawn", "/"


def recalled(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the letter that asks for a copy to be deleted; it says what kind of thing under which label, no more."""
    found = _recall(letter, viewer)
    if found is None:
        return Cancelled("what they had is not for them any more")
    is_for_the_named = found.marking is Marking.RED or found.embargo_until is not None
    words = None if is_for_the_named else of_recall(found.what, found.of_kind, by_source=found.by_source)
    is_open = not is_for_the_named and found.marking in MAILED
    address = addresses.opening(letter.person_id, LIST) if is_open else addresses.signing_in(LIST)
    return rendering.letter("resharing/email/recalled", words=words, label=found.marking.value, address=address)


def _recall(letter: Letter, viewer: Viewer) -> Any:
    told = (Recall.what, Recall.of_kind, Recall.by_source, Item.marking, Item.embargo_until)
    asked = select_visible(Recall, viewer, Outlet.NOTICE).where(Recall.id.in_(letter.item_ids))
    return session.execute(asked.with_only_columns(*told).limit(1)).one_or_none()


def answered(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the letter that says yes or no to whoever asked to share something; neither what it was nor why."""
    asked = select_asked(ShareRequest, viewer).where(ShareRequest.id.in_(letter.item_ids[:1]))
    found = session.scalars(asked).one_or_none()
    if found is None or found.answer is None:
        return Cancelled("nothing is known of what they asked")
    noticed = select_visible(Item, viewer, Outlet.NOTICE).with_only_columns(Item.id, Item.kind, Item.marking)
    item = session.execute(noticed.where(Item.id == found.item_id)).one_or_none()
    if item is None:
        return Cancelled("what they asked about is not for them any more")
    path = HOME if item.marking is Marking.RED else f"{replies.PLACES[item.kind]}/{item.id}"
    return rendering.letter(
        "resharing/email/share_answered", is_yes=found.answer is Answer.YES, address=addresses.signing_in(path)
    )


LETTERS = {telling.KIND: recalled, answering.KIND: answered}
