"""Each person confirms their mailbox once a year: asked, reminded, and without an answer shut out.

A round is a person's row with a day on which they were asked. The row is locked while a letter is posted with it, so
that two workers at once ask once. Not signing in is not dormancy: a reader by mail who presses the button each year
keeps the digest for good.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.memberships.confirming import LINK_LIVES, begin_anew
from warp_hub.memberships.models import Membership, Person, Post, State
from warp_hub.memberships.renewal_models import MailboxRenewal
from warp_hub.renewals import terms
from warp_hub.renewals.terms import ORDINARY, Terms

ASK, SHUT = "mailbox_renewal", "mailbox_unconfirmed"
STALE = timedelta(days=14)


def look_after() -> dict[str, int]:
    """Begin the years that nobody counts, ask, remind and shut out who is due; return how many of each."""
    _begin_years()
    rows = session.execute(_standing()).all()
    held = terms.of_people([person.id for _, person in rows])
    done = {"asked": 0, "reminded": 0, "suspended": 0}
    for renewal, person in rows:
        step = _step(renewal, person, held.get(person.id, ORDINARY), clock.today())
        if step:
            done[step] += 1
    return done


def counted_from(renewal: MailboxRenewal, person: Person) -> date:
    """Return the day from which somebody's year counts: their last confirmation, if it is later."""
    confirmed = person.mailbox_confirmed_at
    return max(renewal.counted_from, clock.local(confirmed).date()) if confirmed else renewal.counted_from


def _step(renewal: MailboxRenewal, person: Person, by: Terms, today: date) -> str:
    """Do for one person what is due today, one step at most, and return what it was."""
    if renewal.due_on is not None and today > renewal.due_on + by.grace + STALE:
        # Nobody looked after this round, such as while their organisation was out: it warned of nothing.
        renewal.asked_on, renewal.due_on, renewal.reminded = None, None, 0
    if renewal.asked_on is None or renewal.due_on is None:
        if today < by.asked(counted_from(renewal, person)):
            return ""
        # Asked late, for whatever reason of ours, nobody has less time to answer.
        renewal.asked_on, renewal.due_on = today, max(by.due(counted_from(renewal, person)), today + by.ask)
        return _write(ASK, person.id, "asked")
    if today >= renewal.due_on + by.grace:
        return _shut_out(renewal, person, today)
    if by.reminders_due(renewal.asked_on, today) > renewal.reminded:
        renewal.reminded = by.reminders_due(renewal.asked_on, today)
        return _write(ASK, person.id, "reminded")
    return ""


def _shut_out(renewal: MailboxRenewal, person: Person, today: date) -> str:
    """Suspend somebody's posts: they receive nothing from the next request on, until they press the button."""
    posts = session.scalars(select(Post).where(Post.person_id == person.id, Post.state == State.ACTIVE)).all()
    for post in posts:
        post.state = State.SUSPENDED
    renewal.suspended_on, renewal.posts = today, [post.id for post in posts]
    audit.record("person.unconfirmed", detail={"person": str(person.id), "posts": len(posts)})
    return _write(SHUT, person.id, "suspended")


def _write(kind: str, person_id: UUID, step: str) -> str:
    mail.post(kind, person_id, expires_at=clock.now() + min(LINK_LIVES, timedelta(days=14)))
    session.flush()
    return step


def _standing() -> Select[MailboxRenewal, Person]:
    """Select the rounds of those who hold a post anywhere and are not shut out already."""
    holds = (
        select(Post.id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Post.person_id == Person.id, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
    )
    return (
        select(MailboxRenewal, Person)
        .join(Person, Person.id == MailboxRenewal.person_id)
        .where(Person.state == State.ACTIVE, MailboxRenewal.suspended_on.is_(None), holds.exists())
        .order_by(MailboxRenewal.person_id)
        .with_for_update(of=MailboxRenewal, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _begin_years() -> None:
    """Count from today for whoever nobody counts for, and for who was shut out and has been appointed anew."""
    counted = select(MailboxRenewal.person_id).where(MailboxRenewal.person_id == Person.id)
    new = select(Person).join(Post, Post.person_id == Person.id)
    new = new.where(Person.state == State.ACTIVE, Post.state == State.ACTIVE, ~counted.exists()).distinct()
    for person in session.scalars(new):
        day = clock.local(person.mailbox_confirmed_at).date() if person.mailbox_confirmed_at else clock.today()
        begun = insert(MailboxRenewal).values(person_id=person.id, counted_from=day, reminded=0, posts=[])
        session.execute(begun.on_conflict_do_nothing())
    holds = select(Post.id).where(Post.person_id == MailboxRenewal.person_id, Post.state == State.ACTIVE)
    back = select(MailboxRenewal).where(MailboxRenewal.suspended_on.is_not(None), holds.exists())
    for renewal in session.scalars(back.with_for_update(skip_locked=True)):
        begin_anew(renewal, clock.today())
