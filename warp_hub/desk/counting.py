"""What is counted of a WARP's day: one line a number; none of them says who."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from warp_hub.advisories.models import Advisory
from warp_hub.audit import Audit
from warp_hub.db import session
from warp_hub.discussions.models import Reply
from warp_hub.mail.models import Letter, LetterState
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, State
from warp_hub.sharing.models import Choice, Decision, Item, ItemKind
from warp_hub.sharing.visibility import house_read
from warp_hub.training.models import Booking, BookingState, TrainingSession


class Count(StrEnum):
    """A number of a day; the stored name never changes, or quarters could not be compared."""

    WARNINGS_CAME = "warnings came"
    PASSED_ON = "warnings passed on"
    KEPT = "warnings kept for later"
    SET_ASIDE = "warnings not for us"
    DIGESTS = "digests sent"
    NOTICES = "urgent notices sent"
    FAILED = "letters failed"
    INCIDENTS = "incidents released"
    ASKED = "questions asked"
    ANSWERED = "questions answered"
    HELD = "sessions held"
    PLACES = "places booked"
    ATTENDED = "people who came"
    FULL = "full members"
    ASSOCIATES = "associates"
    OPENED = "records opened"


@dataclass(frozen=True)
class Day:
    """One local day of one WARP, from its midnight to the next."""

    warp_id: UUID
    day: date
    start: datetime
    end: datetime


def count(day: Day) -> dict[Count, int]:
    """Return the numbers of a day that can be counted from what is still there."""
    return {name: number for counted in COUNTERS for name, number in counted(day).items()}


def members(day: Day) -> dict[Count, int]:
    """Return how many organisations belong to the WARP at this moment, which no later moment can tell."""
    asked = (
        select(Membership.kind, func.count())
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.warp_id == day.warp_id, Membership.state == State.ACTIVE)
        .group_by(Membership.kind)
    )
    found = {row[0]: row[1] for row in session.execute(asked)}
    return {
        Count.FULL: found.get(MembershipKind.FULL, 0),
        Count.ASSOCIATES: found.get(MembershipKind.ASSOCIATE, 0),
    }


def _warnings(day: Day) -> dict[Count, int]:
    came = (
        select(func.count())
        .select_from(Advisory)
        .join(Item, Item.id == Advisory.id)
        .where(Item.keepers.contains([day.warp_id]), Advisory.received_at >= day.start, Advisory.received_at < day.end)
    )
    return {Count.WARNINGS_CAME: session.scalar(house_read(came, "daily totals")) or 0}


def _decisions(day: Day) -> dict[Count, int]:
    columns: list[Any] = [Decision.choice, func.count()]
    decided: Select[Any] = (
        select(*columns)
        .where(Decision.keeper == day.warp_id, Decision.decided_at >= day.start, Decision.decided_at < day.end)
        .group_by(Decision.choice)
    )
    found = {row[0]: row[1] for row in session.execute(house_read(decided, "daily totals"))}
    return {
        Count.PASSED_ON: found.get(Choice.PASS_ON, 0),
        Count.KEPT: found.get(Choice.KEEP, 0),
        Count.SET_ASIDE: found.get(Choice.NOT_FOR_US, 0) + found.get(Choice.SAME_AS, 0),
    }


def _letters(day: Day) -> dict[Count, int]:
    ended = (
        select(Letter.kind, Letter.state, func.count())
        .where(Letter.warp_id == day.warp_id, Letter.finished_at >= day.start, Letter.finished_at < day.end)
        .group_by(Letter.kind, Letter.state)
    )
    found = {(kind, state): number for kind, state, number in session.execute(ended)}
    return {
        Count.DIGESTS: found.get(("digest", LetterState.SENT), 0),
        Count.NOTICES: found.get(("alert", LetterState.SENT), 0),
        Count.FAILED: sum(number for (_, state), number in found.items() if state is LetterState.FAILED),
    }


def _shared(day: Day) -> dict[Count, int]:
    """Count what went out; what was reported is counted nowhere, or the day of a report could be told."""
    columns: list[Any] = [Item.kind, func.count()]
    shared: Select[Any] = (
        select(*columns)
        .where(Item.kind.in_(SHARED), Item.keepers.contains([day.warp_id]))
        .where(Item.published_at >= day.start, Item.published_at < day.end)
        .group_by(Item.kind)
    )
    found = {row[0]: row[1] for row in session.execute(house_read(shared, "daily totals"))}
    return {name: found.get(kind, 0) for kind, name in SHARED.items()}


def _answered(day: Day) -> dict[Count, int]:
    """Count the questions that had their first reply; a reply knows its day and no finer time."""
    before = aliased(Reply)
    earlier = exists().where(before.item_id == Reply.item_id, before.gone.is_(None), before.said_on < day.day)
    answered = (
        select(func.count(Reply.item_id.distinct()))
        .join(Item, Item.id == Reply.item_id)
        .where(Item.kind == ItemKind.QUESTION, Item.keepers.contains([day.warp_id]))
        .where(Reply.said_on == day.day, Reply.gone.is_(None), ~earlier)
    )
    return {Count.ANSWERED: session.scalar(house_read(answered, "daily totals")) or 0}


def _training(day: Day) -> dict[Count, int]:
    """Count the sessions that ended; who came is ticked in the days after."""
    taken = and_(Booking.item_id == TrainingSession.id, Booking.state == BookingState.BOOKED)
    came = func.count(Booking.id).filter(Booking.attended)
    columns: list[Any] = [func.count(TrainingSession.id.distinct()), func.count(Booking.id), came]
    held: Select[Any] = (
        select(*columns)
        .outerjoin(Booking, taken)
        .where(TrainingSession.warp_id == day.warp_id, TrainingSession.cancelled_at.is_(None))
        .where(TrainingSession.ends_at >= day.start, TrainingSession.ends_at < day.end)
    )
    found = session.execute(house_read(held, "daily totals")).one()
    return dict(zip((Count.HELD, Count.PLACES, Count.ATTENDED), found, strict=True))


def _openings(day: Day) -> dict[Count, int]:
    """Count how often it was asked who sent a report: whoever is asked after is promised that this is counted."""
    opened = select(func.count()).select_from(Audit).where(Audit.action == "record.opened")
    of_day = opened.where(Audit.warp_id == day.warp_id, Audit.at >= day.start, Audit.at < day.end)
    return {Count.OPENED: session.scalar(of_day) or 0}


SHARED: Mapping[ItemKind, Count] = {
    ItemKind.SHARED_INCIDENT: Count.INCIDENTS,
    ItemKind.QUESTION: Count.ASKED,
}
COUNTERS: tuple[Callable[[Day], dict[Count, int]], ...] = (
    _warnings,
    _decisions,
    _letters,
    _shared,
    _answered,
    _training,
    _openings,
)
