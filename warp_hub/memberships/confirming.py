"""Confirming a mailbox: one press of one button in a letter says that somebody still reads it.

The link is signed for one person and this purpose, so nothing is stored for it. Looking changes nothing, since
programs open every link; only the button does.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.mail import links
from warp_hub.memberships import people
from warp_hub.memberships.models import Person, Post, State
from warp_hub.memberships.renewal_models import MailboxRenewal

PURPOSE = "mailbox"
LINK_LIVES = timedelta(days=120)


def sign(person_id: UUID) -> str:
    """Return what a letter to this person carries, by which they confirm their mailbox."""
    return links.sign(PURPOSE, person_id)


def by_link(token: str) -> Person | None:
    """Return whose mailbox a link confirms, or None when it is over for whatever reason."""
    claim = links.read(PURPOSE, token, LINK_LIVES)
    person = None if claim is None else people.find_person(claim.person_id)
    if person is None or claim is None or person.state is not State.ACTIVE:
        return None
    return None if person.void_before is not None and claim.issued_at <= person.void_before else person


def confirm_mailbox(person: Person, by_what: str) -> None:
    """Note that somebody reads this mailbox: their year begins anew, and what ended for want of an answer comes back.

    `by_what` says in a word or two how they did, for the audit.
    """
    held = select(MailboxRenewal).where(MailboxRenewal.person_id == person.id).with_for_update()
    renewal = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    person.mailbox_confirmed_at = clock.now()
    if person.mail_suspended is not None:
        person.mail_suspended = None
        audit.record("mail.resumed", actor=person.id, detail={"person": str(person.id)})
    restored = 0 if renewal is None else bring_back(person, renewal)
    if renewal is not None:
        begin_anew(renewal, clock.today())
    detail = {"person": str(person.id), "by": by_what, "posts": restored}
    audit.record("person.confirmed", actor=person.id, detail=detail)


def bring_back(person: Person, renewal: MailboxRenewal) -> int:
    """Make the posts active again that this asking ended, and no other: what somebody decided since stands."""
    ended = select(Post).where(Post.id.in_(renewal.posts), Post.person_id == person.id)
    posts = session.scalars(ended.where(Post.state == State.SUSPENDED)).all()
    for post in posts:
        post.state = State.ACTIVE
    return len(posts)


def begin_anew(renewal: MailboxRenewal, day: date) -> None:
    """Let somebody's year begin anew on this day."""
    renewal.counted_from, renewal.asked_on, renewal.due_on = day, None, None
    renewal.reminded, renewal.suspended_on, renewal.posts = 0, None, []
