"""The words of recalls and wishes, on pages and in letters, in the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub.access import visitor
from warp_hub.alerts.recall_wording import Words, of_recall
from warp_hub.db import session
from warp_hub.discussions import replies
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.resharing import answering, asking, history
from warp_hub.resharing.models import ShareRequest
from warp_hub.sharing import deliveries
from warp_hub.sharing.grants import BY_ADDRESS
from warp_hub.sharing.models import Item, Recall
from warp_hub.tlp import Marking, Outlet


def words() -> dict[str, Any]:
    """Return what the templates of this room call, on the pages of other rooms too."""
    return {
        "recall_words": _of_row,
        "recall_label": lambda item: Marking.RED if item.embargo_until else item.marking,
        "handed_words": handed_words,
        "sharing_of": sharing_of,
        "can_be_lowered": answering.can_be_lowered,
        "label_changes": history.label_changes,
        "label_changes_at_desk": history.label_changes_at_desk,
        "grants_of": history.grants_of,
        "wish_words": wish_words,
        "may_be_addressed": lambda item: item.marking in BY_ADDRESS,
        "page_of": page_of,
    }


def page_of(item: Item) -> str:
    """Return where an item is read."""
    return replies.place_of(item)


def sharing_of(item: Item) -> tuple[bool, ShareRequest | None]:
    """Return whether whoever is looking may ask to share this wider, and what they asked last."""
    asks = visitor().viewer
    may_ask = asking.may_ask(item, asks)
    return may_ask, asking.latest_of(item, asks) if may_ask else None


def wish_words(asked: ShareRequest) -> str:
    """Return what somebody wishes, in a few words."""
    return asked.whom if asked.marking is None else asked.marking.value


def handed_words(item: Item) -> list[str]:
    """Return to how many people an item was handed by each way, in steps of k; nothing for whoever does not keep it.

    Who is told of a less urgent warning has it on their list: a few, or one more, would tell whose list that is.
    """
    told: dict[Outlet, Callable[[int], str]] = {
        Outlet.MAIL: lambda n: _("%(num)d or more people by mail", num=n),
        Outlet.NOTICE: lambda n: _("%(num)d or more people by notice", num=n),
        Outlet.FILE: lambda n: _("%(num)d or more people by file", num=n),
    }
    handed, step = deliveries.handed_to(item.id), _step(item)
    return [words(handed[one] // step * step) for one, words in told.items() if handed.get(one, 0) >= step]


def _step(item: Item) -> int:
    keeping = session.scalars(select(Warp).where(Warp.id.in_(item.keepers)))
    return max((settings_of(warp).k for warp in keeping), default=WarpSettings().k)


def _of_row(recalled: Recall) -> Words:
    return of_recall(recalled.what, recalled.of_kind, by_source=recalled.by_source)
