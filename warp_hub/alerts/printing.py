"""What a letter may say of an item that it may print: one block of label, title, facts and two lines.

Whoever builds an Entry has read the item through the outlet MAIL. Addresses in it are made harmless, since
mail programs turn whatever looks like one into a link.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from warp_hub import text
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.tlp import Marking

LONGEST_TITLE = 160
LONGEST_SUMMARY = 240

# Where the portal shows an item of this kind; the addresses of DESIGN.md do not move.
PLACES = {
    ItemKind.ADVISORY: "/advisories",
    ItemKind.SHARED_INCIDENT: "/incidents",
    ItemKind.QUESTION: "/discussions",
    ItemKind.TRAINING_SESSION: "/training",
}
# All that an Entry is made of: a letter loads nothing else of an item.
COLUMNS = (
    Item.id,
    Item.kind,
    Item.marking,
    Item.title,
    Item.summary,
    Item.severity,
    Item.originator_name,
    Item.restrictions,
    Item.chatham_house,
    Item.published_at,
    Item.revised_at,
)


@dataclass(frozen=True)
class Entry:
    """One item as a letter prints it, on single lines, its addresses harmless."""

    id: UUID
    kind: ItemKind
    marking: Marking
    title: str
    summary: str
    severity: Severity | None
    source: str
    restrictions: str
    chatham_house: bool
    published_at: datetime | None
    revised_at: datetime | None

    @property
    def is_dated(self) -> bool:
        """Say whether the day it came belongs beside it; of a session only the day it takes place matters."""
        return self.kind is not ItemKind.TRAINING_SESSION

    @property
    def path(self) -> str:
        """Return where the portal shows it."""
        return f"{PLACES[self.kind]}/{self.id}"


def entry(item: Item) -> Entry:
    """Return what a letter prints of an item that was read through the outlet MAIL."""
    return Entry(
        id=item.id,
        kind=item.kind,
        marking=item.marking,
        title=text.harmless(text.one_line(item.title, LONGEST_TITLE)),
        summary=text.harmless(text.one_line(item.summary, LONGEST_SUMMARY)),
        severity=item.severity,
        source=text.one_line(item.originator_name, LONGEST_TITLE),
        restrictions=text.one_line(item.restrictions, LONGEST_SUMMARY),
        chatham_house=item.chatham_house,
        published_at=item.published_at,
        revised_at=item.revised_at,
    )
