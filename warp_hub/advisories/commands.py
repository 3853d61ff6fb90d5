"""What `warp-hub source …` says and does; each function is one verb of the command line."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from warp_hub.advisories import comparing, intake, sources
from warp_hub.advisories.intake import AlreadyPulling, Progress, PullFailed
from warp_hub.advisories.models import SourceKind
from warp_hub.advisories.source_changes import Changes, Login, change
from warp_hub.advisories.source_details import SourceRefused
from warp_hub.advisories.taking_in import Outcome


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
    *,
    certificate: Path | None = None,
    authority: Path | None = None,
    interval_minutes: int = 10,
    early_days: int | None = None,
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
        certificate=_pem(certificate),
        authority=_pem(authority),
        interval_minutes=interval_minutes,
        early_days=early_days,
        trusted=publish,
        allow_private=allow_private,
    )
    does = "passes on by itself" if publish else "waits for coordinators"
    return f"added {source.slug}: serves {', '.join(warps)}, {source.marking} where a label is missing, {does}"


def edit(
    name: str,
    *,
    username: str | None = None,
    password_env: str | None = None,
    no_password: bool = False,
    certificate: Path | None = None,
    no_certificate: bool = False,
    authority: Path | None = None,
    no_authority: bool = False,
    rename: str | None = None,
    publish: bool | None = None,
    warps: Sequence[str] = (),
    **plainly: Any,
) -> str:
    """Change a source, leaving what is not named as it is; return what changed."""
    source = sources.find(name)
    login = Login(username or "", _password(password_env) or "") if username or password_env else None
    wanted = Changes(
        name=rename,
        trusted=publish,
        warps=warps or None,
        login=Login() if no_password else login,
        certificate="" if no_certificate else _pem(certificate),
        authority="" if no_authority else _pem(authority),
        **plainly,
    )
    changed = change(source, wanted)
    return f"{source.slug}: changed {', '.join(changed)}" if changed else f"{source.slug}: nothing changed"


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


def compare(name: str) -> str:
    """Mark what a source no longer has; return how much that is."""
    return comparing.compare(name).line()


def pause(name: str) -> str:
    """Pause a source."""
    source = sources.find(name)
    if source.paused:
        return f"{source.slug} is paused already"
    sources.pause(source)
    return f"{source.slug} is paused"


def resume(name: str) -> str:
    """Resume a source that is paused."""
    source = sources.find(name)
    if not source.paused:
        return f"{source.slug} is not paused"
    sources.resume(source)
    return f"{source.slug} is pulled again"


def _password(variable: str | None) -> str | None:
    if variable is None:
        return None
    password = os.environ.get(variable)
    if not password:
        raise SourceRefused(f"The variable {variable}, which should hold the password, is not set.")
    return password


def _pem(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise SourceRefused(f"{file.name} is no PEM file that can be read.") from None
