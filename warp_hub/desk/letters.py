"""The letters about who stands in for whom."""

from typing import Any

from warp_hub.mail import Cancelled, Letter, Rendered, rendering
from warp_hub.memberships import stand_ins
from warp_hub.memberships.settings import settings_of
from warp_hub.tlp import Viewer


def named(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter that tells both that one stands in for the other."""
    found = stand_ins.find(letter.item_ids[0])
    if found is None or found.stand_in.ended_at is not None:
        return Cancelled("the stand-in has ended")
    return _rendered(letter, "stand_in_named", found)


def ended(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that tells both that it is over."""
    found = stand_ins.find(letter.item_ids[0])
    return Cancelled("nobody knows of it any more") if found is None else _rendered(letter, "stand_in_ended", found)


LETTERS = {stand_ins.NAMED: named, stand_ins.ENDED: ended}


def _rendered(letter: Letter, kind: str, found: stand_ins.Standing) -> Rendered:
    told: dict[str, Any] = {
        "is_stand_in": letter.person_id == found.stand_in.person_id,
        "coordinator": found.coordinator,
        "person": found.person,
        "warp": found.warp.name,
        "until": found.stand_in.until,
        "ended_at": found.stand_in.ended_at,
        "settings": settings_of(found.warp),
    }
    return rendering.letter(f"desk/email/{kind}", **told)
