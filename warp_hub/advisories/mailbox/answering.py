"""Answers to those whose mail was not taken, sent at once and by no outbox, since that would keep who wrote.

Only a proved sender is answered, never a program or a list, about a refusal at most once a day; about mails
thrown away as reports nothing is kept but their number of the day, which bounds the answers.
"""

import hmac
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock, config, mail
from warp_hub.advisories.mailbox.judging import TryLater, Verdict
from warp_hub.advisories.mailbox.models import AnsweredSender, Fate, MailCount
from warp_hub.alerts.wording import warp_name
from warp_hub.db import new_id, session
from warp_hub.mail import message, outbox, rendering
from warp_hub.mail.troubles import CarrierDown, PutOff, Refused, Unclear
from warp_hub.memberships.models import Warp
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import NOBODY

MOST_A_DAY = 50
LETTERS = {Fate.REPORT: "advisories/email/mail_thrown_away", Fate.NOT_A_COORDINATOR: "advisories/email/mail_refused"}


def answer(verdict: Verdict, warp: Warp) -> bool:
    """Tell a sender why their mail was not taken; return whether they were told. Raise TryLater if no mail can go."""
    if verdict.answer_to is None or verdict.fate not in LETTERS or not _is_due(verdict, warp.id):
        return False
    language = verdict.sender.language if verdict.sender else "en"
    path = LETTERS[verdict.fate]
    with force_locale(language):
        written = rendering.letter(path, warp=warp_name(warp))
    return _sent(verdict.answer_to, language, written)


def forget() -> int:
    """Remove who was answered on days that are over; return how many."""
    gone = session.execute(delete(AnsweredSender).where(AnsweredSender.day < clock.now().date()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _is_due(verdict: Verdict, warp_id: UUID) -> bool:
    if verdict.fate is Fate.REPORT:
        return _thrown_away_today(warp_id) < MOST_A_DAY
    today = clock.now().date()
    key = f"who was answered on {today}".encode()
    sender = hmac.digest(config.current().secret().encode(), key + b"\0" + str(verdict.answer_to).encode(), "sha256")
    row = insert(AnsweredSender).values(sender=sender, day=today).on_conflict_do_nothing()
    first = session.execute(row, execution_options={"preserve_rowcount": True})
    return bool(first.rowcount)  # type: ignore[attr-defined]


def _thrown_away_today(warp_id: UUID) -> int:
    today = (MailCount.keeper == warp_id, MailCount.day == clock.now().date(), MailCount.fate == Fate.REPORT)
    return session.scalar(house_read(select(MailCount.count).where(*today), "intake")) or 0


def _sent(address: str, language: str, written: mail.Rendered) -> bool:
    letter = mail.Letter(id=(letter_id := new_id()), kind="answer", message_id=f"<{letter_id}@{outbox.domain()}>")
    try:
        ready = message.build(letter, mail.Recipient(address, "", language, NOBODY), written)
        del ready["Auto-Submitted"]
        ready["Auto-Submitted"] = "auto-replied"
        mail.carrier().send(ready, f"answer-{letter_id}", again=False)
    except (Refused, message.UnusableAddress):
        return False
    except (CarrierDown, PutOff) as later:
        raise TryLater(f"An answer cannot be sent: {later}") from None
    except Unclear:
        return True  # the server may have it, and twice would be too often
    return True
