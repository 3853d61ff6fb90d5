"""We saw this too: one press an organisation, taken back as easily, and a number that is told in steps of k.

A press is a mark: HMAC-SHA256 of organisation and warning under the hub's secret, which no dump of the database has,
and a salt of the warning's own, which is thrown away when it is over. Until then a press can be found again, so that
none counts twice and each can be taken back; afterwards nobody can say whose a mark was. What is told moves once a
day, in whole steps of k, and never back.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock, config
from warp_hub.alerts.answer_models import SeenToo, SeenTooCount
from warp_hub.db import session
from warp_hub.memberships.models import Membership, Post, State
from warp_hub.memberships.settings import WarpSettings
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import find_visible, house_read, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

OPEN_FOR = timedelta(days=90)
SALT_BYTES = 32
STEP = WarpSettings().k
KINDS = (ItemKind.ADVISORY,)


class NotForThem(Exception):
    """There is no such thing for this viewer to have seen too, or it is over."""


def say(item_id: UUID, viewer: Viewer) -> None:
    """Note that the viewer's organisation saw this too; said twice it counts once. Raises NotForThem."""
    mark = _my_mark(item_id, viewer)
    if mark is None:
        raise NotForThem(item_id)
    session.execute(insert(SeenToo).values(item_id=item_id, mark=mark).on_conflict_do_nothing())


def take_back(item_id: UUID, viewer: Viewer) -> None:
    """Forget that the viewer's organisation saw this too. Raises NotForThem."""
    mark = _my_mark(item_id, viewer)
    if mark is None:
        raise NotForThem(item_id)
    session.execute(delete(SeenToo).where(SeenToo.item_id == item_id, SeenToo.mark == mark))


def has_said(item_id: UUID, viewer: Viewer) -> bool | None:
    """Say whether the viewer's organisation saw this too; None where they cannot say so, or not any more."""
    organisation, state = _organisation(viewer), _count(item_id, viewer)
    if organisation is None or (state is not None and state.salt is None):
        return None
    if state is None or state.salt is None:
        return False
    mark = _mark(item_id, organisation, state.salt)
    held = select_visible(SeenToo, viewer, Outlet.PAGE).where(SeenToo.item_id == item_id, SeenToo.mark == mark)
    return session.scalars(held).one_or_none() is not None


def at_least(item_id: UUID, viewer: Viewer) -> int | None:
    """Return that at least so many organisations saw it, a multiple of k; None while there are too few to tell."""
    state = _count(item_id, viewer)
    return state.shown if state is not None and state.shown else None


def count_all() -> int:
    """Tell of each warning how many saw it, in steps, and throw away what is over; called daily by the worker."""
    now, moved = clock.now(), 0
    grouped: Any = select(SeenToo.item_id, func.count()).group_by(SeenToo.item_id)
    pressed: dict[UUID, int] = {row[0]: row[1] for row in session.execute(house_read(grouped, "answers"))}
    for state in session.scalars(house_read(select(SeenTooCount).where(SeenTooCount.salt.is_not(None)), "answers")):
        shown = pressed.get(state.item_id, 0) // STEP * STEP
        moved += shown > state.shown
        state.shown = max(shown, state.shown)
        if state.ends_at <= now:
            state.salt = None
    session.flush()
    over = select(SeenTooCount.item_id).where(or_(SeenTooCount.salt.is_(None), SeenTooCount.item_id.in_(_withdrawn())))
    session.execute(delete(SeenToo).where(SeenToo.item_id.in_(session.scalars(house_read(over, "answers")).all())))
    return moved


def _withdrawn() -> Select[Any]:
    return select(Item.id).where(Item.withdrawn_at.is_not(None))


def _my_mark(item_id: UUID, viewer: Viewer) -> bytes | None:
    item: Item | None = find_visible(Item, item_id, viewer)
    organisation = _organisation(viewer)
    if item is None or organisation is None or item.kind not in KINDS or item.marking is Marking.RED:
        return None
    # It ends with a day: the moment of the first press, beside who was signed in then, would tell whose it was.
    ends_at = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + OPEN_FOR + timedelta(days=1)
    salt = secrets.token_bytes(SALT_BYTES)
    begun = insert(SeenTooCount).values(item_id=item_id, salt=salt, shown=0, ends_at=ends_at)
    session.execute(begun.on_conflict_do_nothing())
    state = _count(item_id, viewer)
    return None if state is None or state.salt is None else _mark(item_id, organisation, state.salt)


def _count(item_id: UUID, viewer: Viewer) -> SeenTooCount | None:
    told = select_visible(SeenTooCount, viewer, Outlet.PAGE).where(SeenTooCount.item_id == item_id)
    return session.scalars(told).one_or_none()


def _mark(item_id: UUID, organisation_id: UUID, salt: bytes) -> bytes:
    key = hmac.digest(config.current().secret().encode(), b"warp-hub: we saw this too" + salt, hashlib.sha256)
    return hmac.digest(key, item_id.bytes + organisation_id.bytes, hashlib.sha256)


def _organisation(viewer: Viewer) -> UUID | None:
    """Return the organisation for which somebody speaks here: always the same one of several."""
    held = (
        select(Post.organisation_id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Post.person_id == viewer.person, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
    )
    return session.scalars(held.order_by(Post.organisation_id).limit(1)).one_or_none()
