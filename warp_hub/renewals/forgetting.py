"""What time takes away of people: invitations that are over, names of those who left, places that nobody wants back."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships import leaving
from warp_hub.memberships.models import Coordinator, Invitation, Person, Post, State
from warp_hub.memberships.renewal_models import MailboxRenewal
from warp_hub.renewals import clearing

INVITATIONS_KEPT = timedelta(days=90)
NAMES_KEPT = timedelta(days=365)
NOWHERE_KEPT = timedelta(days=90)
SHUT_OUT_KEPT = timedelta(days=365)
MISSED = timedelta(days=7)
FORMER = "A former member"


def forget_invitations() -> int:
    """Remove invitations that were used or ran out long ago; return how many."""
    before = clock.now() - INVITATIONS_KEPT
    over = delete(Invitation).where(or_(Invitation.expires_at < before, Invitation.used_at < before))
    return int(session.execute(over).rowcount)  # type: ignore[attr-defined]


def forget_names() -> int:
    """Take the name off those who left a year ago; the row stays, for what they did is on record under its id."""
    left = (Person.state == State.LEFT, Person.void_before < clock.now() - NAMES_KEPT, Person.name != FORMER)
    emptied = {"name": FORMER, "language": "en", "mail_suspended": None, "mailbox_confirmed_at": None}
    return int(session.execute(update(Person).where(*left).values(**emptied)).rowcount)  # type: ignore[attr-defined]


def let_go() -> int:
    """Let those go who have belonged nowhere for 90 days, or were shut out for a year; return how many."""
    _note_who_is_nowhere()
    today = clock.today()
    long_shut_out = MailboxRenewal.suspended_on <= today - SHUT_OUT_KEPT
    long_nowhere = _is_nowhere() & (MailboxRenewal.suspended_on <= today - NOWHERE_KEPT)
    held = select(Person).join(MailboxRenewal, MailboxRenewal.person_id == Person.id)
    due = held.where(Person.state != State.LEFT, ~_runs_any(), long_shut_out | long_nowhere).order_by(Person.id)
    found = session.scalars(due).all()
    for person in found:
        leaving.leave(person)
    return len(found)


def clear_up_missed() -> int:
    """Clear up after those who left in the last week, should the queue have lost it; return of how many rows."""
    lately = select(Person.id).where(Person.state == State.LEFT, Person.void_before > clock.now() - MISSED)
    return sum(clearing.clear_up(person_id) for person_id in session.scalars(lately).all())


def _note_who_is_nowhere() -> None:
    """Begin the time for which somebody belongs nowhere, which is kept where being shut out is; a post ends it."""
    today = clock.today()
    for person_id in session.scalars(_nowhere_since_today()):
        begun = {"counted_from": today, "suspended_on": today, "posts": []}
        row = insert(MailboxRenewal).values(person_id=person_id, reminded=0, **begun)
        session.execute(row.on_conflict_do_update(index_elements=[MailboxRenewal.person_id], set_=begun))


def _nowhere_since_today() -> Select[Any]:
    noted = exists().where(MailboxRenewal.person_id == Person.id, MailboxRenewal.suspended_on.is_not(None))
    return select(Person.id).where(Person.state != State.LEFT, _is_nowhere(), ~noted)


def _is_nowhere() -> ColumnElement[bool]:
    return ~exists().where(Post.person_id == Person.id, Post.state != State.LEFT).correlate(Person) & ~_runs_any()


def _runs_any() -> ColumnElement[bool]:
    return (
        exists()
        .where(Coordinator.person_id == Person.id, Coordinator.state.in_((State.ACTIVE, State.SUSPENDED)))
        .correlate(Person)
    )
