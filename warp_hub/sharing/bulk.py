"""Publishing for thousands of items at once: the rules of `publishing`, said in sets.

It holds the same lock and gives each item a stamp of its own. What may not go out (held, withdrawn, under
a label that needs an address and without one) stays as it is.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Interval,
    Uuid,
    and_,
    case,
    cast,
    column,
    false,
    func,
    or_,
    true,
    update,
)

from warp_hub import clock
from warp_hub.db import UtcDateTime, session
from warp_hub.sharing.models import Item
from warp_hub.sharing.publishing import stamps
from warp_hub.tlp import Marking

_UUIDS = ARRAY(Uuid())
_BY_PASS_ON = (Marking.AMBER, Marking.AMBER_STRICT)


def publish_all(
    item_ids: Sequence[UUID], *, to: Collection[UUID], passed_by: Collection[UUID], publicly: bool = False
) -> int:
    """Let many items be received from now on; return how many went out or further than before.

    For AMBER and above `to` is added to their recipients. `publicly` lets anyone read the CLEAR ones.
    """
    addressed = or_(Item.marking != Marking.RED, func.cardinality(Item.recipients) > 0)
    is_news = or_(Item.published_at.is_(None), ~Item.passed_by.contains(list(passed_by)))
    may_go_out = and_(Item.held.is_(None), Item.withdrawn_at.is_(None), addressed, is_news)
    changes = {
        "passed_by": _with(Item.passed_by, passed_by),
        "recipients": case((Item.marking.in_(_BY_PASS_ON), _with(Item.recipients, to)), else_=Item.recipients),
        "is_public": or_(Item.is_public, and_(Item.marking == Marking.CLEAR, true() if publicly else false())),
    }
    return _stamp(item_ids, may_go_out, changes, first_time=True)


def revise_all(item_ids: Sequence[UUID]) -> int:
    """Say that many published items have a newer version, which their receivers may now have."""
    return _stamp(item_ids, Item.published_at.is_not(None), {"revised_at": clock.now()}, first_time=False)


def _stamp(item_ids: Sequence[UUID], where: ColumnElement[bool], changes: dict[str, Any], *, first_time: bool) -> int:
    if not item_ids:
        return 0
    session.flush()
    moments = stamps(len(item_ids))
    asked = func.unnest(cast(item_ids, _UUIDS)).table_valued(column("id", Uuid()), with_ordinality="place")
    asked = asked.render_derived(name="asked")
    stamp = _nth(moments[0], asked.c.place)
    changes = changes | {"added_at": stamp}
    if first_time:
        changes["published_at"] = func.coalesce(Item.published_at, stamp)
    # The versions' copies of the stamp and of the handling follow by the trigger.
    done = session.execute(
        update(Item).where(Item.id == asked.c.id, where).values(changes).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _nth(first: datetime, place: ColumnElement[Any]) -> ColumnElement[Any]:
    step = cast(timedelta(microseconds=1), Interval())
    return cast(first, UtcDateTime()) + (cast(place, BigInteger()) - 1) * step


def _with(held: Any, more: Collection[UUID]) -> ColumnElement[Any]:
    """Return the array with what it lacks of `more`, in order."""
    joined: ColumnElement[Any] = held
    for address in more:
        one = cast([address], _UUIDS)
        joined = func.array_cat(func.array_remove(joined, address), one)
    return joined
