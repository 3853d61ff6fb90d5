"""What of this waits for a coordinator, of their own WARPs: it is seen here before anything ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State
from warp_hub.memberships.renewal_models import Answer, MailboxRenewal, StaffAnswer, StaffRenewal
from warp_hub.renewals import terms
from warp_hub.renewals.terms import ORDINARY

MOST = 200


@dataclass(frozen=True)
class Silent:
    """An organisation whose lead has not said who is still there; `leads` is empty where there is none to ask."""

    organisation: Organisation
    due_on: date
    leads: list[str]


@dataclass(frozen=True)
class Doubt:
    """Somebody of whom a lead is not sure, or whom they could not take out themselves."""

    person: Person
    organisation: Organisation
    answer: Answer
    said_by: str


@dataclass(frozen=True)
class Unconfirmed:
    """Somebody who has not confirmed their mailbox; their access ends, or ended, on this day."""

    person: Person
    organisations: list[str]
    ends_on: date


@dataclass(frozen=True)
class Waiting:
    """All that waits, list by list."""

    silent: list[Silent]
    doubts: list[Doubt]
    ending: list[Unconfirmed]
    ended: list[Unconfirmed]
    refused: list[Unconfirmed]

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.silent) + len(self.doubts) + len(self.ending) + len(self.ended) + len(self.refused)


def waiting(warps: Collection[UUID]) -> Waiting:
    """Return what waits for whoever runs these WARPs."""
    return Waiting(_silent(warps), _doubts(warps), _ending(warps), _ended(warps), _refused(warps))


def _silent(warps: Collection[UUID]) -> list[Silent]:
    lead = func.array_agg(Person.name).filter(Person.id.is_not(None))
    asked = (
        select(Organisation, StaffRenewal.due_on, lead)
        .join(StaffRenewal, StaffRenewal.organisation_id == Organisation.id)
        .outerjoin(Post, _is_lead_there())
        .outerjoin(Person, (Person.id == Post.person_id) & (Person.state == State.ACTIVE))
        .where(Organisation.id.in_(_organisations(warps)), StaffRenewal.asked_on.is_not(None))
        .group_by(Organisation.id, StaffRenewal.due_on)
        .order_by(StaffRenewal.due_on, Organisation.name)
        .limit(MOST)
    )
    found = session.execute(asked)
    rows = [Silent(body, due_on or clock.today(), sorted(leads or [])) for body, due_on, leads in found]
    # Who has time left is not waited for; where nobody leads, nobody will ever answer.
    return [row for row in rows if not row.leads or row.due_on <= clock.today()]


def _doubts(warps: Collection[UUID]) -> list[Doubt]:
    by = select(Person.name).where(Person.id == StaffAnswer.person_id).correlate(StaffAnswer).scalar_subquery()
    asked = (
        select(Person, Organisation, StaffAnswer.answer, func.coalesce(by, ""))
        .select_from(StaffAnswer)
        .join(Post, Post.id == StaffAnswer.post_id)
        .join(Person, Person.id == Post.person_id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Organisation.id.in_(_organisations(warps)), StaffAnswer.answer != Answer.STILL_HERE)
        .where(Post.state == State.ACTIVE, Person.state == State.ACTIVE)
        .order_by(Organisation.name, Person.name)
        .limit(MOST)
    )
    return [Doubt(*row) for row in session.execute(asked)]


def _ending(warps: Collection[UUID]) -> list[Unconfirmed]:
    overdue = (MailboxRenewal.suspended_on.is_(None), MailboxRenewal.due_on <= clock.today())
    rows = session.execute(_people(warps, State.ACTIVE, MailboxRenewal.due_on).where(*overdue)).all()
    held = terms.of_people([person.id for person, _, _ in rows])
    return [_unconfirmed(row, held.get(row[0].id, ORDINARY).grace) for row in rows]


def _ended(warps: Collection[UUID]) -> list[Unconfirmed]:
    shut_out = MailboxRenewal.suspended_on.is_not(None)
    rows = session.execute(_people(warps, State.SUSPENDED, MailboxRenewal.suspended_on).where(shut_out))
    return [_unconfirmed(row) for row in rows]


def _refused(warps: Collection[UUID]) -> list[Unconfirmed]:
    since = func.coalesce(MailboxRenewal.due_on, MailboxRenewal.counted_from)
    rows = session.execute(_people(warps, State.ACTIVE, since).where(Person.mail_suspended.is_not(None)))
    return [_unconfirmed(row) for row in rows]


def _unconfirmed(row: Any, later: timedelta = timedelta()) -> Unconfirmed:
    person, names, day = row
    return Unconfirmed(person, sorted(set(names)), day + later)


def _people(warps: Collection[UUID], post: State, day: Any) -> Select[Any]:
    """Select people of these WARPs with the names of their organisations there and a day of their round."""
    return (
        select(Person, func.array_agg(Organisation.name), day)
        .join(MailboxRenewal, MailboxRenewal.person_id == Person.id)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Organisation.id.in_(_organisations(warps)), Post.state == post, Person.state == State.ACTIVE)
        .group_by(Person.id, day)
        .order_by(day, Person.name)
        .limit(MOST)
    )


def _is_lead_there() -> Any:
    is_there = (Post.organisation_id == Organisation.id) & (Post.kind == PostKind.LEAD)
    return is_there & (Post.state == State.ACTIVE)


def _organisations(warps: Collection[UUID]) -> Select[Any]:
    return select(Membership.organisation_id).where(Membership.warp_id.in_(warps), Membership.state == State.ACTIVE)
