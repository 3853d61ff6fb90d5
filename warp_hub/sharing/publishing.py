"""Publishing: the only writer of when and to whom an item goes.

Whatever widens who receives (publish, lift, pass-on, lowering) stamps the item's newest versions with a new
`added_at` = greatest(clock read after taking one lock held to the commit, last + 1 µs). So TAXII clients,
watermarks and "new" never miss a late commit, and a full pull yields each version once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from warp_hub import clock
from warp_hub.db import session
from warp_hub.sharing.models import Item, ItemVersion, LabelChange, PublicationClock
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, strictest

_LOCK = 0x57415250_50554221
_TICK = timedelta(microseconds=1)
_TO_COMMIT = timedelta(minutes=5)
ADDRESSED = frozenset({Marking.AMBER, Marking.AMBER_STRICT, Marking.RED})


class HeldItem(Exception):
    """The item's marking could not be read; a coordinator must choose one before it can go out."""


class NoRecipients(Exception):
    """The marking needs an address and none is given."""


class LoweringNeedsConsent(Exception):
    """A marking is lowered only with the source's recorded consent."""


def publish(items: Collection[Item], *, to: Collection[UUID] = (), passed_by: Collection[UUID] = ()) -> None:
    """Let items be received from now on; for AMBER and above `to` is added to their recipients.

    Raises HeldItem for an item whose marking could not be read and NoRecipients where nobody is addressed.
    """
    if not items:
        return
    for item, stamp in zip(items, stamps(len(items)), strict=True):
        if item.held is not None:
            raise HeldItem(item.held)
        if item.marking in ADDRESSED and item.marking is not Marking.RED:
            item.recipients = _joined(item.recipients, to)
        if item.marking in ADDRESSED and not item.recipients:
            raise NoRecipients(item.title)
        item.passed_by = _joined(item.passed_by, passed_by)
        item.published_at = item.published_at or stamp
        item.added_at = stamp
    _restamp(items)


def publish_by_the_day(item: Item, *, to: Collection[UUID], passed_by: Collection[UUID]) -> None:
    """Let an item of "a member" be received at once, without a time finer than the day being kept anywhere.

    It is published as of the day's beginning. Its stamp is the next one's: a digest finds it then, since whatever
    looks at stamps looks up to now. It takes no part in the order of stamps, whose last would tell the time.
    """
    today = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    soon = clock.local(clock.now() + _TO_COMMIT).replace(hour=0, minute=0, second=0, microsecond=0)
    item.recipients = _joined(item.recipients, to) if item.marking in ADDRESSED else []
    item.passed_by = _joined(item.passed_by, passed_by)
    item.published_at, item.added_at = today, soon + timedelta(days=1)


def lift_due_embargoes() -> Sequence[UUID]:
    """Stamp what came out of embargo since the last look; return the ids of those items."""
    due = select(Item).where(
        Item.embargo_until <= clock.now(), Item.published_at.is_not(None), Item.added_at < Item.embargo_until
    )
    items = session.scalars(house_read(due, "embargo")).all()
    for item, stamp in zip(items, stamps(len(items)), strict=True):
        item.added_at = stamp
    _restamp(items)
    return [item.id for item in items]


def raise_marking(item: Item, to: Marking, *, by: UUID | None = None) -> None:
    """Make an item stricter at once; whoever raises it to RED stays one of its named people."""
    if to.rank <= item.marking.rank:
        return
    _note_change(item, to, consent=None)
    item.marking = to
    item.is_public = False
    if to is Marking.RED:
        item.recipients = [by] if by else []
    elif not item.recipients and item.published_at is not None:
        item.recipients = list(item.passed_by or item.keepers)


def settle_held(item: Item, marking: Marking) -> None:
    """Give a held item the marking that a coordinator read for it."""
    _note_change(item, marking, consent="read by a coordinator")
    item.marking, item.held, item.label_assumed = marking, None, False


def lower_marking(item: Item, to: Marking, *, consent: str) -> None:
    """Make an item wider with the source's recorded consent; raises LoweringNeedsConsent without one."""
    if not consent.strip():
        raise LoweringNeedsConsent(item.title)
    _note_change(item, to, consent=consent)
    item.marking = to
    if item.published_at is not None:
        (item.added_at,) = stamps(1)
        _restamp([item])


def tighten(item: Item, marking: Marking) -> None:
    """Raise an item's marking to the strictest of its own and this one."""
    raise_marking(item, strictest([item.marking, marking]))


def withdraw(item: Item) -> None:
    """Take an item back: from the next read nobody receives it by any outlet."""
    if item.withdrawn_at is None:
        item.withdrawn_at = clock.now()


def revise(item: Item) -> None:
    """Say that a published item has a newer version, which its receivers may now have."""
    item.revised_at = clock.now()
    if item.published_at is not None:
        (item.added_at,) = stamps(1)
        _restamp([item])


def stamps(count: int) -> list[datetime]:
    """Return strictly increasing moments, later than any given before; the lock is held to the commit."""
    if not count:
        return []
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = session.scalars(select(PublicationClock.last).where(PublicationClock.id == 1)).one()
    first = max(clock.now(), last + _TICK)
    stamps = [first + _TICK * step for step in range(count)]
    session.execute(update(PublicationClock).where(PublicationClock.id == 1).values(last=stamps[-1]))
    return stamps


def _restamp(items: Collection[Item]) -> None:
    session.flush()
    for item in items:
        session.execute(
            update(ItemVersion)
            .where(ItemVersion.item_id == item.id)
            .values(added_at=item.added_at)
            .execution_options(synchronize_session=False)
        )


def _note_change(item: Item, after: Marking, *, consent: str | None) -> None:
    session.add(LabelChange(item_id=item.id, before=item.marking, after=after, changed_at=clock.now(), consent=consent))


def _joined(held: Collection[UUID], more: Collection[UUID]) -> list[UUID]:
    return [*held, *(address for address in more if address not in held)]
