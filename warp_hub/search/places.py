"""What can be found, under which heading, and where it is read; fixed addresses, so that no room is imported."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from warp_hub.sharing.models import Item, ItemKind


@dataclass(frozen=True)
class Group:
    """One kind of thing that can be found: its word in an address, its heading, and where its pages begin."""

    name: str
    kind: ItemKind
    heading: LazyString
    begins: str


GROUPS = (
    Group("warnings", ItemKind.ADVISORY, _l("Warnings"), "/advisories"),
    Group("notes", ItemKind.NOTE, _l("Notes about warnings"), "/advisories"),
    Group("incidents", ItemKind.SHARED_INCIDENT, _l("Incidents"), "/incidents"),
    Group("questions", ItemKind.QUESTION, _l("Questions"), "/discussions"),
    Group("training", ItemKind.TRAINING_SESSION, _l("Training"), "/training"),
)
BY_NAME = {group.name: group for group in GROUPS}
BY_KIND = {group.kind: group for group in GROUPS}


def address_of(item: Item) -> str:
    """Return where an item is read; a note is read on the page of what it is about."""
    group = BY_KIND[item.kind]
    read: UUID | None = item.about_id if item.kind is ItemKind.NOTE else item.id
    return f"{group.begins}/{read}"
