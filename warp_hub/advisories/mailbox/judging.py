"""What is to become of a mail to the address of a WARP, decided before anything of it is kept.

First whether it may be a report of an incident: then nothing of it is kept, whoever sent it. Then whether its
sender is proved to be somebody who runs the WARP: only their mails become warnings.
"""

from dataclasses import dataclass
from email.utils import parseaddr
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import config
from warp_hub.advisories.mailbox import opening, proving, recognising, senders
from warp_hub.advisories.mailbox.models import Fate
from warp_hub.advisories.mailbox.opening import Mail, Unreadable
from warp_hub.advisories.mailbox.proving import AskDns, Proof
from warp_hub.db import session
from warp_hub.memberships import authority
from warp_hub.memberships.models import Person, State


class TryLater(Exception):
    """The mail can be neither taken nor answered just now; whoever has it keeps it and brings it again."""

    for_the_command_line = True


@dataclass(frozen=True)
class Verdict:
    """What is to become of a mail; `mail` is there when it becomes a warning, `answer_to` when its sender is told."""

    fate: Fate
    mail: Mail | None = None
    sender: Person | None = None
    answer_to: str | None = None


def judge(raw: bytes, warp_id: UUID, ask: AskDns | None = None, *, finder: str | None = None) -> Verdict:
    """Return the verdict on a mail; raise TryLater where the name service keeps silent about its sender.

    `finder` is the server that took the mail in, if its findings about the sender are to be believed.
    """
    if len(raw) > opening.LARGEST:
        return Verdict(Fate.TOO_LARGE)
    try:
        mail = opening.open_mail(raw)
    except Unreadable:
        return Verdict(Fate.UNREADABLE)
    if mail.is_reply_of_a_machine or mail.sender == _own_address():
        return Verdict(Fate.AUTOMATIC)
    person = _person(mail.sender)
    runs = person is not None and authority.may_run(person.id, warp_id)
    proof = Proof.FAILED
    if mail.sender:
        proof = proving.prove(mail.raw, mail.headers, mail.domain, finder, ask)
    if runs and proof is Proof.UNKNOWN:
        raise TryLater("The name service does not answer, so the sender of a mail cannot be proved yet.")
    return _verdict(mail, person, proved=proof is Proof.PASSED, runs=runs)


def _verdict(mail: Mail, person: Person | None, *, proved: bool, runs: bool) -> Verdict:
    answer_to = mail.sender if proved and mail.may_be_answered else None
    said = f"{mail.own_words}\n\n{mail.passed_on}"
    tells = recognising.looks_like_a_report(mail.subject, said, mail.not_read) or senders.is_of_a_member(said)
    # A member who writes to this address does not pass warnings on: whatever it is, it may be a report.
    if tells or (proved and person is not None and not runs):
        fate = Fate.REPORT if answer_to else Fate.REPORT_UNANSWERED
        return Verdict(fate, answer_to=answer_to, sender=person if proved else None)
    if not proved:
        return Verdict(Fate.UNPROVED)
    if not runs:
        return Verdict(Fate.NOT_A_COORDINATOR, answer_to=answer_to)
    return Verdict(Fate.TAKEN, mail, person, answer_to)


def _person(address: str | None) -> Person | None:
    if address is None:
        return None
    known = select(Person).where(func.lower(Person.email) == address, Person.state == State.ACTIVE)
    return session.scalars(known).one_or_none()


def _own_address() -> str:
    return parseaddr(config.current().mail_from)[1].lower()
