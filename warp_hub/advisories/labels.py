"""The marking of an imported item: never looser than any of its versions, assumed where the source gave none."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from warp_hub.advisories.sorting import Label
from warp_hub.sharing import publishing, recalling
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking


@dataclass(frozen=True, slots=True)
class Standing:
    """A marking, and whether the source left it to us."""

    marking: Marking
    assumed: bool


def after(label: Label, before: Standing | None, default: Marking) -> Standing:
    """Return where an item stands after one more version: stricter raises, looser never lowers."""
    given, assumed = label.marking or default, label.marking is None
    if before is None or given.rank >= before.marking.rank:
        return Standing(given, assumed)
    return Standing(before.marking, before.assumed or assumed)


def after_all(labels: Iterable[Label], before: Standing | None, default: Marking) -> Standing:
    """Return where an item stands after several versions, of which there is at least one."""
    standing = before
    for label in labels:
        standing = after(label, standing, default)
    assert standing is not None
    return standing


def make_stricter(item: Item, to: Marking, named: Iterable[UUID]) -> None:
    """Raise an item to a marking of its source; RED names the coordinators of the source's WARPs."""
    if to.rank <= item.marking.rank:
        return
    before = item.handling()
    if item.published_at is None:
        item.marking = to
    else:
        publishing.raise_marking(item, to)
    if to is Marking.RED:
        item.recipients = list(named)
    recalling.label_changed(item, before)
