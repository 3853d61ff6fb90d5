"""What search finds of a question: its words and those of its replies, together under its label."""

from collections.abc import Iterable
from uuid import UUID

from warp_hub.discussions.models import Question
from warp_hub.discussions.replies import replies_to
from warp_hub.sharing import words
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet, Viewer


def put_words(item_id: UUID, heading: str, texts: Iterable[str]) -> None:
    """Let search find a question by these words."""
    words.put(item_id, heading, "\n".join(texts))


def put_thread(item: Item, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> None:
    """Let search find a question by what is said in it now; of other items the words belong to their rooms."""
    question: Question | None = find_visible(Question, item.id, viewer, outlet)
    if item.kind is ItemKind.QUESTION and question is not None:
        said = [reply.text for reply in replies_to(item.id, viewer, outlet)]
        put_words(item.id, item.title, [question.text, *said])
