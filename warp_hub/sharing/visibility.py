"""THE rule: who may receive what, through which outlet; said once, in SQL.

`tlp.permits` is the same rule in plain Python and `policies` compiles row-level security from these very
expressions; tests hold all three equal. Every page, list, count, search, digest, TAXII page, export and
chart reads shared rows through the functions of this module; the guard refuses any other read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from typing import cast as typed
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, column, false, func, or_, select, table, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from warp_hub import db
from warp_hub.db import app_now, session
from warp_hub.sharing import words
from warp_hub.sharing.models import ITEM_WORDS, HandlingColumns, Item, ItemVersion
from warp_hub.tlp import TRAVELS, Marking, Outlet, Viewer

_UUIDS = ARRAY(Uuid())
_WHOLE = aliased(Item)
# Who holds a post is a room's above: what is owned by those who do is compared with it by its name.
_POST = table("post", column("organisation_id", Uuid()), column("person_id", Uuid()), column("state"))


@dataclass(frozen=True)
class Reach:
    """A viewer's addresses as SQL: of a value in hand, or of the running transaction."""

    member: ColumnElement[bool]
    green: ColumnElement[bool]
    amber: ColumnElement[Any] | None
    strict: ColumnElement[Any] | None
    red: ColumnElement[Any] | None
    keeps: ColumnElement[Any] | None


def reach_of(viewer: Viewer) -> Reach:
    """Return the addresses of a viewer in hand; an empty set is no address."""
    return Reach(
        member=true() if viewer.is_member else false(),
        green=true() if viewer.is_member and not viewer.only_clear else false(),
        amber=_addresses(viewer.amber),
        strict=_addresses(viewer.strict),
        red=_addresses(viewer.red),
        keeps=_addresses(viewer.keeps),
    )


# Writing a clause out takes longer than most queries with it do. It follows from the viewer's addresses, the outlet
# and the class alone, all of them values: so one that was written is used again.
_Clause = TypeVar("_Clause", bound=Callable[..., ColumnElement[bool]])


def _written_once(write: _Clause) -> _Clause:
    return typed(_Clause, lru_cache(maxsize=1024)(write))


@_written_once
def visible_to(viewer: Viewer, outlet: Outlet, of: type[HandlingColumns] = Item) -> ColumnElement[bool]:
    """Say which items this viewer may receive through this outlet."""
    return received(reach_of(viewer), outlet, of)


@_written_once
def kept_by(viewer: Viewer, of: type[HandlingColumns] = Item) -> ColumnElement[bool]:
    """Say which items this viewer may work on, in any state; of RED ones only the named may."""
    return kept(reach_of(viewer), of)


def received(reach: Reach, outlet: Outlet, of: type[HandlingColumns]) -> ColumnElement[bool]:
    """Return the rule over the handling columns of items or versions."""
    if outlet is Outlet.DESK:
        return kept(reach, of)
    may = {
        Marking.CLEAR: _clear(reach, outlet, of),
        Marking.GREEN: reach.green,
        Marking.AMBER: _meets(of.recipients, reach.amber),
        Marking.AMBER_STRICT: _meets(of.recipients, reach.strict),
        Marking.RED: _meets(of.recipients, reach.red),
    }
    addressed = [and_(of.marking == marking, may[marking]) for marking in Marking if outlet in TRAVELS[marking]]
    is_open = or_(of.embargo_until.is_(None), of.embargo_until <= app_now())
    early = _meets(of.early, reach.red) if outlet in TRAVELS[Marking.RED] else false()
    reaches = or_(and_(is_open, or_(false(), *addressed)), and_(of.embargo_until > app_now(), early))
    return and_(of.published_at <= app_now(), of.withdrawn_at.is_(None), reaches)


def kept(reach: Reach, of: type[HandlingColumns]) -> ColumnElement[bool]:
    """Return who may work on an item, over its handling columns."""
    return and_(_meets(of.keepers, reach.keeps), or_(of.marking != Marking.RED, _meets(of.recipients, reach.red)))


def select_visible(what: type[Any], viewer: Viewer, outlet: Outlet) -> Select[Any]:
    """Return the select of what this viewer may receive; the only way to read shared rows.

    `what` is Item, ItemVersion, a room's class whose id is its item's, or a part with `item_id`.
    """
    if what is Item or what is ItemVersion:
        statement = select(what).where(visible_to(viewer, outlet, what))
    elif hasattr(what, "item_id"):
        statement = select(what).where(part_visible(what, viewer, outlet))
    else:
        statement = select(what).join(Item, what.id == Item.id).where(visible_to(viewer, outlet))
    return statement.execution_options(tlp=outlet.value)


@_written_once
def part_visible(part: type[Any], viewer: Viewer, outlet: Outlet) -> ColumnElement[bool]:
    """Say which parts hang on an item that this viewer may receive."""
    # One look-up a part found, as in its policy; joined, the planner walks all items first (150 ms at 100,000).
    found = select(_WHOLE.id).where(_WHOLE.id == part.item_id, visible_to(viewer, outlet, _WHOLE)).scalar_subquery()
    same: ColumnElement[bool] = part.item_id == found
    return same


def find_visible(what: type[Any], item_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Any:
    """Return the one record, or None when it is absent or not for this viewer."""
    return session.scalars(select_visible(what, viewer, outlet).where(what.id == item_id)).one_or_none()


def select_kept(what: type[Any], viewer: Viewer) -> Select[Any]:
    """Return the select of rows that lie on this viewer's desks (classes with their own `keeper`)."""
    return select(what).where(_on_desk(what, viewer)).execution_options(tlp=Outlet.DESK.value)


def select_owned(what: type[Any], viewer: Viewer) -> Select[Any]:
    """Return the select of what is this person's own, or their organisation's where a full sign-in proved it.

    What is owned by "posts" is of the organisations in which they hold one, however they came.
    """
    return select(what).where(owned_by(viewer, what)).execution_options(tlp="own")


def owned_by(viewer: Viewer, what: Any) -> ColumnElement[bool]:
    """Say which rows of a class with owners are this viewer's own or their organisation's."""
    if viewer.person is None:
        return false()
    if getattr(what, "__owned_by__", "") == "posts":
        theirs = select(_POST.c.organisation_id).where(_POST.c.state == "active", _POST.c.person_id == viewer.person)
        of_theirs: ColumnElement[bool] = what.organisation_id.in_(theirs)
        return of_theirs
    own: ColumnElement[bool] = or_(what.person_id == viewer.person, what.organisation_id.in_(sorted(viewer.amber)))
    return own


def select_waiting(what: type[Any], viewer: Viewer) -> Select[Any]:
    """Return desk rows joined to the items they are about, where both are this viewer's to work on."""
    joined = select(what, Item).join(Item, what.item_id == Item.id)
    return joined.where(_on_desk(what, viewer), kept_by(viewer)).execution_options(tlp=Outlet.DESK.value)


def select_asked(what: type[Any], viewer: Viewer) -> Select[Any]:
    """Return the select of what this viewer asked themselves (classes whose rows are each of one person)."""
    own = what.person_id == viewer.person if viewer.person is not None else false()
    return select(what).where(own).execution_options(tlp=Outlet.PAGE.value)


def search_visible(query: str, viewer: Viewer, outlet: Outlet = Outlet.SEARCH) -> Select[Any]:
    """Return the select of the items with these words that this viewer may receive.

    It is narrowed, paged and counted like any other. Nothing typed is an error; what has no words finds nothing.
    """
    found = select_visible(Item, viewer, outlet).join(ITEM_WORDS, ITEM_WORDS.c.item_id == Item.id)
    return found.where(ITEM_WORDS.c.words.bool_op("@@")(words.asked(query)))


def best_visible(found: Select[Any], query: str, most: int, of_newest: int = 100) -> tuple[Sequence[Item], int]:
    """Return the best of the newest that `search_visible` found, and how many there are up to `of_newest` + 1.

    Ranking reads the words of each: so it is done for what the rule let through, and no further than asked.
    """
    rank = func.ts_rank(ITEM_WORDS.c.words, words.asked(query)).label("rank")
    newest = found.order_by(Item.published_at.desc(), Item.id.desc()).limit(of_newest + 1).add_columns(rank).subquery()
    in_order = (newest.c.rank.desc(), newest.c.published_at.desc(), newest.c.id.desc())
    best = select(aliased(Item, newest), func.count().over()).order_by(*in_order)
    rows = session.execute(best.limit(most).execution_options(**_mark_of(found))).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def count_visible(statement: Select[Any], up_to: int = 1000) -> int:
    """Return how many rows a scoped select has, counting no further than `up_to` + 1."""
    bounded = statement.order_by(None).limit(up_to + 1).subquery()
    counted = select(func.count()).select_from(bounded).execution_options(**_mark_of(statement))
    return session.scalar(counted) or 0


def group_visible(statement: Select[Any], column: Any) -> dict[Any, int]:
    """Return how many rows of a scoped select have each value of one of its columns."""
    rows = statement.order_by(None).with_only_columns(column.label("value")).subquery()
    counted = select(rows.c.value, func.count()).group_by(rows.c.value).execution_options(**_mark_of(statement))
    return {row[0]: row[1] for row in session.execute(counted)}


def house_read(statement: Select[Any], reason: str) -> Select[Any]:
    """Mark a read that serves no viewer; the worker alone may make one, for a pinned reason."""
    if db.role() not in ("work", "owner"):
        raise PermissionError("only the worker reads for the house")
    return statement.execution_options(tlp=f"house: {reason}")


def _mark_of(statement: Select[Any]) -> dict[str, str]:
    # Only a statement that already carries the mark may hand it on to the select around it.
    return {"tlp": statement.get_execution_options()["tlp"]}


def _on_desk(what: type[Any], viewer: Viewer) -> ColumnElement[bool]:
    return what.keeper.in_(sorted(viewer.keeps)) if viewer.keeps else false()


def _clear(reach: Reach, outlet: Outlet, of: type[HandlingColumns]) -> ColumnElement[bool]:
    return of.is_public.is_(True) if outlet is Outlet.PUBLIC else or_(of.is_public.is_(True), reach.member)


def _meets(column: Any, addresses: ColumnElement[Any] | None) -> ColumnElement[bool]:
    return false() if addresses is None else column.op("&&")(addresses)


def _addresses(of: Iterable[UUID]) -> ColumnElement[Any] | None:
    listed = sorted(of)
    return cast(listed, _UUIDS) if listed else None
