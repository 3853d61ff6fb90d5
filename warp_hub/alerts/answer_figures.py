"""The figures of a question as its WARP's coordinators have them: made by the worker, one reading at a time.

The first comes when the answers were due, each later one at least a day after the one before, the last when the
question is closed. Those who gave their name are in no figure: they are listed by name, and stay out for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, or_, select

from warp_hub import clock
from warp_hub.alerts import answers, counting
from warp_hub.alerts.answer_models import Answer, AnswerChoice, AnswerFigures, AnswerReminder, AskedOf, Asking
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.sharing.visibility import house_read, select_kept
from warp_hub.tlp import Viewer

APART = timedelta(days=1)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Counts:
    """What may be told of the answers without a name: None for a number that may not; made at this moment."""

    made_at: datetime
    answered: int
    by_choice: dict[AnswerChoice, int | None]


def counts(item_id: UUID, warp_id: UUID, viewer: Viewer) -> Counts | None:
    """Return the last reading of the figures for whoever runs the WARP; None while there is none that may be told."""
    kept = select_kept(AnswerFigures, viewer).where(AnswerFigures.item_id == item_id, AnswerFigures.keeper == warp_id)
    found: AnswerFigures | None = session.scalars(kept).one_or_none()
    if found is None:
        return None
    numbers = {choice: found.shown["by_choice"].get(choice.value) for choice in AnswerChoice}
    return Counts(found.made_at, found.shown["answered"], numbers)


def read_due() -> int:
    """Make the readings whose time has come; called by the worker. Returns how many there are anew."""
    now = clock.now()
    is_over = or_(Asking.closed_at.is_(None), Asking.closed_at > now - APART - APART)
    wanted = select(Asking).where(or_(Asking.due_at <= now, Asking.closed_at.is_not(None)), is_over)
    due = session.scalars(house_read(wanted.where(Asking.of_whom != AskedOf.NOBODY), "answers")).all()
    floors = {warp.id: settings_of(warp).k for warp in session.scalars(select(Warp))}
    return sum(_read(one, floors[one.warp_id], now) for one in due)


def to_forget() -> Sequence[tuple[UUID, UUID]]:
    """Return the questions, as warning and WARP, whose answers are due to be removed: closed 30 days ago."""
    columns: list[Any] = [Asking.item_id, Asking.warp_id]
    over: Select[Any] = select(*columns).where(Asking.closed_at < clock.now() - KEPT)
    held = over.where(exists().where(Answer.item_id == Asking.item_id, Answer.warp_id == Asking.warp_id))
    return [
        (row.item_id, row.warp_id) for row in session.execute(house_read(held.order_by(Asking.closed_at), "answers"))
    ]


def forget_old() -> int:
    """Remove the answers to questions closed 30 days ago, and who was silent; return how many answers.

    The figures stay, since they name nobody, and stay as they are: asked anew, the same would be counted twice.
    """
    removed = 0
    for item_id, warp_id in to_forget():
        of_this = select(AnswerFigures).where(AnswerFigures.item_id == item_id, AnswerFigures.keeper == warp_id)
        for figures in session.scalars(house_read(of_this, "answers")):
            figures.shown = {**figures.shown, "is_last": True}
        gone = delete(Answer).where(Answer.item_id == item_id, Answer.warp_id == warp_id)
        removed += int(session.execute(gone).rowcount)  # type: ignore[attr-defined]
    kept = select(Asking.item_id).where(or_(Asking.closed_at.is_(None), Asking.closed_at >= clock.now() - KEPT))
    session.execute(delete(AnswerReminder).where(AnswerReminder.item_id.not_in(kept)))
    return removed


def _read(asking: Asking, k: int, now: datetime) -> bool:
    last = session.scalars(house_read(_figures(asking), "answers")).one_or_none()
    if last is not None and (last.made_at > now - APART or last.shown["is_last"]):
        return False
    answers.take_turn(asking.item_id)
    unnamed = select(Answer).where(Answer.item_id == asking.item_id, Answer.warp_id == asking.warp_id)
    unnamed = unnamed.where(Answer.named.is_(False), Answer.left_out.is_(False))
    found = session.scalars(house_read(unnamed, "answers")).all()
    read = counting.read if asking.closed_at is None else counting.read_last
    reading = read([counting.Given(one.choice, one.counted, one.counted_in or 0) for one in found], k)
    if reading is None:
        return False
    number = 1 + (last.shown["number"] if last is not None else 0)
    told = {choice.value: count for choice, count in reading.by_choice.items() if count is not None}
    last = last or _new(asking)
    last.made_at = now
    is_last = asking.closed_at is not None
    last.shown = {"answered": reading.answered, "by_choice": told, "number": number, "is_last": is_last}
    for one in found:
        if one.counted is None:
            one.counted, one.counted_in = one.choice, number
    return True


def _figures(asking: Asking) -> Select[Any]:
    return select(AnswerFigures).where(AnswerFigures.item_id == asking.item_id, AnswerFigures.keeper == asking.warp_id)


def _new(asking: Asking) -> AnswerFigures:
    made = AnswerFigures(id=new_id(), item_id=asking.item_id, keeper=asking.warp_id)
    session.add(made)
    return made
