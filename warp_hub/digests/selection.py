"""Whom there is something for: set-wise, by the rule in plain Python, without loading a single title."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from warp_hub.db import session
from warp_hub.digests.compose import carried_by
from warp_hub.digests.models import Watermark
from warp_hub.digests.told import NOTHING, Told, told_before
from warp_hub.memberships.viewers import viewers_in_absence
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import NOBODY, Handling, Outlet, Viewer, permits

FIRST_LOOK = timedelta(days=7)

_HANDLING = (
    Item.marking,
    Item.keepers,
    Item.recipients,
    Item.early,
    Item.published_at,
    Item.embargo_until,
    Item.withdrawn_at,
    Item.is_public,
)


@dataclass(frozen=True)
class Selection:
    """Who has something to be told, and the newest stamp that was looked at."""

    people: frozenset[UUID]
    horizon: datetime | None


@dataclass(frozen=True)
class _Candidate:
    id: UUID
    added_at: datetime
    published_at: datetime
    revised_at: datetime | None
    handling: Handling


def something_for(warp_id: UUID, people: Sequence[UUID], now: datetime) -> Selection:
    """Return which of these people one WARP's digest has something for.

    Stamps are handed out under a lock that is held to the commit, so whatever is committed with a smaller
    stamp than one we see, we see as well: the greatest stamp in sight is a horizon that misses nothing.
    """
    since = since_when(warp_id, people, now)
    if not since:
        return Selection(frozenset(), None)
    candidates = _candidates(warp_id, min(since.values()), now)
    if not candidates:
        return Selection(frozenset(), None)
    viewers = viewers_in_absence(people)
    told = told_before(warp_id, people, _perhaps_told(candidates, set(since.values())))
    found = (
        person
        for person in people
        if _has_news(viewers.get(person, NOBODY), candidates, since[person], told.get(person, NOTHING), now)
    )
    return Selection(frozenset(found), candidates[0].added_at)


def since_when(warp_id: UUID, people: Sequence[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return from when on each person is not told yet; a first digest looks back a week."""
    marks = select(Watermark.person_id, Watermark.covered_until).where(Watermark.warp_id == warp_id)
    if len(people) == 1:
        marks = marks.where(Watermark.person_id.in_(people))
    covered = dict(session.execute(marks).all())
    return {person: covered.get(person, now - FIRST_LOOK) for person in people}


def _candidates(warp_id: UUID, since: datetime, now: datetime) -> list[_Candidate]:
    """Return what the WARP passed on, newest stamp first.

    Another machine's clock may be ahead: what it has stamped into our future waits for the next digest.
    """
    columns: list[Any] = [Item.id, Item.added_at, Item.revised_at, *_HANDLING]
    rows: Select[Any] = select(*columns).where(*carried_by(warp_id, since, now)).order_by(Item.added_at.desc())
    return [_candidate(row) for row in session.execute(house_read(rows, "digest selection"))]


def _candidate(row: Row[Any]) -> _Candidate:
    handling = Handling(
        marking=row.marking,
        keepers=frozenset(row.keepers),
        recipients=frozenset(row.recipients),
        early=frozenset(row.early),
        published_at=row.published_at,
        embargo_until=row.embargo_until,
        withdrawn_at=row.withdrawn_at,
        is_public=row.is_public,
    )
    return _Candidate(row.id, row.added_at, row.published_at or row.added_at, row.revised_at, handling)


def _perhaps_told(candidates: Sequence[_Candidate], marks: Collection[datetime]) -> list[UUID]:
    """Return what was published before somebody's mark and stamped anew after it."""
    return [one.id for one in candidates if any(one.published_at <= mark < one.added_at for mark in marks)]


def _has_news(viewer: Viewer, candidates: Sequence[_Candidate], since: datetime, told: Told, now: datetime) -> bool:
    for one in candidates:
        if one.added_at <= since:
            return False
        if not permits(viewer, one.handling, Outlet.NOTICE, now):
            continue
        is_printable = permits(viewer, one.handling, Outlet.MAIL, now)
        if told.news(one.id, one.revised_at, is_printable=is_printable) is not None:
            return True
    return False
