"""The mailboxes of WARPs: one a WARP, its password sealed, asked only where a source might be asked."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from feeds import addresses
from feeds.contract import FeedError
from warp_hub import audit, background, clock
from warp_hub.advisories import passwords
from warp_hub.advisories.mailbox.models import Mailbox
from warp_hub.db import session
from warp_hub.memberships.models import Warp

TASK = "look into a mailbox"
PORT = 993
INTERVAL, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=1)
LONGEST_FAULT = 300


class MailboxRefused(Exception):
    """A mailbox cannot be used like this; the text is one sentence that says why."""

    for_the_command_line = True


def add(
    slug: str,
    host: str,
    username: str,
    password: str,
    *,
    port: int = PORT,
    folder: str = "INBOX",
    private: bool = False,
) -> Mailbox:
    """Let the mail of a WARP be fetched from here, instead of from where it was before."""
    warp = warp_of(slug)
    _check(host, port, username, password, folder)
    box = find(warp.id) or Mailbox(warp_id=warp.id)
    box.host, box.port, box.username, box.folder, box.allow_private = host, port, username, folder, private
    box.password_sealed = passwords.seal(password)
    box.fault, box.failures, box.next_try_at = "", 0, None
    session.add(box)
    audit.record("added a mailbox", warp=warp.id)
    session.flush()
    return box


def remove(slug: str) -> None:
    """Fetch the mail of a WARP no more; what lies in the mailbox stays there."""
    warp = warp_of(slug)
    box = find(warp.id)
    if box is None:
        raise MailboxRefused(f"{slug} has no mailbox.")
    session.delete(box)
    audit.record("removed a mailbox", warp=warp.id)


def find(warp_id: UUID) -> Mailbox | None:
    """Return the mailbox of a WARP, or None."""
    return session.scalars(select(Mailbox).where(Mailbox.warp_id == warp_id)).one_or_none()


def warp_of(slug: str) -> Warp:
    """Return a WARP by its slug; raise MailboxRefused."""
    warp = session.scalars(select(Warp).where(Warp.slug == slug)).one_or_none()
    if warp is None:
        raise MailboxRefused(f"There is no WARP {slug}.")
    return warp


def start_due() -> str:
    """Put one task on the queue for each mailbox whose time has come."""
    now = clock.now()
    due = session.scalars(select(Mailbox).where(or_(Mailbox.next_try_at.is_(None), Mailbox.next_try_at <= now))).all()
    for box in due:
        waiting = f"mailbox {box.id}"
        background.defer(
            session, TASK, lock=waiting, queueing_lock=waiting, queue=background.SLOW, mailbox_id=str(box.id)
        )
        box.next_try_at = now + INTERVAL
    return f"{len(due)} begun" if due else ""


def went_well(box: Mailbox, left: int) -> None:
    """Note that a mailbox was looked into, and how many mails must be brought again."""
    box.last_looked_at = box.last_ok_at = clock.now()
    box.failures, box.next_try_at = 0, _next(0)
    box.fault = f"{left} mails could not be dealt with yet and are tried again." if left else ""


def went_wrong(box: Mailbox, sentence: str) -> None:
    """Note why a mailbox could not be looked into, and try again later and later."""
    box.last_looked_at, box.failures = clock.now(), box.failures + 1
    box.fault, box.next_try_at = sentence[:LONGEST_FAULT], _next(box.failures)


def _next(failures: int) -> datetime:
    doublings: int = 2 ** min(failures, 10)
    return clock.now() + min(INTERVAL * doublings, LONGEST_PAUSE)


def _check(host: str, port: int, username: str, password: str, folder: str) -> None:
    try:
        addresses.origin_of(f"https://{host}:{port}")
    except FeedError as error:
        raise MailboxRefused(error.sentence) from None
    if not (username and password):
        raise MailboxRefused("A mailbox needs a user and a password.")
    if any(not word.isascii() or not word.isprintable() for word in (username, folder)):
        raise MailboxRefused("Write user and folder in plain letters.")
