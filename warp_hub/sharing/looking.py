"""Who looked: that somebody was shown what is for named people is on record."""

from warp_hub import audit
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking, Viewer


def note_look(item: Item, viewer: Viewer, label: Marking | None = None) -> bool:
    """Record that this viewer is shown an item for named people; say whether there is something to commit.

    `label` is the strictest on the page, where more than the item stands there.
    """
    shown = label or item.marking
    if shown is not Marking.RED and not item.early:
        return False
    audit.record("read", actor=viewer.person, item=item.id, detail={"marking": shown.value})
    return True
