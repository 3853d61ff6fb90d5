"""When somebody is asked, reminded and, at last, shut out: worked out in days, from what their WARPs have set."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from warp_hub.db import among, session
from warp_hub.memberships.models import Membership, Post, State, Warp
from warp_hub.memberships.settings import WarpSettings, settings_of

NOT_BEFORE = timedelta(days=90)


@dataclass(frozen=True)
class Terms:
    """The days that hold for one person or organisation."""

    every_months: int = 12
    months: tuple[int, ...] = ()
    ask: timedelta = timedelta(days=30)
    remind_after: tuple[int, ...] = (14, 28)
    grace: timedelta = timedelta(days=30)

    def due(self, counted_from: date) -> date:
        """Return the day by which the next confirmation is due.

        Where a WARP asks everybody in one month it is that month's first day, but for who confirmed in the three
        months before.
        """
        if not self.months:
            return months_later(counted_from, self.every_months)
        years = (counted_from.year, counted_from.year + 1, counted_from.year + 2)
        firsts = (date(year, month, 1) for year in years for month in self.months)
        return min(first for first in firsts if first >= counted_from + NOT_BEFORE)

    def asked(self, counted_from: date) -> date:
        """Return the day from which they are asked."""
        return self.due(counted_from) - self.ask

    def reminders_due(self, asked_on: date, today: date) -> int:
        """Return how many reminders should have gone out by today."""
        return sum(today >= asked_on + timedelta(days=after) for after in self.remind_after)


ORDINARY = Terms()


def of_people(person_ids: Collection[UUID]) -> dict[UUID, Terms]:
    """Return the terms of each person: of several WARPs the shortest year, but the longest grace."""
    joined = select(Post.person_id, Membership.warp_id)
    joined = joined.join(Membership, Membership.organisation_id == Post.organisation_id)
    stands = Post.state.in_((State.ACTIVE, State.SUSPENDED))
    return _terms(joined.where(among(Post.person_id, person_ids), stands, _is_active()))


def of_organisations(organisation_ids: Collection[UUID]) -> dict[UUID, Terms]:
    """Return the terms of each organisation, likewise."""
    held = select(Membership.organisation_id, Membership.warp_id)
    return _terms(held.where(among(Membership.organisation_id, organisation_ids), _is_active()))


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _is_active() -> ColumnElement[bool]:
    return Membership.state == State.ACTIVE


def _terms(statement: object) -> dict[UUID, Terms]:
    settings = {warp.id: settings_of(warp) for warp in session.scalars(select(Warp))}
    found: dict[UUID, list[WarpSettings]] = {}
    for whose, warp_id in session.execute(statement):  # type: ignore[call-overload]
        found.setdefault(whose, []).append(settings[warp_id])
    return {whose: _of_several(several) for whose, several in found.items()}


def _of_several(settings: Iterable[WarpSettings]) -> Terms:
    several = list(settings)
    longest = max(several, key=lambda one: one.renewal_grace_days)
    return Terms(
        every_months=min(one.renewal_every_months for one in several),
        months=tuple(sorted({one.renewal_month for one in several if one.renewal_month is not None})),
        ask=timedelta(days=max(one.renewal_ask_days for one in several)),
        remind_after=longest.renewal_remind_after_days,
        grace=timedelta(days=longest.renewal_grace_days),
    )
