"""Who wants to be told at once, of what, how often and when; until people say otherwise, of what cannot wait."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.alerts.models import AlertChoice, AtOnce
from warp_hub.db import session
from warp_hub.mail import addresses
from warp_hub.sharing.models import Severity

LIST = "alerts"
MOST_A_WEEK = 5


@dataclass(frozen=True)
class Choice:
    """What one person said about being told at once."""

    wants: bool = True
    of_what: AtOnce = AtOnce.ALL
    from_severity: Severity = Severity.ACT_TODAY
    most_a_week: int = MOST_A_WEEK
    quiet_from: time | None = None
    quiet_until: time | None = None
    may_wake: bool = False

    def concerns(self, severity: Severity | None, *, is_mine: bool) -> bool:
        """Say whether a warning as urgent as this is one they asked for; `is_mine` where it meets their list."""
        if severity is None:
            return False
        if self.of_what is AtOnce.ALL:
            return severity is Severity.ACT_TODAY
        return is_mine and severity.rank <= self.from_severity.rank

    def quiet_till(self, severity: Severity | None, now: datetime) -> datetime | None:
        """Return until when they want no letter; None where one may go now."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        if severity is Severity.ACT_TODAY and self.may_wake:
            return None
        wall = clock.local(now)
        for day in (wall.date() - timedelta(days=1), wall.date()):
            begins = datetime.combine(day, self.quiet_from, clock.LONDON)
            over_midnight = self.quiet_until <= self.quiet_from
            ends = datetime.combine(day + timedelta(days=over_midnight), self.quiet_until, clock.LONDON)
            if begins <= wall < ends:
                return ends
        return None


STANDARD = Choice()


def choice_of(person_id: UUID) -> Choice:
    """Return what one person said, or what holds until they do."""
    return choices_of([person_id]).get(person_id, STANDARD)


def choices_of(people: Collection[UUID]) -> Mapping[UUID, Choice]:
    """Return what those of these people said who said anything."""
    rows = select(AlertChoice)
    if len(people) == 1:
        rows = rows.where(AlertChoice.person_id.in_(people))
    wanted = frozenset(people)
    return {row.person_id: _choice(row) for row in session.scalars(rows) if row.person_id in wanted}


def severities_wanted() -> frozenset[Severity]:
    """Return how urgent a warning may be for anybody to be told of it at once: mostly those that cannot wait alone."""
    mine = select(AlertChoice.from_severity).where(AlertChoice.of_what == AtOnce.MINE, AlertChoice.stopped_at.is_(None))
    least = max(session.scalars(mine.distinct()), key=lambda one: one.rank, default=Severity.ACT_TODAY)
    return frozenset(one for one in Severity if one.rank <= least.rank)


def wants_alerts(person_id: UUID) -> bool:
    """Say whether a person wants to be told at once."""
    return choice_of(person_id).wants


def who_stopped(people: Collection[UUID]) -> frozenset[UUID]:
    """Return those of these people who do not want to be told at once."""
    return frozenset(person for person, choice in choices_of(people).items() if not choice.wants)


def choose(person_id: UUID, *, wants: bool) -> None:
    """Keep whether a person wants to be told at once; choosing what is chosen already changes nothing."""
    if wants_alerts(person_id) is not wants:
        _write(person_id, {"stopped_at": None if wants else clock.now()})
        audit.record("alerts.chosen", actor=person_id, detail={"wants": wants})


def keep(person_id: UUID, choice: Choice) -> None:
    """Keep all that a person says about being told at once."""
    choose(person_id, wants=choice.wants)
    names = ("of_what", "from_severity", "most_a_week", "quiet_from", "quiet_until", "may_wake")
    _write(person_id, {name: getattr(choice, name) for name in names})


def unsubscribe_address(person_id: UUID) -> str:
    """Return the address that stops immediate notices for one person."""
    return addresses.unsubscribing(person_id, list=LIST)


def _choice(row: AlertChoice) -> Choice:
    return Choice(
        wants=row.stopped_at is None,
        of_what=row.of_what,
        from_severity=row.from_severity,
        most_a_week=row.most_a_week,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        may_wake=row.may_wake,
    )


def _write(person_id: UUID, changes: Mapping[str, object]) -> None:
    statement = insert(AlertChoice).values(person_id=person_id, **changes)
    session.execute(statement.on_conflict_do_update(index_elements=[AlertChoice.person_id], set_=dict(changes)))
