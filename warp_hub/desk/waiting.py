"""What waits on a coordinator's desks, oldest first; each row by the rule or of their own WARPs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from warp_hub import clock
from warp_hub.advisories.health import needs_attention
from warp_hub.advisories.models import Advisory, Quarantined, Source, SourceWarp
from warp_hub.db import session
from warp_hub.desk import applications, troubled
from warp_hub.discussions.waiting import unanswered
from warp_hub.incidents.waiting import waiting_reports
from warp_hub.mail import Letter
from warp_hub.memberships import directory, stand_ins
from warp_hub.memberships.models import Warp
from warp_hub.renewals import waiting as renewals
from warp_hub.resharing.answering import select_requests
from warp_hub.resharing.models import ShareRequest
from warp_hub.sharing.models import Decision, Item
from warp_hub.sharing.visibility import count_visible, select_kept, select_visible, select_waiting
from warp_hub.tlp import Outlet, Viewer

SHOWN = 3
COUNTED_TO = 1000


@dataclass(frozen=True)
class Pile:
    """One heading: how many wait (bounded), the first few, and since when the oldest does, where that is known.

    `due` is when the first of them is next to go out; of a report nobody knows when it came.
    """

    count: int = 0
    first: Sequence[Any] = ()
    oldest: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """All that waits."""

    warnings: Pile
    reports: Pile
    applications: Pile
    questions: Pile
    letters: Pile
    sources: Pile
    wider: Pile
    renewals: Pile
    to_check: int
    runs_for_good: Sequence[Warp]
    standing: Sequence[stand_ins.Standing]


def waiting(viewer: Viewer, warps: Collection[UUID]) -> Waiting:
    """Return what waits for a coordinator of these WARPs."""
    return Waiting(
        warnings=_warnings(viewer),
        reports=_reports(viewer),
        applications=_applications(warps, viewer.person),
        questions=Pile(*unanswered(viewer, warps)),
        letters=_letters(warps),
        sources=_sources(warps),
        wider=_wider(viewer),
        renewals=Pile(renewals.waiting(warps).count),
        to_check=count_visible(select_kept(Quarantined, viewer)),
        runs_for_good=directory.run_for_good(viewer.person) if viewer.person else (),
        standing=stand_ins.standing(warps),
    )


def count(statement: Select[Any]) -> int:
    """Return how many rows of the house's own tables a select has, counting no further than what pages show."""
    bounded = statement.order_by(None).limit(COUNTED_TO + 1).subquery()
    return session.scalar(select(func.count()).select_from(bounded)) or 0


def _warnings(viewer: Viewer) -> Pile:
    # By the item as well: a TLP:RED warning that names somebody else is not even counted.
    undecided = (
        select_waiting(Decision, viewer)
        .where(Decision.choice.is_(None), Item.withdrawn_at.is_(None))
        .with_only_columns(Decision.item_id)
    )
    items = (
        select_visible(Advisory, viewer, Outlet.DESK)
        .add_columns(Item)
        .where(Item.id.in_(undecided.scalar_subquery()))
        .order_by(Advisory.received_at, Item.id)
        .limit(SHOWN)
    )
    rows = session.execute(items).all()
    oldest = rows[0][0].received_at if rows else None
    return Pile(count_visible(undecided), [item for _, item in rows], oldest)


def _reports(viewer: Viewer) -> Pile:
    found = waiting_reports(viewer)
    return Pile(found.count, found.first, due=found.oldest)


def _applications(warps: Collection[UUID], by: UUID | None) -> Pile:
    asked = applications.select_applications(warps, by)
    return Pile(count(asked), applications.read(asked.limit(SHOWN)))


def _letters(warps: Collection[UUID]) -> Pile:
    asked = troubled.select_troubled(warps)
    first = troubled.shown(session.execute(asked.limit(SHOWN)).all())
    return Pile(count(asked.with_only_columns(Letter.id)), first, first[0].letter.created_at if first else None)


def _wider(viewer: Viewer) -> Pile:
    """Return who asked to share something wider."""
    asked = select_requests(viewer)
    first = session.execute(asked.order_by(ShareRequest.asked_at, ShareRequest.id).limit(SHOWN)).all()
    counted = count_visible(asked.with_only_columns(ShareRequest.id))
    return Pile(counted, first, first[0][0].asked_at if first else None)


def _sources(warps: Collection[UUID]) -> Pile:
    served = select(SourceWarp.source_id).where(SourceWarp.warp_id.in_(warps))
    asked = select(Source).where(Source.id.in_(served), needs_attention(clock.now()))
    first = session.scalars(asked.order_by(Source.last_ok_at.nulls_first(), Source.name).limit(SHOWN)).all()
    return Pile(count(asked.with_only_columns(Source.id)), first)
