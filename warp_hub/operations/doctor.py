"""warp-hub doctor: one sentence for each thing that must work, and why when it does not."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text

from warp_hub import audit, background, clock, config, mail
from warp_hub.advisories import source_lines
from warp_hub.advisories.mailbox import listing
from warp_hub.custody import holders
from warp_hub.db import session
from warp_hub.memberships.models import Coordinator, State, Warp

SILENCE = timedelta(minutes=5)
MOST_SHOWN = 20
MEGABYTE, LEAST_MEGABYTES = 1024 * 1024, 500


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    ok: bool
    sentence: str


def examine() -> list[Finding]:
    """Return what every look found; one that fails never stops the others."""
    return [finding for look in LOOKS for finding in _safely(look)]


def _safely(look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except Exception as error:
        session.rollback()
        return [Finding(False, f"{look.__name__.strip('_').replace('_', ' ')}: {type(error).__name__}")]


def _settings() -> Iterator[Finding]:
    settings = config.current()
    where = "its own PostgreSQL" if settings.embedded else "a PostgreSQL of yours"
    yield Finding(True, f"settings are complete; the hub runs on {where} at {settings.base_url}")
    if not settings.is_https and "localhost" not in settings.base_url and "127.0.0.1" not in settings.base_url:
        yield Finding(False, "WARP_HUB_BASE_URL is not https: cookies and links are not protected")
    if settings.mail_to_folder is not None:
        yield Finding(True, f"letters are written to {settings.mail_to_folder}")
    for sentence in config.mistyped():
        yield Finding(False, sentence)


def _room_on_the_disk() -> Iterator[Finding]:
    folder = config.current().data_dir
    if folder.exists() and (left := shutil.disk_usage(folder).free // MEGABYTE) < LEAST_MEGABYTES:
        yield Finding(False, f"only {left} MB are left on the disk of {folder}")


def _database() -> Iterator[Finding]:
    version = session.scalar(text("SHOW server_version"))
    yield Finding(True, f"PostgreSQL {version} answers")
    bypass = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    above = session.scalar(bypass)
    yield Finding(
        not above, "the worker is not above the policies" if not above else "the worker is above the policies"
    )


def _warps() -> Iterator[Finding]:
    held = select(Coordinator.warp_id).where(Coordinator.state == State.ACTIVE)
    without = session.scalars(select(Warp.name).where(Warp.id.not_in(held))).all()
    count = session.scalar(select(func.count()).select_from(Warp)) or 0
    yield Finding(bool(count), f"{count} WARPs" if count else "no WARP yet: run `warp-hub init`")
    for name in without:
        yield Finding(False, f"{name} has no coordinator")


def _key_holders() -> Iterator[Finding]:
    for warp in session.scalars(select(Warp).order_by(Warp.name)).all():
        count = holders.count_keys(warp.id)
        enough = "" if count >= holders.FEWEST else ": its members cannot report without their name"
        yield Finding(True, f"{warp.name} has {count} key holders{enough}")


def _sources() -> Iterator[Finding]:
    for sentence, is_well in source_lines.looks():
        yield Finding(is_well, sentence)


def _mailboxes() -> Iterator[Finding]:
    for box, warp in listing.listed():
        yield Finding(not box.fault, f"the mailbox of {warp.slug}: {box.fault or 'all is well'}")


def _audit_chain() -> Iterator[Finding]:
    verdict = audit.verify()
    if verdict.broken_at is None:
        yield Finding(True, f"the audit chain holds: {verdict.linked} linked, {verdict.unlinked} not linked yet")
    else:
        yield Finding(False, f"the audit chain is broken at {verdict.broken_at}: {verdict.reason}")


def _oldest_unlinked() -> Iterator[Finding]:
    linked = select(audit.AuditLink.audit_id)
    oldest = session.scalar(select(func.min(audit.Audit.at)).where(audit.Audit.id.not_in(linked)))
    if oldest is not None and clock.now() - oldest > timedelta(minutes=10):
        yield Finding(False, "nothing was chained for ten minutes: is `warp-hub clock` running?")


def _signs_of_life() -> Iterator[Finding]:
    alive = background.heartbeats()
    for part, verb in (("timetable", "clock"), ("worker", "work")):
        at, _trouble = alive.get(part, (None, None))
        if at is None:
            yield Finding(False, f"the {part} has never run: is `warp-hub serve` or `warp-hub {verb}` running?")
        else:
            late = clock.now() - at > SILENCE
            yield Finding(not late, f"the {part} last ran at {at:%Y-%m-%d %H:%M} UTC")


def _given_up() -> Iterator[Finding]:
    given_up = background.failures(MOST_SHOWN)
    for failure in given_up:
        ids = ", ".join(f"{name} {value}" for name, value in failure.ids.items())
        yield Finding(False, f"given up after {failure.attempts} tries: {failure.task} ({ids})")


def _mail() -> Iterator[Finding]:
    health = mail.health()
    since = f" since {health.oldest_waiting:%Y-%m-%d %H:%M} UTC" if health.oldest_waiting else ""
    yield Finding(health.trouble is None, f"{health.waiting} letters wait{since}")
    if health.trouble is not None:
        yield Finding(False, f"no letter can go: {health.trouble}")
    if health.unknown or health.failed_lately:
        sentence = f"{health.failed_lately} letters failed in the last 7 days, of {health.unknown} nobody knows"
        yield Finding(False, sentence)


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _settings,
    _room_on_the_disk,
    _database,
    _warps,
    _key_holders,
    _sources,
    _mailboxes,
    _audit_chain,
    _oldest_unlinked,
    _signs_of_life,
    _given_up,
    _mail,
)
