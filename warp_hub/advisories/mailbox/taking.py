"""A mail of a coordinator becomes a warning on the desk of their WARP: once, and with nobody told but themselves."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from feeds.contract import Original
from warp_hub import clock, mail
from warp_hub.advisories import reading_in, writing
from warp_hub.advisories.mailbox.judging import Verdict
from warp_hub.advisories.mailbox.models import Fate, MailCount, TakenMail
from warp_hub.advisories.mailbox.opening import Mail
from warp_hub.db import new_id, session

KIND = "mail_taken"
FILE_NAME = "mail.eml"
ANSWER_LIVES = timedelta(days=7)
TAKEN_KEPT, COUNTS_KEPT = timedelta(days=90), timedelta(days=400)


def take(verdict: Verdict, warp_id: UUID) -> Fate:
    """Put a coordinator's mail on the desk, unless it lies there already; return what became of it."""
    assert verdict.mail is not None
    assert verdict.sender is not None
    if not _claimed(warp_id, verdict.mail.digest):
        return Fate.TWICE
    original = Original("message/rfc822", FILE_NAME, verdict.mail.raw)
    item_id = writing.put_on_desk(read(verdict.mail), warp_id, original=original, by=verdict.sender.id)
    if verdict.answer_to:
        until = clock.now() + ANSWER_LIVES
        mail.post(KIND, verdict.sender.id, warp_id=warp_id, item_ids=[item_id], expires_at=until)
    return Fate.TAKEN


def read(of: Mail) -> reading_in.Draft:
    """Return what a mail says, read; where it is longer than is read, what was left out may have a stricter label."""
    said = f"{of.own_words}\n\n{of.passed_on}".strip()
    draft = reading_in.read_in(f"Subject: {of.subject}\n\n{said}", of.subject)
    if len(said) + len(of.subject) + 12 > reading_in.LONGEST:
        draft = replace(draft, marking=None)
    if of.not_read:
        names = ", ".join(f"`{name.replace('`', '')}`" for name in of.not_read)
        draft = replace(draft, body=f"{draft.body}\n\n{_('Attached to the mail and not read:')} {names}")
    return draft


def count(warp_id: UUID, fate: Fate) -> None:
    """Add one to the number of today's mails with this fate."""
    row = insert(MailCount).values(id=new_id(), keeper=warp_id, day=clock.now().date(), fate=fate, count=1)
    more = {"count": MailCount.count + 1}
    session.execute(row.on_conflict_do_update(index_elements=["keeper", "day", "fate"], set_=more))


def forget_old() -> int:
    """Remove what tells a mail that came long ago, and numbers of days long past; return how many."""
    taken = session.execute(delete(TakenMail).where(TakenMail.taken_at < clock.now() - TAKEN_KEPT))
    counted = session.execute(delete(MailCount).where(MailCount.day < (clock.now() - COUNTS_KEPT).date()))
    return int(taken.rowcount + counted.rowcount)  # type: ignore[attr-defined]


def _claimed(warp_id: UUID, digest: bytes) -> bool:
    row = insert(TakenMail).values(id=new_id(), warp_id=warp_id, digest=digest, taken_at=clock.now())
    first = session.execute(row.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    return bool(first.rowcount)  # type: ignore[attr-defined]
