"""How sources are doing, for the operator: one line each."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from warp_hub import clock
from warp_hub.advisories import health
from warp_hub.advisories.models import Source
from warp_hub.advisories.serving import assumed_labels, warps_of
from warp_hub.db import session
from warp_hub.memberships.models import Warp


def listing() -> Iterator[str]:
    """Yield each source with how it is doing, on one line."""
    for source in _listed():
        yield f"{source.slug}: {source.kind}, {_slugs(source.id)}, {source.marking}, {_health(source)}"


def looks() -> Iterator[tuple[str, bool]]:
    """Yield what an operator should know of each source, and whether it is as it should be."""
    for source in _listed():
        is_well = source.paused or not (source.failures or source.empty or health.is_silent(source, clock.now()))
        yield f"source {source.slug}: {_health(source)}", is_well
        if count := assumed_labels(source.id):
            yield f"source {source.slug} gave {count:,} warnings no label: {source.marking} was assumed", True


def _listed() -> Iterator[Source]:
    yield from session.scalars(select(Source).order_by(Source.name)).all()


def _slugs(source_id: UUID) -> str:
    found = {warp.id: warp.slug for warp in session.scalars(select(Warp).where(Warp.id.in_(warps_of(source_id))))}
    return " ".join(found[warp] for warp in warps_of(source_id))


def _health(source: Source) -> str:
    if source.paused:
        return "paused"
    if source.failures:
        since = f", {source.failures} times in a row" if source.failures > 1 else ""
        return f"failed{since}: {source.health}"
    if source.last_ok_at is None:
        return "not pulled yet"
    minutes = int((clock.now() - source.last_ok_at).total_seconds() // 60)
    state = f"empty, {source.empty}" if source.empty else "working"
    silent = ", silent for longer than usual" if health.is_silent(source, clock.now()) else ""
    gone = f", {source.gone} no longer there" if source.gone else ""
    return f"{state}, last pulled {minutes} minutes ago{silent}{gone}"
