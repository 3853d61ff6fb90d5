"""The letters of this room, each written when it goes: that something is recalled, what became of a wish."""

from typing import Any

from warp_hub.db import session
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.resharing import telling, wording
from warp_hub.sharing.models import Item, Recall
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import MAILED, Marking, Outlet, Viewer

LIST = "/advisories/withdrawn"


def recalled(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the letter that asks for a copy to be deleted; it says what kind of thing under which label, no more."""
    found = _recall(letter, viewer)
    if found is None:
        return Cancelled("what they had is not for them any more")
    is_for_the_named = found.marking is Marking.RED or found.embargo_until is not None
    words = None if is_for_the_named else wording.of_recall(found.what, found.of_kind, by_source=found.by_source)
    is_open = not is_for_the_named and found.marking in MAILED
    address = addresses.opening(letter.person_id, LIST) if is_open else addresses.signing_in(LIST)
    return rendering.letter("resharing/email/recalled", words=words, label=found.marking.value, address=address)


def _recall(letter: Letter, viewer: Viewer) -> Any:
    told = (Recall.what, Recall.of_kind, Recall.by_source, Item.marking, Item.embargo_until)
    asked = select_visible(Recall, viewer, Outlet.NOTICE).where(Recall.id.in_(letter.item_ids))
    return session.execute(asked.with_only_columns(*told).limit(1)).one_or_none()


LETTERS = {telling.KIND: recalled}
