"""Once a year: a lead and a reader who have a letter to answer, and what others left to their coordinator."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from warp_hub import clock, mail
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda
from warp_hub.demo.community import Community
from warp_hub.jobs.people import suspend
from warp_hub.memberships.models import Organisation, Person, Post, PostKind, State
from warp_hub.memberships.renewal_models import Answer, MailboxRenewal, StaffAnswer, StaffRenewal
from warp_hub.renewals import mailboxes, staff

ASKED_NOW, SILENT, DOUBTED = "Ashcombe Borough Council", "Inglestone District Council", "Elderwick Borough Council"
READER = "reader-midshire"
LATE, SHUT_OUT = "Dunmarrow District Council", "Saltmere Borough Council"
COMES_BACK = "Fennimore District Council"
YEAR = timedelta(days=365)
LIVES = timedelta(days=14)


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put on the agenda who is asked; what was left open stands from the day before."""
    agenda.at(now - timedelta(days=6), lambda: _ask(built))
    agenda.at(now - timedelta(days=1), lambda: _leave_open(built))


def _ask(built: Community) -> None:
    today = clock.today()
    asked = {"asked_on": today, "due_on": today + timedelta(days=30), "counted_from": today + timedelta(days=30) - YEAR}
    lead, reader, council = built.people["lead-midshire"], built.people[READER], built.organisations[ASKED_NOW]
    session.add(StaffRenewal(organisation_id=council.id, **asked))
    session.add(MailboxRenewal(person_id=reader.id, **asked))
    mail.post(staff.ASK, lead.id, item_ids=[council.id], expires_at=clock.now() + LIVES)
    mail.post(mailboxes.ASK, reader.id, expires_at=clock.now() + LIVES)
    session.commit()


def _leave_open(built: Community) -> None:
    today = clock.today()
    overdue = {
        "asked_on": today - timedelta(days=42),
        "due_on": today - timedelta(days=12),
        "counted_from": today - YEAR,
    }
    session.add(StaffRenewal(organisation_id=built.organisations[SILENT].id, reminded=2, **overdue))
    session.add(MailboxRenewal(person_id=_officer(built, LATE)[0].id, reminded=2, **overdue))
    gone, post = _officer(built, SHUT_OUT)
    post.state = State.SUSPENDED
    over = {name: day - timedelta(days=30) for name, day in overdue.items()}
    session.add(
        MailboxRenewal(person_id=gone.id, reminded=2, suspended_on=today - timedelta(days=2), posts=[post.id], **over)
    )
    _, doubted = _officer(built, DOUBTED)
    lead = session.scalars(_at(built.organisations[DOUBTED], PostKind.LEAD)).first()
    said = {"answer": Answer.NOT_SURE, "answered_on": today - timedelta(days=3)}
    session.add(StaffAnswer(post_id=doubted.id, person_id=lead.person_id if lead else None, **said))
    suspend(_officer(built, COMES_BACK)[0].id, "550 5.1.1 no such mailbox")
    session.commit()


def _officer(built: Community, name: str) -> tuple[Person, Post]:
    """Return an officer of an organisation who is no persona."""
    post = session.scalars(_at(built.organisations[name], PostKind.OFFICER)).all()[-1]
    return session.scalars(select(Person).where(Person.id == post.person_id)).one(), post


def _at(organisation: Organisation, kind: PostKind) -> Select[Post]:
    held = select(Post).join(Person, Person.id == Post.person_id).order_by(Person.email)
    return held.where(Post.organisation_id == organisation.id, Post.kind == kind, Post.state == State.ACTIVE)
