"""Letting an item go further than it was addressed: by a recorded grant, or under a wider label with consent.

TLP lets nobody but the source decide that, so who said so, when and how is kept for good.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import InvalidRequestError

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, ShareGrant
from warp_hub.tlp import Marking, Viewer

BY_ADDRESS = (Marking.AMBER, Marking.AMBER_STRICT)


class NotByAddress(Exception):
    """The item has no addresses that a grant could add to: it is for everybody, or for named people alone."""


class ChangedMeanwhile(Exception):
    """The item has another label by now than whoever decides has seen, or is not theirs any more."""


class NotWider(Exception):
    """The label is no wider than the one there is."""


@dataclass(frozen=True)
class Consent:
    """Who at the source said that it may go further, on which day, and how they said it."""

    who: str
    on: date
    how: str

    def words(self) -> str:
        """Return it as one line for the record."""
        return ", ".join(filter(None, (self.who, self.on.isoformat(), self.how)))


def grant(
    item: Item, along: Collection[Item], to: tuple[UUID, str], consent: Consent, keeper: UUID, viewer: Viewer
) -> None:
    """Let one more WARP or organisation receive an item, and what stands behind it.

    Raises NotByAddress or ChangedMeanwhile.
    """
    _hold(item)
    if item.marking not in BY_ADDRESS:
        raise NotByAddress(item.title)
    to_id, to_name = to
    going = [one for one in (item, *along) if one.marking in BY_ADDRESS and _is_out(one)]
    publishing.publish(going, to=[to_id])
    said = {"who": consent.who, "on": consent.on.isoformat(), "how": consent.how}
    session.add(
        ShareGrant(
            id=new_id(),
            item_id=item.id,
            keeper=keeper,
            to_id=to_id,
            to_name=to_name,
            consent=said,
            granted_at=clock.now(),
            granted_by=viewer.person,
        )
    )
    audit.record("granted sharing", actor=viewer.person, item=item.id, detail={"to": str(to_id), **said})


def lower(item: Item, along: Sequence[Item], to: Marking, consent: Consent, viewer: Viewer) -> None:
    """Put an item, and what stands behind it alone under a stricter label than this, under a wider one.

    What was for named people goes to the WARPs that passed it on, or keep it. Raises NotWider or ChangedMeanwhile.
    """
    _hold(item)
    if to.rank >= item.marking.rank:
        raise NotWider(item.title)
    before = item.marking
    for one in [item, *(each for each in along if each.marking.rank > to.rank and _is_out(each))]:
        if to in BY_ADDRESS:
            one.recipients = sorted({*one.recipients, *(one.passed_by or one.keepers)})
        publishing.lower_marking(one, to, consent=consent.words())
    audit.record(
        "lowered the label",
        actor=viewer.person,
        item=item.id,
        detail={"from": before.value, "to": to.value, "consent": consent.words()},
    )


def _hold(item: Item) -> None:
    """Keep everybody else from changing an item until this is committed; what they did before stands."""
    before = item.marking
    try:
        session.refresh(item, with_for_update=True)
    except InvalidRequestError:  # it is on their desk no more
        raise ChangedMeanwhile from None
    if item.marking is not before or item.withdrawn_at is not None:
        raise ChangedMeanwhile(item.title)


def _is_out(item: Item) -> bool:
    return item.published_at is not None and item.withdrawn_at is None and item.held is None
