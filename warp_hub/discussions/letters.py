"""Writing the letter about new replies at the moment it goes: their words where a letter may print them."""

from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import load_only

from warp_hub import clock, text
from warp_hub.db import session
from warp_hub.discussions import following, wording
from warp_hub.discussions.models import Reply
from warp_hub.discussions.replies import PLACES
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

TEMPLATE = "discussions/email/reply"
LONGEST_TITLE, LONGEST_REPLY = 160, 2000
_COLUMNS = (Item.id, Item.kind, Item.marking, Item.title, Item.restrictions, Item.chatham_house)


def render(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the letter about new replies to one item, for what its reader may see of it now."""
    item_id = letter.item_ids[0] if letter.item_ids else None
    if item_id is None or not following.follows(letter.person_id, item_id):
        return Cancelled("they do not follow it any more")
    replies = _replies(letter, viewer, Outlet.MAIL)
    item = _printable(item_id, viewer)
    if item is not None and replies:
        address = addresses.opening(letter.person_id, f"{PLACES[item.kind]}/{item.id}")
        title = text.harmless(text.one_line(item.title, LONGEST_TITLE))
        printed = [_printed(one) for one in replies]
        handed = partial(deliveries.note, [item.id], letter.person_id, Outlet.MAIL, clock.now())
        return _written(item=item, title=title, limits=_limits(item), replies=printed, address=address, on_left=handed)
    waiting, count = _waiting(item_id, viewer), len(_replies(letter, viewer, Outlet.NOTICE))
    if waiting is None or not count:
        return Cancelled("it is not for them any more, or the replies are gone")
    is_for_the_named = waiting.marking is Marking.RED or _is_early(waiting)
    path = "/" if is_for_the_named else f"{PLACES[waiting.kind]}/{waiting.id}"
    label = None if is_for_the_named else waiting.marking
    return _written(item=None, label=label, count=count, address=addresses.signing_in(path))


def _printable(item_id: UUID, viewer: Viewer) -> Item | None:
    statement = select_visible(Item, viewer, Outlet.MAIL).options(load_only(*_COLUMNS, raiseload=True))
    return session.scalars(statement.where(Item.id == item_id, Item.kind.in_(PLACES))).one_or_none()


def _waiting(item_id: UUID, viewer: Viewer) -> Any:
    counted = (Item.id, Item.kind, Item.marking, Item.embargo_until)
    statement = select_visible(Item, viewer, Outlet.NOTICE).with_only_columns(*counted)
    return session.execute(statement.where(Item.id == item_id, Item.kind.in_(PLACES))).one_or_none()


def _replies(letter: Letter, viewer: Viewer, outlet: Outlet) -> list[Any]:
    """Return the letter's replies that still stand; their words only through MAIL."""
    columns: list[Any] = [Reply.id]
    if outlet is Outlet.MAIL:
        columns += [Reply.text, Reply.name, Reply.organisation, Reply.gone, Reply.gone_because]
    said = select_visible(Reply, viewer, outlet).with_only_columns(*columns)
    said = said.where(Reply.item_id == letter.item_ids[0], Reply.id.in_(letter.item_ids[1:]), Reply.gone.is_(None))
    return list(session.execute(said.order_by(Reply.place)))


def _printed(reply: Any) -> dict[str, str]:
    """Return a reply as a letter prints it: who, as everybody sees it, and the beginning of the words."""
    words = text.plain(reply.text)
    return {"by": wording.speaker_of(reply), "words": text.shortened(text.harmless(words), LONGEST_REPLY)}


def _limits(item: Item) -> str:
    chatham = str(_("Chatham House Rule.")) if item.chatham_house else ""
    return " ".join(filter(None, (chatham, text.one_line(item.restrictions))))


def _is_early(waiting: Any) -> bool:
    return waiting.embargo_until is not None and waiting.embargo_until > clock.now()


def _written(**context: Any) -> Rendered:
    return rendering.letter(TEMPLATE, **context)
