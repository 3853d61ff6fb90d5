"""Lists of questions, all of them by the rule."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists

from warp_hub.discussions.models import Question, Reply
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import select_visible
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
        return asked.where(~is_answered(), Question.closed_on.is_(None))
    return asked.where(is_answered()) if show is Show.ANSWERED else asked


def is_answered() -> ColumnElement[bool]:
    """Say whether somebody has replied and the reply still stands."""
    return exists().where(Reply.item_id == Question.id, Reply.gone.is_(None))
