"""The sources of a hub: adding, finding and pausing them, and how they are doing."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from sqlalchemy import or_, select

from warp_hub import audit, clock, stix
from warp_hub.advisories import passwords
from warp_hub.advisories.models import Source, SourceKind, SourceRun, SourceWarp
from warp_hub.db import session
from warp_hub.memberships.models import Warp

LONGEST_NAME = 80
PATIENCE, LONGEST_PAUSE = 5, timedelta(hours=24)
PERMANENT_PAUSE = timedelta(hours=1)


class SourceRefused(Exception):
    """A source cannot be added; the text is one sentence that says why."""

    for_the_command_line = True


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
    trusted: bool = False,
    allow_private: bool = False,
    by: UUID | None = None,
) -> Source:
    """Add a source that serves these WARPs, the first of which keeps it; raise SourceRefused with a sentence."""
    slug = _slug(name)
    label = stix.read_label(marking).marking
    if label is None:
        raise SourceRefused(f"{marking!r} is not one of the labels TLP:CLEAR, GREEN, AMBER, AMBER+STRICT and RED.")
    url = _address(url, kind, allow_private)
    served = _warps(warps)
    source = Source(
        slug=slug,
        name=" ".join(name.split()),
        kind=kind,
        url=url,
        username=username,
        password_sealed=passwords.seal(password) if password else None,
        marking=label,
        trusted=trusted,
        allow_private=allow_private,
    )
    session.add(source)
    session.flush()
    session.add_all(SourceWarp(source_id=source.id, warp_id=warp, place=place) for place, warp in enumerate(served))
    audit.record("added a source", actor=by, warp=served[0], detail={"source": slug, "trusted": trusted})
    session.flush()
    return source


def find(which: UUID | str) -> Source:
    """Return a source by its id, name or short name; raise SourceUnknown."""
    if isinstance(which, UUID):
        wanted = select(Source).where(Source.id == which)
    else:
        wanted = select(Source).where(or_(Source.name == which.strip(), Source.slug == which.strip().lower()))
    source = session.scalars(wanted).one_or_none()
    if source is None:
        raise SourceUnknown(f"There is no source called {which}.")
    return source


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


def went_well(source: Source) -> None:
    """Note that a run reached its end."""
    source.last_ok_at, source.health, source.failures = clock.now(), "", 0
    source.next_try_at = clock.now() + interval(source)


def went_wrong(source: Source, sentence: str, *, permanent: bool, retry_after: float | None) -> None:
    """Note why a run failed, and when to try again: later and later after five failures in a row."""
    source.last_failed_at, source.health, source.failures = clock.now(), sentence, source.failures + 1
    pause_for = max(interval(source), PERMANENT_PAUSE) if permanent else interval(source)
    doublings = min(max(source.failures - PATIENCE, 0), 12)
    pause_for = min(pause_for * 2**doublings, LONGEST_PAUSE)
    source.next_try_at = clock.now() + max(pause_for, timedelta(seconds=retry_after or 0))


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug or len(name) > LONGEST_NAME:
        raise SourceRefused(f"The name of a source has letters or digits, at most {LONGEST_NAME} characters.")
    taken = or_(Source.slug == slug, Source.name == " ".join(name.split()))
    if session.scalar(select(Source.id).where(taken)) is not None:
        raise SourceRefused(f"There is a source called {name} already.")
    return slug


def _address(url: str, kind: SourceKind, allow_private: bool) -> str:
    parts = _split(url)
    if parts.username or parts.password:
        raise SourceRefused("Leave user and password out of the address: give them by --user and --password-env.")
    if kind is SourceKind.BUNDLE and parts.scheme == "":
        return str(Path(url).absolute())  # whoever pulls may stand in another folder
    if kind is SourceKind.BUNDLE and parts.scheme == "file":
        return url
    if parts.scheme == "http" and not allow_private:
        raise SourceRefused("The address must begin with https; --allow-private permits http.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceRefused("The address must be a web address that begins with https.")
    return url


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise SourceRefused("The address cannot be read.") from None


def _warps(slugs: Sequence[str]) -> list[UUID]:
    found = {warp.slug: warp.id for warp in session.scalars(select(Warp).where(Warp.slug.in_(slugs)))}
    missing = [slug for slug in slugs if slug not in found]
    if missing or not slugs:
        raise SourceRefused(f"There is no WARP {missing[0]}." if missing else "A source serves at least one WARP.")
    return [found[slug] for slug in dict.fromkeys(slugs)]
