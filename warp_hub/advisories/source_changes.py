"""Changing a source that is there; what it signs in with follows it nowhere else unless it is given anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from warp_hub import audit, clock
from warp_hub.advisories import passwords
from warp_hub.advisories import source_details as details
from warp_hub.advisories.models import Quarantined, Source, SourceWarp
from warp_hub.advisories.serving import warps_of
from warp_hub.advisories.source_details import SourceRefused
from warp_hub.db import session

N_ = str  # marks a sentence for the translators
ENTER_AGAIN = N_("The address leads to another place: enter the user name and password again, or remove them.")
SHOW_AGAIN = N_("The address leads to another place: give the certificate and its key again, or remove them.")


@dataclass(frozen=True)
class Login:
    """What to sign in with; both empty is nothing."""

    username: str = ""
    password: str = ""


@dataclass(frozen=True)
class Changes:
    """What is to be different: None leaves a thing as it is; an empty text, an empty Login or 0 takes it away."""

    name: str | None = None
    url: str | None = None
    login: Login | None = None
    certificate: str | None = None
    authority: str | None = None
    marking: str | None = None
    trusted: bool | None = None
    allow_private: bool | None = None
    interval_minutes: int | None = None
    early_days: int | None = None
    warps: Sequence[str] | None = None

    def for_warps(self, slugs: Sequence[str]) -> "Changes":
        """Return the same for other WARPs, the first of which keeps the source."""
        return replace(self, warps=slugs)


def change(source: Source, wanted: Changes, *, by: UUID | None = None) -> list[str]:
    """Change a source and return what changed, for the audit and the page; raise SourceRefused with a sentence."""
    changed: dict[str, Any] = {}
    _change_plainly(source, wanted, changed, by)
    _change_address(source, wanted, changed)
    _change_secrets(source, wanted, changed)
    if wanted.warps is not None:
        _change_warps(source, wanted.warps, changed)
    if changed:
        keeper = warps_of(source.id)[0]
        audit.record("changed a source", actor=by, warp=keeper, detail={"source": source.slug, **changed})
    session.flush()
    return list(changed)


def _change_plainly(source: Source, wanted: Changes, changed: dict[str, Any], by: UUID | None) -> None:
    read: dict[str, Any] = {}
    if wanted.name is not None:
        read["name"] = details.read_name(wanted.name, by, source)
    if wanted.marking is not None:
        read["marking"] = details.read_marking(wanted.marking)
    if wanted.interval_minutes is not None:
        read["interval_minutes"] = details.read_interval(wanted.interval_minutes)
    if wanted.early_days is not None:
        read["early_days"] = details.read_early_days(wanted.early_days)
    for name in ("trusted", "allow_private"):
        if getattr(wanted, name) is not None:
            read[name] = getattr(wanted, name)
    for name, value in read.items():
        if getattr(source, name) != value:
            setattr(source, name, value)
            changed[name] = value


def _change_address(source: Source, wanted: Changes, changed: dict[str, Any]) -> None:
    if wanted.url is None:
        return
    url, origin = details.read_address(wanted.url, source.kind, allow_private=source.allow_private)
    if origin != source.origin:
        _refuse_to_hand_over(source, wanted)
    # Another place has dates of its own: what is read from there is read from its beginning.
    source.url, source.origin, source.cursor = url, origin, None
    source.next_try_at = clock.now()
    changed["address"] = origin


def _refuse_to_hand_over(source: Source, wanted: Changes) -> None:
    """Let nobody who may change an address learn by it what the hub signs in with."""
    if source.has_password and wanted.login is None:
        raise SourceRefused(ENTER_AGAIN, "username")
    if source.certificate_until and wanted.certificate is None:
        raise SourceRefused(SHOW_AGAIN, "certificate")


def _change_secrets(source: Source, wanted: Changes, changed: dict[str, Any]) -> None:
    if (login := wanted.login) is not None:
        source.username = login.username or None
        source.password_sealed = passwords.seal(login.password) if login.password else None
        source.has_password = bool(login.username or login.password)
        changed["password"] = "replaced" if source.has_password else "removed"
    if wanted.certificate is not None:
        shown = details.read_certificate(wanted.certificate) if wanted.certificate else None
        source.certificate_sealed = passwords.seal(shown.pem) if shown else None
        source.certificate_until = shown.until if shown else None
        changed["certificate"] = "replaced" if shown else "removed"
    if wanted.authority is not None:
        source.authority = details.read_authority(wanted.authority) if wanted.authority else None
        changed["authority"] = "replaced" if wanted.authority else "removed"
    if changed.keys() & {"password", "certificate", "authority"}:
        source.next_try_at = clock.now()


def _change_warps(source: Source, slugs: Sequence[str], changed: dict[str, Any]) -> None:
    served = details.read_warps(slugs)
    before, after = list(warps_of(source.id)), [warp.id for warp in served]
    if before == after:
        return
    rows = {row.warp_id: row for row in session.scalars(select(SourceWarp).where(SourceWarp.source_id == source.id))}
    for at, warp in enumerate(after):
        if warp in rows:
            rows.pop(warp).place = at
        else:
            session.add(SourceWarp(source_id=source.id, warp_id=warp, place=at))
    for left_out in rows.values():
        session.delete(left_out)
    if before[:1] != after[:1]:
        moved = update(Quarantined).where(Quarantined.source_id == source.id).values(keeper=after[0])
        session.execute(moved.execution_options(synchronize_session=False))
    changed["warps"] = [warp.slug for warp in served]
