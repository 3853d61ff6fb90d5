"""One mail from its arrival to its end, in one transaction: when it is committed, whoever brought it may forget it."""

import logging
from uuid import UUID

from sqlalchemy import select

from warp_hub import background, config
from warp_hub.advisories import passwords
from warp_hub.advisories.mailbox import answering, boxes, imap, judging, proving, taking
from warp_hub.advisories.mailbox.imap import Box, MailboxDown, Place
from warp_hub.advisories.mailbox.models import Fate, Mailbox
from warp_hub.advisories.mailbox.proving import AskDns, NameServiceSilent
from warp_hub.db import session
from warp_hub.memberships.models import Warp

_log = logging.getLogger(__name__)


def receive(raw: bytes, warp_id: UUID, ask: AskDns | None = None, *, finder: str | None = None) -> Fate:
    """Do with a mail what is to be done with it, and commit; raise TryLater where it must be brought again.

    Killed anywhere inside, it has left nothing; brought again after the commit, it is known. A mail that may be
    a report leaves a number and no more. `finder` is the server whose findings about its sender are believed.
    """
    warp = session.scalars(select(Warp).where(Warp.id == warp_id)).one()
    verdict = judging.judge(raw, warp_id, ask, finder=finder)
    fate = verdict.fate
    if fate is Fate.TAKEN:
        fate = taking.take(verdict, warp_id)
    else:
        told = answering.answer(verdict, warp)
        if fate is Fate.REPORT and not told:
            fate = Fate.REPORT_UNANSWERED
    taking.count(warp_id, fate)
    session.commit()
    return fate


def look(mailbox_id: UUID, ask: AskDns | None = None) -> str:
    """Fetch and deal with what lies in a mailbox; return a sentence, noted at the mailbox as well.

    A mail is removed there after what became of it is committed here, so that none is lost. One that cannot be
    dealt with yet stays, and keeps no other waiting.
    """
    box = session.scalars(select(Mailbox).where(Mailbox.id == mailbox_id)).one_or_none()
    if box is None:
        return "It was removed."
    warp_id, seen, left, ask = box.warp_id, 0, 0, _once(ask or proving.ask_dns)
    ours = config.current().mail_authserv_id
    try:
        place = place_of(box)
        finder = ours if ours and proving.is_of(ours, place.host) else None
        session.rollback()
        with imap.opened(place) as opened:
            for uid in opened.waiting():
                seen, left = seen + 1, left + (not _dealt_with(opened, uid, warp_id, ask, finder))
    except (MailboxDown, passwords.PasswordUnreadable) as error:
        session.rollback()
        boxes.went_wrong(_again(mailbox_id), str(error))
        session.commit()
        return str(error)
    boxes.went_well(_again(mailbox_id), left)
    session.commit()
    return f"{seen} mails, {left} of them to be tried again."


def place_of(box: Mailbox) -> Place:
    """Return where a mailbox is; raise PasswordUnreadable where its password cannot be opened any more."""
    password = passwords.reveal(box.password_sealed)
    return Place(box.host, box.port, box.username, password, box.folder, box.allow_private)


def _once(ask: AskDns) -> AskDns:
    """Return a way to ask the name service that waits for each of its silences once."""
    silent: set[str] = set()

    def asked(name: str) -> bytes | None:
        if name in silent:
            raise NameServiceSilent(name)
        try:
            return ask(name)
        except NameServiceSilent:
            silent.add(name)
            raise

    return asked


def _dealt_with(opened: Box, uid: str, warp_id: UUID, ask: AskDns, finder: str | None) -> bool:
    raw = opened.read(uid)
    if raw is None:
        return True
    try:
        receive(raw, warp_id, ask, finder=finder)
    except judging.TryLater:
        session.rollback()
        return False
    except Exception as error:  # one mail that cannot be dealt with keeps no other waiting
        session.rollback()
        _log.error("a mail could not be dealt with: %s", background.place_of(error))
        return False
    opened.throw_away(uid)
    return True


def _again(mailbox_id: UUID) -> Mailbox:
    return session.scalars(select(Mailbox).where(Mailbox.id == mailbox_id)).one()
