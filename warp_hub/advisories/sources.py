"""The sources of a hub: adding, finding and pausing them, and how they are doing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from warp_hub import audit, clock
from warp_hub.advisories import health, passwords
from warp_hub.advisories.models import Source, SourceKind, SourceRun, SourceWarp
from warp_hub.advisories.source_details import (
    free_slug,
    read_address,
    read_authority,
    read_certificate,
    read_early_days,
    read_interval,
    read_marking,
    read_name,
    read_warps,
)
from warp_hub.advisories.taking_in import Outcome
from warp_hub.db import session

PATIENCE, LONGEST_PAUSE = 5, timedelta(hours=24)
PERMANENT_PAUSE = timedelta(hours=1)
RUNS_KEPT, NEWS_KEPT = timedelta(days=30), timedelta(days=400)


class SourceUnknown(Exception):
    """There is no source of this name."""

    for_the_command_line = True


def add(
    name: str,
    url: str,
    kind: SourceKind,
    warps: Sequence[str],
    marking: str,
    *,
    username: str | None = None,
    password: str | None = None,
    certificate: str | None = None,
    authority: str | None = None,
    interval_minutes: int = 10,
    early_days: int | None = None,
    trusted: bool = False,
    allow_private: bool = False,
    by: UUID | None = None,
) -> Source:
    """Add a source that serves these WARPs, the first of which keeps it; raise SourceRefused with a sentence."""
    kept_name = read_name(name, by)
    slug = free_slug(kept_name)
    label = read_marking(marking)
    address, origin = read_address(url, kind, allow_private=allow_private)
    served = read_warps(warps)
    shown = read_certificate(certificate) if certificate else None
    source = Source(
        slug=slug,
        name=kept_name,
        kind=kind,
        url=address,
        origin=origin,
        username=username,
        password_sealed=passwords.seal(password) if password else None,
        has_password=bool(username or password),
        certificate_sealed=passwords.seal(shown.pem) if shown else None,
        certificate_until=shown.until if shown else None,
        authority=read_authority(authority) if authority else None,
        interval_minutes=read_interval(interval_minutes),
        early_days=read_early_days(early_days),
        marking=label,
        trusted=trusted,
        allow_private=allow_private,
    )
    session.add(source)
    session.flush()
    session.add_all(SourceWarp(source_id=source.id, warp_id=warp.id, place=at) for at, warp in enumerate(served))
    audit.record("added a source", actor=by, warp=served[0].id, detail={"source": slug, "trusted": trusted})
    session.flush()
    return source


def find(which: UUID | str) -> Source:
    """Return a source by its id, short name or name; raise SourceUnknown, also where several have the name."""
    if isinstance(which, UUID):
        found = session.scalars(select(Source).where(Source.id == which)).all()
    else:
        found = session.scalars(select(Source).where(Source.slug == which.strip().lower())).all() or (
            session.scalars(select(Source).where(Source.name == which.strip()).order_by(Source.slug)).all()
        )
    if not found:
        raise SourceUnknown(f"There is no source called {which}.")
    if len(found) > 1:
        raise SourceUnknown(f"Several sources are called {which}: say one of {', '.join(one.slug for one in found)}.")
    return found[0]


def listed() -> Sequence[Source]:
    """Return every source, by name."""
    return session.scalars(select(Source).order_by(Source.name)).all()


def of_warps(warps: Collection[UUID]) -> Sequence[Source]:
    """Return the sources that serve any of these WARPs, by name."""
    serving = select(SourceWarp.source_id).where(SourceWarp.warp_id.in_(warps))
    return session.scalars(select(Source).where(Source.id.in_(serving)).order_by(Source.name)).all()


def due(now: datetime) -> Sequence[Source]:
    """Return the sources whose time to be asked has come."""
    waiting = select(Source).where(Source.paused.is_(False))
    return session.scalars(waiting.where(or_(Source.next_try_at.is_(None), Source.next_try_at <= now))).all()


def runs_of(source_id: UUID, limit: int = 5) -> Sequence[SourceRun]:
    """Return the last runs of a source, newest first."""
    runs = select(SourceRun).where(SourceRun.source_id == source_id).order_by(SourceRun.started_at.desc())
    return session.scalars(runs.limit(limit)).all()


def forget_old_runs() -> int:
    """Delete the runs of more than a month ago; those that brought something new are kept for a year."""
    now = clock.now()
    brought_nothing = (SourceRun.stored == 0) & (SourceRun.updated == 0) & (SourceRun.started_at < now - RUNS_KEPT)
    old = delete(SourceRun).where(or_(brought_nothing, SourceRun.started_at < now - NEWS_KEPT))
    forgotten = session.execute(old.execution_options(synchronize_session=False))
    return int(forgotten.rowcount)  # type: ignore[attr-defined]


def pause(source: Source, *, by: UUID | None = None) -> None:
    """Ask this source no more until it is resumed."""
    source.paused = True
    audit.record("paused a source", actor=by, detail={"source": source.slug})


def resume(source: Source, *, by: UUID | None = None) -> None:
    """Ask this source again, at the next tick."""
    source.paused, source.next_try_at = False, clock.now()
    audit.record("resumed a source", actor=by, detail={"source": source.slug})


def interval(source: Source) -> timedelta:
    """Return how long to wait between two good runs."""
    return timedelta(minutes=source.interval_minutes)


def went_well(source: Source, outcome: Outcome, remark: str = "") -> None:
    """Note that a run reached its end, what it brought, and what it noticed about the source."""
    now = clock.now()
    source.last_ok_at, source.health, source.failures, source.failing_since = now, "", 0, None
    source.next_try_at = now + interval(source)
    source.remark, source.empty = (
        remark,
        health.why_empty(source, fetched=outcome.fetched, quarantined=outcome.quarantined),
    )
    if outcome.stored or outcome.updated:
        source.last_new_at, source.usual_gap_minutes = now, health.usual_gap(source.id)


def went_wrong(source: Source, sentence: str, *, permanent: bool, retry_after: float | None) -> None:
    """Note why a run failed, and when to try again: later and later after five failures in a row."""
    now = clock.now()
    source.last_failed_at, source.health, source.failures = now, sentence, source.failures + 1
    source.failing_since = source.failing_since or now
    pause_for = max(interval(source), PERMANENT_PAUSE) if permanent else interval(source)
    doublings = min(max(source.failures - PATIENCE, 0), 12)
    pause_for = min(pause_for * 2**doublings, LONGEST_PAUSE)
    source.next_try_at = now + max(pause_for, timedelta(seconds=retry_after or 0))
