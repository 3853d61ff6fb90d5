"""What `warp-hub mail …` says and does; each function is one verb of the command line."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from warp_hub import clock, config
from warp_hub.advisories.mailbox import boxes, imap, opening, tasks
from warp_hub.advisories.mailbox import listing as every
from warp_hub.advisories.mailbox.boxes import MailboxRefused
from warp_hub.advisories.mailbox.models import Mailbox

# sysexits.h: the mail server keeps the mail and brings it again.
TRY_LATER = 75


def receive(slug: str | None, stream: BinaryIO) -> None:
    """Deal with one mail from a stream; when this returns the mail server may forget it, and else it must not."""
    warp = boxes.warp_of(slug or "")
    tasks.receive(stream.read(opening.LARGEST + 1), warp.id, finder=config.current().mail_authserv_id)


def add(
    slug: str,
    host: str,
    port: int,
    username: str,
    password_env: str,
    folder: str,
    allow_private: bool,
    untried: bool,
) -> str:
    """Let the mail of a WARP be fetched from a mailbox, once it was found to open; return what will happen."""
    password = os.environ.get(password_env)
    if not password:
        raise MailboxRefused(f"The variable {password_env}, which should hold the password, is not set.")
    box = boxes.add(slug, host, username, password, port=port, folder=folder, private=allow_private)
    found = "" if untried else f", {_waiting(box)}"
    return f"the mail of {slug} is fetched from {host} every two minutes{found}"


def listing() -> Iterator[str]:
    """Yield each mailbox with how it is doing, on one line."""
    for box, warp in every.listed():
        yield f"{warp.slug}: {box.username} at {box.host}, {_health(box)}"


def try_out(slug: str) -> str:
    """Return how many mails wait in a mailbox, touching none."""
    box = boxes.find(boxes.warp_of(slug).id)
    if box is None:
        raise MailboxRefused(f"{slug} has no mailbox.")
    return f"{slug}: it opens, {_waiting(box)}"


def remove(slug: str) -> str:
    """Fetch the mail of a WARP no more."""
    boxes.remove(slug)
    return f"the mail of {slug} is fetched no more; what lies in its mailbox stays there"


def _waiting(box: Mailbox) -> str:
    with imap.opened(tasks.place_of(box)) as opened:
        count = len(opened.waiting())
    more = "at least " if count == imap.MOST_A_RUN else ""
    return f"{more}{count} mails wait"


def _health(box: Mailbox) -> str:
    if box.last_looked_at is None:
        return "not looked into yet"
    minutes = int((clock.now() - box.last_looked_at).total_seconds() // 60)
    return f"looked into {minutes} minutes ago: {box.fault or 'all is well'}"
