"""Warnings of a source that sends none: lists of values around one malware, a weakness or a note by itself.

Where a source has sent no report and no named grouping, the few objects that its others hang on are its warnings:
those of the first type of HEADS that it has at all, unless there are more than a person would read one by one. So
a library (hundreds of techniques, of measures, of exploited weaknesses) stays what stands behind other warnings.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from warp_hub.advisories import finding, likeness, sorting
from warp_hub.advisories.models import Provenance, Source, SourceKind
from warp_hub.advisories.scopes import house
from warp_hub.advisories.serving import Serving
from warp_hub.advisories.storing import Rows, waiting
from warp_hub.db import among, session
from warp_hub.sharing.models import Item, ItemKind, ItemVersion, Subject
from warp_hub.sharing.visibility import house_read

HEADS = (
    "incident",
    "campaign",
    "malware",
    "intrusion-set",
    "threat-actor",
    "vulnerability",
    "note",
    "course-of-action",
)
MOST = 10


def raise_heads(serving: Serving, now: datetime) -> int:
    """Make the heads of a source that sent no warning its warnings; return how many."""
    if _has_warnings(serving.id) or _is_a_list_of_exploited(serving.id):
        return 0
    heads = next((found for kind in HEADS if (found := _of_type(serving.id, kind))), [])
    if not heads or len(heads) > MOST:
        return 0
    objects = _newest([item_id for item_id, _ in heads])
    rows = Rows()
    for item in session.scalars(house(Item).where(among(Item.id, objects))).all():
        _raise(item, objects[item.id], dict(heads)[item.id], serving, now, rows)
    session.flush()
    rows.load()
    return len(objects)


def _raise(item: Item, obj: dict[str, Any], digest: bytes, serving: Serving, now: datetime, rows: Rows) -> None:
    words, advisory = sorting.words_of(obj, ItemKind.ADVISORY), sorting.advisory_of(obj, now)
    item.kind, item.title, item.summary = ItemKind.ADVISORY, words["title"], words["summary"]
    item.severity = words["severity"]
    about = list(session.scalars(house(Subject).where(Subject.item_id == item.id).with_only_columns(Subject.value)))
    rows.advisories.append({"id": item.id, **advisory})
    rows.words.append(finding.words_of(item.id, words, advisory, about))
    keys = likeness.keys_of(obj["id"], digest, item.title, advisory["links"], about)
    rows.likenesses += [{"item_id": item.id, "key": key} for key in keys]
    if item.held or not serving.trusted:
        rows.decisions += [waiting(item.id, warp) for warp in serving.warps]


def _has_warnings(source_id: UUID) -> bool:
    one = house(Item).where(Item.originator == source_id, Item.kind == ItemKind.ADVISORY).with_only_columns(Item.id)
    return session.scalar(one.limit(1)) is not None


def _is_a_list_of_exploited(source_id: UUID) -> bool:
    return session.scalar(select(Source.kind).where(Source.id == source_id)) is SourceKind.KEV


def _of_type(source_id: UUID, kind: str) -> Sequence[tuple[UUID, bytes]]:
    """Return the items of this type that a source sent, one more than are looked at, with what their copies share."""
    asked: Any = (
        select(Provenance.item_id, Provenance.digest)
        .join(Item, Item.id == Provenance.item_id)
        .where(Provenance.source_id == source_id, Provenance.stix_id.startswith(f"{kind}--"))
        .where(Item.withdrawn_at.is_(None))
        .limit(MOST + 1)
    )
    return [(row.item_id, row.digest) for row in session.execute(house_read(asked, "intake"))]


def _newest(item_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    versions = house(ItemVersion).where(among(ItemVersion.item_id, item_ids)).order_by(ItemVersion.modified)
    rows = session.execute(versions.with_only_columns(ItemVersion.item_id, ItemVersion.content))
    return {item_id: orjson.loads(content) for item_id, content in rows}
