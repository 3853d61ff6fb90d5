"""What `warp-hub source …` says and does; each function is one verb of the command line."""

import os
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select

from warp_hub import clock
from warp_hub.advisories import intake, sources
from warp_hub.advisories.intake import AlreadyPulling, Progress, PullFailed
from warp_hub.advisories.models import Source, SourceKind
from warp_hub.advisories.serving import warps_of
from warp_hub.advisories.source_details import SourceRefused
from warp_hub.advisories.taking_in import Outcome
from warp_hub.db import session
from warp_hub.memberships.models import Warp


def add(
    name: str,
    url: str,
    kind: str,
    warps: Sequence[str],
    marking: str,
    username: str | None,
    password_env: str | None,
    publish: bool,
    allow_private: bool,
) -> str:
    """Add a source; return what it will do."""
    source = sources.add(
        name,
        url,
        SourceKind(kind),
        warps,
        marking,
        username=username,
        password=_password(password_env),
        trusted=publish,
        allow_private=allow_private,
    )
    does = "passes on by itself" if publish else "waits for coordinators"
    return f"added {source.slug}: serves {', '.join(warps)}, {source.marking} where a label is missing, {does}"


def listing() -> Iterator[str]:
    """Yield each source with how it is doing, on one line."""
    for source in sources.listed():
        yield f"{source.slug}: {source.kind}, {_slugs(source.id)}, {source.marking}, {_health(source)}"


def try_out(name: str) -> str:
    """Return what a source offers, storing nothing."""
    return intake.try_source(name)


def pull(name: str | None, progress: Progress | None = None) -> Iterator[tuple[str, bool]]:
    """Pull one source, or all that are not paused; yield lines, the last of them the sum, and whether each went well.

    A source that fails does not keep the others from being pulled.
    """
    total = Outcome()
    names = [name] if name else [source.slug for source in sources.listed() if not source.paused]
    for each in names:
        try:
            outcome = intake.pull_source(each, progress)
        except (PullFailed, AlreadyPulling) as error:
            yield str(error), False
            if name:
                return
        else:
            total += outcome
            if name is None:
                yield f"{each}: {outcome.line()}", True
    yield total.line(), True


def pause(name: str) -> str:
    """Pause a source, or resume one that is paused."""
    source = sources.find(name)
    if source.paused:
        sources.resume(source)
        return f"{source.slug} is pulled again"
    sources.pause(source)
    return f"{source.slug} is paused"


def _password(variable: str | None) -> str | None:
    if variable is None:
        return None
    password = os.environ.get(variable)
    if not password:
        raise SourceRefused(f"The variable {variable}, which should hold the password, is not set.")
    return password


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
    return f"working, last pulled {minutes} minutes ago"
