"""Writing an immediate notice at the moment it goes: the text where a letter may print it, else a bare word."""

from collections.abc import Collection
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from warp_hub import clock
from warp_hub.alerts import answer_links, choices, matching
from warp_hub.alerts.printing import COLUMNS, PLACES, entry
from warp_hub.alerts.wording import matches_your_list, why_at_once
from warp_hub.db import session
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.memberships.models import Warp
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import Item, Severity
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

TEMPLATE = "alerts/email/alert"


def render(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the notice of one item for what its reader may see of it now."""
    choice = choices.choice_of(letter.person_id)
    if not choice.wants:
        return Cancelled("they do not want to be told at once")
    is_mine = bool(matching.matching_among(letter.item_ids[:1], viewer, Outlet.NOTICE))
    urgent = [one for one in Severity if choice.concerns(one, is_mine=is_mine)]
    item = _printable(letter, viewer, urgent)
    if item is not None:
        one = entry(item)
        address = addresses.opening(letter.person_id, one.path)
        asks = answer_links.questions(viewer, [one.id]).get(one.id)
        shown: dict[str, Any] = {"entry": one, "label": one.marking, "address": address, "question": asks}
        return _written(letter, is_mine=is_mine, printed=[one.id], **shown)
    waiting = _waiting(letter, viewer, urgent)
    if waiting is None:
        return Cancelled("it is not for them any more, or not urgent any more")
    is_for_the_named = waiting.marking is Marking.RED or _is_early(waiting)
    label = None if is_for_the_named else waiting.marking
    path = "/" if is_for_the_named else f"{PLACES[waiting.kind]}/{waiting.id}"
    return _written(
        letter, is_mine=is_mine, counted=[waiting.id], entry=None, label=label, address=addresses.signing_in(path)
    )


def _printable(letter: Letter, viewer: Viewer, urgent: Collection[Severity]) -> Item | None:
    statement = select_visible(Item, viewer, Outlet.MAIL).options(load_only(*COLUMNS, raiseload=True))
    return session.scalars(_urgent(statement, letter, urgent)).one_or_none()


def _waiting(letter: Letter, viewer: Viewer, urgent: Collection[Severity]) -> Any:
    counted = (Item.id, Item.kind, Item.marking, Item.embargo_until)
    statement = select_visible(Item, viewer, Outlet.NOTICE).with_only_columns(*counted)
    return session.execute(_urgent(statement, letter, urgent)).one_or_none()


def _urgent(statement: Any, letter: Letter, urgent: Collection[Severity]) -> Any:
    return statement.where(Item.id.in_(letter.item_ids[:1]), Item.severity.in_(urgent))


def _is_early(waiting: Any) -> bool:
    return waiting.embargo_until is not None and waiting.embargo_until > clock.now()


def _written(
    letter: Letter, *, is_mine: bool, printed: Collection[UUID] = (), counted: Collection[UUID] = (), **context: Any
) -> Rendered:
    warp = session.scalars(select(Warp).where(Warp.id == letter.warp_id)).one_or_none()
    context |= {
        "why": why_at_once(warp),
        "matches": matches_your_list() if is_mine else "",
    } | addresses.of_every_letter(letter.person_id)
    stop = choices.unsubscribe_address(letter.person_id)
    handed = partial(deliveries.note_letter, letter.person_id, printed, counted, clock.now())
    return rendering.letter(TEMPLATE, unsubscribe_url=stop, list_name=choices.LIST, on_left=handed, **context)
