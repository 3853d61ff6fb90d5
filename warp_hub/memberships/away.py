"""When somebody last signed in fully: the day for 30 days, afterwards only the month, in tables apart from people.

Whoever has not for 180 days is away: letters to them and tools of theirs carry nothing of TLP:AMBER until their next
full sign-in. Since no finer time is kept, the days count from the end of that month. Nobody else loses anything by
it: who signs in fully is back by doing so, and readers by mail keep what may be printed.
"""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock
from warp_hub.db import among, session
from warp_hub.memberships.models import Person, State
from warp_hub.memberships.renewal_models import LastFullMonth, SignedInDay

AWAY_AFTER = timedelta(days=180)
DAYS_KEPT = timedelta(days=30)


def note_full_sign_in(person_id: UUID) -> None:
    """Note that somebody signed in fully today."""
    today = clock.today()
    session.execute(insert(SignedInDay).values(person_id=person_id, day=today).on_conflict_do_nothing())
    month = today.replace(day=1)
    noted = insert(LastFullMonth).values(person_id=person_id, month=month, counted_from=month)
    session.execute(noted.on_conflict_do_update(index_elements=[LastFullMonth.person_id], set_={"month": month}))


def away_among(person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return who of these has not signed in fully for 180 days; whose time nobody counts yet is not away."""
    if not person_ids:
        return frozenset()
    found = select(LastFullMonth.person_id).where(among(LastFullMonth.person_id, person_ids), _is_long_ago())
    return frozenset(session.scalars(found))


def has_signed_in(since: date = date.min) -> ColumnElement[bool]:
    """Say in SQL that a person signed in fully in this month or later, and without one that they ever did."""
    return exists().where(LastFullMonth.person_id == Person.id, LastFullMonth.month >= since.replace(day=1))


def signed_in_since(person_ids: Collection[UUID], month: date = date.min) -> dict[UUID, bool]:
    """Return of each person whether they did, in this month or later, or ever; nobody is told more than that."""
    found = set(session.scalars(select(Person.id).where(among(Person.id, person_ids), has_signed_in(month))))
    return {person_id: person_id in found for person_id in person_ids}


def ever_signed_in(person_id: UUID) -> bool:
    """Say whether somebody ever signed in fully: from then on less than that is not enough for what binds or ends."""
    return signed_in_since([person_id])[person_id]


def begin_counting() -> int:
    """Count from this month for everybody whose time nobody counts yet; return how many. Called by the worker."""
    counted = select(LastFullMonth.person_id).where(LastFullMonth.person_id == Person.id)
    found = session.scalars(select(Person.id).where(Person.state == State.ACTIVE, ~counted.exists())).all()
    month = clock.today().replace(day=1)
    rows = [{"person_id": person_id, "month": None, "counted_from": month} for person_id in found]
    if rows:
        session.execute(insert(LastFullMonth).values(rows).on_conflict_do_nothing())
    return len(rows)


def forget_days() -> int:
    """Remove days of signing in that are more than 30 days past; return how many."""
    old = delete(SignedInDay).where(SignedInDay.day < clock.today() - DAYS_KEPT)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _is_long_ago() -> ColumnElement[bool]:
    """Say in SQL that the month's last day is 180 days ago or more."""
    first_to_count = (clock.today() - AWAY_AFTER + timedelta(days=1)).replace(day=1)
    return func.coalesce(LastFullMonth.month, LastFullMonth.counted_from) < first_to_count
