"""Asking members whether a warning affects them: whom, until when, and when it is over.

A coordinator chooses when passing a warning on: by default "Act today" asks every member and "This week" those whose
systems it matches. What a trusted source passed on asks those it matches. What is for named people asks nobody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.alerts.answer_models import AskedOf, Asking
from warp_hub.db import among, new_id, session
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.memberships.working_days import after_working_days
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

URGENT = (Severity.ACT_TODAY, Severity.THIS_WEEK)
LOOKED_BACK = timedelta(days=1)
MOST_AT_ONCE = 2000


class NotOnThisDesk(Exception):
    """The warning is not one about which this WARP may ask."""


def default_for(severity: Severity | None) -> AskedOf:
    """Return whom a coordinator who passes on a warning asks unless they choose otherwise."""
    defaults = {Severity.ACT_TODAY: AskedOf.MEMBERS, Severity.THIS_WEEK: AskedOf.MATCHING}
    return AskedOf.NOBODY if severity is None else defaults.get(severity, AskedOf.NOBODY)


def ask(item: Item, warp_id: UUID, viewer: Viewer, of_whom: AskedOf | None = None) -> Asking | None:
    """Ask the members of a WARP about a warning it passed on, or ask nobody; asked anew, it is open again.

    Returns None where nobody can be asked: of what is for named people. Raises NotOnThisDesk.
    """
    if warp_id not in viewer.keeps or warp_id not in item.keepers:
        raise NotOnThisDesk(item.id)
    if item.marking is Marking.RED or item.handling().under_embargo(clock.now()) or item.withdrawn_at is not None:
        return None
    whom = default_for(item.severity) if of_whom is None else of_whom
    now = clock.now()
    due = due_at(item.severity, _settings(warp_id), now)
    found = find(item.id, warp_id, viewer, Outlet.DESK) or _new(item.id, warp_id)
    found.of_whom, found.asked_at, found.due_at = whom, now, due
    found.closed_at = now if whom is AskedOf.NOBODY else None
    audit.record("asked members", actor=viewer.person, item=item.id, warp=warp_id, detail={"whom": whom.value})
    return found


def close(item_id: UUID, warp_id: UUID, viewer: Viewer) -> None:
    """Take no more answers to one WARP's question; they are removed some time later. Raises NotOnThisDesk."""
    found = find(item_id, warp_id, viewer, Outlet.DESK)
    if found is None or warp_id not in viewer.keeps:
        raise NotOnThisDesk(item_id)
    if found.closed_at is None:
        found.closed_at = clock.now()
        audit.record("closed the question", actor=viewer.person, item=item_id, warp=warp_id)


def find(item_id: UUID, warp_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Asking | None:
    """Return one WARP's question about a warning, if this viewer may have the warning."""
    asked = select_visible(Asking, viewer, outlet).where(Asking.item_id == item_id, Asking.warp_id == warp_id)
    return session.scalars(asked).one_or_none()


def due_at(severity: Severity | None, settings: WarpSettings, asked_at: datetime) -> datetime:
    """Return until when a WARP's members are asked to answer, on a working day of its nation."""
    is_urgent = severity is Severity.ACT_TODAY
    days = settings.answer_days_act_today if is_urgent else settings.answer_days_this_week
    return after_working_days(asked_at, days, settings.answer_at, settings.nation, settings.zone_info)


def ask_of_what_came(only: Collection[UUID] = ()) -> int:
    """Ask about what was passed on without a coordinator's choice; called by the worker. Returns how many questions."""
    asked = exists().where(Asking.item_id == Item.id, Asking.warp_id == Warp.id)
    now = clock.now()
    columns: list[Any] = [Item.id, Item.severity, Warp.id.label("warp_id")]
    wanted: Select[Any] = (
        select(*columns)
        .join(Warp, Warp.id == any_(Item.passed_by))
        .where(Item.kind == ItemKind.ADVISORY, Item.severity.in_(URGENT), Item.marking != Marking.RED)
        .where(Item.published_at <= now, Item.withdrawn_at.is_(None), ~asked)
        .where(or_(Item.embargo_until.is_(None), Item.embargo_until <= now))
    )
    wanted = wanted.where(among(Item.id, only)) if only else wanted.where(Item.added_at > now - LOOKED_BACK)
    found = session.execute(house_read(wanted.limit(MOST_AT_ONCE), "answers")).all()
    settings = {warp.id: settings_of(warp) for warp in session.scalars(select(Warp))} if found else {}
    rows = [_row(one.id, one.warp_id, due_at(one.severity, settings[one.warp_id], now), now) for one in found]
    if rows:
        session.execute(insert(Asking).on_conflict_do_nothing(), rows)
    return len(rows)


def close_due() -> int:
    """Close what has been open long enough, and what was withdrawn; called by the worker. Returns how many."""
    now = clock.now()
    is_withdrawn = exists().where(Item.id == Asking.item_id, Item.withdrawn_at.is_not(None))
    wanted = select(Asking).where(
        Asking.closed_at.is_(None), or_(Asking.due_at < now - timedelta(days=7), is_withdrawn)
    )
    found: Sequence[Asking] = session.scalars(house_read(wanted, "answers")).all()
    withdrawn = _withdrawn({one.item_id for one in found})
    lives = {
        warp.id: timedelta(days=settings_of(warp).answers_close_after_days) for warp in session.scalars(select(Warp))
    }
    over = [one for one in found if one.item_id in withdrawn or one.due_at + lives[one.warp_id] <= now]
    for one in over:
        one.closed_at = now
    return len(over)


def _withdrawn(items: Collection[UUID]) -> frozenset[UUID]:
    gone = select(Item.id).where(among(Item.id, items), Item.withdrawn_at.is_not(None))
    return frozenset(session.scalars(house_read(gone, "answers")))


def _row(item_id: UUID, warp_id: UUID, due: datetime, now: datetime) -> dict[str, object]:
    whom = {"of_whom": AskedOf.MATCHING, "asked_at": now, "due_at": due, "closed_at": None}
    return {"id": new_id(), "item_id": item_id, "warp_id": warp_id, **whom}


def _new(item_id: UUID, warp_id: UUID) -> Asking:
    made = Asking(id=new_id(), item_id=item_id, warp_id=warp_id)
    session.add(made)
    return made


def _settings(warp_id: UUID) -> WarpSettings:
    return settings_of(session.scalars(select(Warp).where(Warp.id == warp_id)).one())
