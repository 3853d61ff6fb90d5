"""A warning that Midshire's coordinator forwarded to the WARP's address, and what else came there."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

from warp_hub import clock
from warp_hub.advisories.mailbox import opening, taking
from warp_hub.advisories.mailbox.judging import Verdict
from warp_hub.advisories.mailbox.models import Fate
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda
from warp_hub.demo.community import Community

COORDINATOR, WARP = "coordinator-midshire", "midshire"
SUBJECT = "FW: [TLP:GREEN] Parcel delivery texts aimed at council staff"
TEXT = """For members, please.

-----Original Message-----
From: Fraud Desk <alerts@fraud-desk.example>
Subject: [TLP:GREEN] Parcel delivery texts aimed at council staff

TLP:GREEN

Staff of several councils have had texts about a missed parcel. They lead to a page that asks for the password of their
work account.

What to do
- Tell staff that no courier asks for a work password.
- Block hxxps://parcel-redelivery[.]example and look for it in the logs of your proxy.
"""
OTHERS = {Fate.UNPROVED: 2, Fate.REPORT: 1, Fate.AUTOMATIC: 1}


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put on the agenda what came by mail; the mail waits on the desk."""
    agenda.at(now - timedelta(minutes=50), partial(_forward, built))


def _forward(built: Community) -> None:
    person, warp = built.people[COORDINATOR], built.warps[WARP].id
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = person.email, SUBJECT, format_datetime(clock.now())
    mail["To"] = "midshire@warnings.demo.example"
    mail.set_content(TEXT)
    taking.count(warp, taking.take(Verdict(Fate.TAKEN, opening.open_mail(mail.as_bytes()), person), warp))
    for fate, number in OTHERS.items():
        for _time in range(number):
            taking.count(warp, fate)
    session.commit()
