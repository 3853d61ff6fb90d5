"""A source as its intake sees it: plain values that outlive each transaction of a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from warp_hub.advisories.models import Provenance, Source, SourceWarp
from warp_hub.db import session
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Person, State, Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.sharing.models import Item, ItemKind, ItemVersion
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking

MOST_DEFINITIONS = 10_000


@dataclass(frozen=True)
class Serving:
    """Whom a source serves and how; `definitions` are the labels it has defined so far, the first of each id."""

    id: UUID
    name: str
    marking: Marking
    trusted: bool
    warps: tuple[UUID, ...]
    coordinators: tuple[UUID, ...]
    publicly: bool
    early_days: int | None = None
    definitions: dict[str, Any] = field(default_factory=dict)
    to_announce: list[UUID] = field(default_factory=list)

    @property
    def keeper(self) -> UUID:
        """Return the WARP in whose care the source is: its first."""
        return self.warps[0]

    def early_until(self, said: datetime | None, now: datetime) -> datetime | None:
        """Return until when something that comes now is early: by its own word or by the source's rule, the later."""
        by_rule = now + timedelta(days=self.early_days) if self.early_days else None
        return max((moment for moment in (said, by_rule) if moment), default=None)


def serving_of(source: Source) -> Serving:
    """Return a source with its WARPs, the people an imported RED item names, and the labels it has defined."""
    warps = tuple(warps_of(source.id))
    return Serving(
        id=source.id,
        name=source.name,
        marking=source.marking,
        trusted=source.trusted,
        warps=warps,
        coordinators=tuple(coordinators_of(warps)),
        publicly=shows_clear(warps),
        early_days=source.early_days,
        definitions=_definitions(source.id),
    )


def warps_of(source_id: UUID) -> Sequence[UUID]:
    """Return the ids of the WARPs a source serves, its keeper first."""
    served = select(SourceWarp.warp_id).where(SourceWarp.source_id == source_id).order_by(SourceWarp.place)
    return session.scalars(served).all()


def coordinators_of(warps: Sequence[UUID]) -> Sequence[UUID]:
    """Return the people who run any of these WARPs now."""
    running = (
        select(Coordinator.person_id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.warp_id.in_(warps), runs_now(), Person.state == State.ACTIVE)
    )
    return session.scalars(running.distinct().order_by(Coordinator.person_id)).all()


def shows_clear(warps: Sequence[UUID]) -> bool:
    """Say whether any of these WARPs lets anyone read its TLP:CLEAR warnings."""
    served = session.scalars(select(Warp).where(Warp.id.in_(warps)))
    return any(settings_of(warp).shows_clear_warnings for warp in served)


def assumed_labels(source_id: UUID) -> int:
    """Return of how many warnings of a source the label was left to us."""
    assumed = select(func.count()).select_from(Item).where(Item.originator == source_id, Item.label_assumed)
    return session.scalar(house_read(assumed.where(Item.kind == ItemKind.ADVISORY), "intake")) or 0


def _definitions(source_id: UUID) -> dict[str, Any]:
    defined: Any = (
        select(ItemVersion.stix_id, ItemVersion.content)
        .join(Provenance, Provenance.item_id == ItemVersion.item_id)
        .where(Provenance.source_id == source_id, Provenance.stix_id.startswith("marking-definition--"))
        .order_by(ItemVersion.modified.desc())
        .limit(MOST_DEFINITIONS)
    )
    return {stix_id: orjson.loads(content) for stix_id, content in session.execute(house_read(defined, "intake"))}
