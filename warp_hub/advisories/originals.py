"""What a source sent, kept as it came beside the warning it became, for whoever works on that warning.

It lies in a row of its own where we wrote the STIX ourselves; a source of STIX sent the version we hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ForeignKey, delete, insert
from sqlalchemy.orm import Mapped, mapped_column

from feeds.contract import Original as Sent
from feeds.contract import StixObject
from warp_hub import clock, stix
from warp_hub.db import Model, among, new_id, session
from warp_hub.sharing.models import Item, ItemVersion
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import TRAVELS, Outlet, Viewer

_ENDINGS = {
    "application/json": "json",
    "application/stix+json": "json",
    "application/xml": "xml",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/html": "html",
    "message/rfc822": "eml",
}


class Original(Model):
    """The document behind the current version of a warning, byte for byte."""

    __tablename__ = "original"
    __audience__ = "item"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), unique=True)
    media_type: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes]


@dataclass(frozen=True)
class Download:
    """A file to hand to a coordinator, and under which label."""

    item: Item
    name: str
    media_type: str
    content: bytes

    @property
    def file_name(self) -> str:
        """Return a name that begins with the label; headers are written down on the way, so it holds no word of it."""
        label = self.item.marking.value.replace(":", "-").replace("+", "-")
        return f"{label} original {clock.today().isoformat()}.{_ENDINGS.get(self.media_type, 'bin')}"


def add(originals: Mapping[UUID, Sent]) -> None:
    """Keep these documents beside their items, each instead of the one before."""
    if not originals:
        return
    before = delete(Original).where(among(Original.item_id, originals))
    session.execute(before.execution_options(synchronize_session=False))
    rows = [
        {"id": new_id(), "item_id": item_id, "media_type": sent.media_type, "name": sent.name, "content": sent.content}
        for item_id, sent in originals.items()
    ]
    session.execute(insert(Original), rows)


def keep(objects: Iterable[StixObject], current: Mapping[str, UUID]) -> None:
    """Keep the documents of those objects of a page that became current, by the items they became."""
    newest: dict[str, StixObject] = {}
    for obj in (one for one in objects if one.original and one.id in current):
        held = newest.get(obj.id)
        if held is None or stix.version_of(obj.data) > stix.version_of(held.data):
            newest[obj.id] = obj
    add({current[name]: obj.original for name, obj in newest.items() if obj.original})


def travels(item: Item) -> bool:
    """Say whether what the source sent may leave in a file: not what is for named people, nor what has no label yet."""
    early = item.handling().under_embargo(clock.now())
    return item.held is None and Outlet.FILE in TRAVELS[item.marking] and not early


def find(item_id: UUID, viewer: Viewer) -> Download | None:
    """Return what the source sent of something that this viewer works on, or None: of STIX, the version we hold."""
    document = find_document(item_id, viewer)
    if document is not None:
        return document
    item = _find_item(item_id, viewer)
    newest = select_visible(ItemVersion, viewer, Outlet.DESK).where(ItemVersion.item_id == item_id)
    version = session.scalar(newest.order_by(ItemVersion.modified.desc()).limit(1)) if item else None
    if item is None or version is None:
        return None
    return Download(item, f"{version.stix_id}.json", "application/stix+json", version.content.encode())


def find_document(item_id: UUID, viewer: Viewer) -> Download | None:
    """Return the document of another kind behind something that this viewer works on, or None."""
    item = _find_item(item_id, viewer)
    row = session.scalar(select_visible(Original, viewer, Outlet.DESK).where(Original.item_id == item_id))
    return Download(item, row.name, row.media_type, row.content) if item and row else None


def _find_item(item_id: UUID, viewer: Viewer) -> Item | None:
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.DESK)
    return item if item is not None and travels(item) else None
