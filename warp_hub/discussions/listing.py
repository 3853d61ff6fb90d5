"""Lists of questions, all of them by the rule."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from warp_hub.discussions.models import Question
from warp_hub.discussions.replies import PLACES
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import Outlet, Viewer


class Show(StrEnum):
    """Which questions a list shows."""

    ALL = "all"
    OPEN = "open"
    ANSWERED = "answered"


def select_questions(viewer: Viewer, show: Show = Show.ALL, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of questions this viewer may read, each with its item: open ones nobody has answered yet."""
    asked = select_visible(Question, viewer, outlet).where(Item.kind == ItemKind.QUESTION).add_columns(Item)
    if show is Show.OPEN:
        return asked.where(Question.replies == 0, Question.closed_on.is_(None))
    return asked.where(is_answered()) if show is Show.ANSWERED else asked


@dataclass(frozen=True)
class Read:
    """A question as its page shows it, with what it is about where this viewer may have that too."""

    item: Item
    question: Question
    about: Item | None


def find_question(item_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Read | None:
    """Return one question, or None when it is absent or not for this viewer."""
    item: Item | None = find_visible(Item, item_id, viewer, outlet)
    question: Question | None = find_visible(Question, item_id, viewer, outlet)
    if item is None or question is None:
        return None
    about: Item | None = find_visible(Item, item.about_id, viewer, outlet) if item.about_id else None
    return Read(item, question, about if about is not None and about.kind in PLACES else None)


def find_standing_on_desk(item_id: UUID, viewer: Viewer) -> Item | None:
    """Return a question that this viewer may work on and that is not withdrawn, or None."""
    found = find_question(item_id, viewer, Outlet.DESK)
    return found.item if found is not None and found.item.withdrawn_at is None else None


def find_open_on_desk(item_id: UUID, viewer: Viewer) -> Item | None:
    """Return a question that this viewer may close, or None."""
    found = find_question(item_id, viewer, Outlet.DESK)
    is_open = found is not None and found.item.withdrawn_at is None and found.question.closed_on is None
    return found.item if found is not None and is_open else None


def is_answered() -> ColumnElement[bool]:
    """Say whether somebody has replied and the reply still stands."""
    return Question.replies > 0
