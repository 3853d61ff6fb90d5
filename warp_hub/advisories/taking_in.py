"""Taking in one page, in the caller's transaction: after it, every rule of import holds for what is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from feeds.contract import BadObject, StixObject
from warp_hub import background
from warp_hub.advisories import arrivals, changing, originals, quarantine, releasing, storing, tightening
from warp_hub.advisories.scopes import GATHERS, house, is_of
from warp_hub.advisories.serving import Serving
from warp_hub.alerts import keys
from warp_hub.db import session


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pull did: fetched = stored + updated + duplicate + quarantined; held are counted in stored."""

    fetched: int = 0
    stored: int = 0
    updated: int = 0
    duplicate: int = 0
    quarantined: int = 0
    held: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        names = (field.name for field in fields(self))
        return Outcome(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def line(self) -> str:
        """Return the one line that a pull ends with."""
        return (
            f"fetched {self.fetched} stored {self.stored} updated {self.updated} "
            f"duplicate {self.duplicate} quarantined {self.quarantined}"
        )


def take_in(objects: Sequence[StixObject], bad: Sequence[BadObject], serving: Serving, now: datetime) -> Outcome:
    """Store a page: what is new, what changed, what must be held; and tighten what its reports refer to."""
    defined = _learn(objects, serving)
    found = arrivals.sort_out(objects, bad, serving.id)
    stored = storing.store_new(found.fresh, serving, now)
    changed = changing.change(found.known, serving, now)
    originals.keep(objects, stored.ids | changed.ids)
    keys.renew([item_id for name, item_id in (stored.ids | changed.ids).items() if keys.says_something(name)])
    released = releasing.release_labelled(defined, serving, now)
    _tighten(stored, changed, released, serving)
    refused = [*found.refused, *changed.refused]
    quarantine.put_aside(refused, source_id=serving.id, keeper=serving.keeper, now=now)
    _announce(serving)
    extra = sum(len(group) - 1 for group in found.fresh)
    return Outcome(
        fetched=len(objects) + len(bad),
        stored=len(found.fresh),
        updated=changed.versions + extra,
        duplicate=found.duplicates,
        quarantined=len(refused),
        held=stored.held,
    )


def _learn(objects: Iterable[StixObject], serving: Serving) -> list[str]:
    """Remember the labels that these objects define, the first definition of each id; return the new ids."""
    new = [obj for obj in objects if obj.type == "marking-definition" and obj.id not in serving.definitions]
    for obj in new:
        serving.definitions.setdefault(obj.id, obj.data)
    return [obj.id for obj in new]


def _tighten(stored: storing.Stored, changed: changing.Changed, released: releasing.Released, serving: Serving) -> None:
    touched: dict[str, UUID] = stored.ids | changed.ids
    containers = [item_id for name, item_id in touched.items() if is_of(name, GATHERS)]
    tightening.tighten(
        house,
        serving.id,
        containers=[*containers, *released.containers],
        unmarked={*stored.unmarked, *changed.unmarked, *released.unmarked},
        named=serving.coordinators,
        floor=serving.marking,
    )


def _announce(serving: Serving) -> None:
    background.defer_many(session, "announce", [{"item_id": str(item_id)} for item_id in serving.to_announce])
    serving.to_announce.clear()
