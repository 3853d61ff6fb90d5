"""warp-hub explain: may this person receive this item, by which outlet, by which clause."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.memberships.away import away_among
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import NOBODY, TRAVELS, Handling, Marking, Outlet, Viewer, permits

AWAY = "has not signed in fully for 180 days: until they do, letters and tools of theirs carry nothing of TLP:AMBER"


class NotFound(Exception):
    """There is no such item or person."""

    for_the_command_line = True


def explain(item_id: str, email: str) -> Iterator[str]:
    """Yield the answer line by line: who they are to the rule, then each outlet with its clause.

    Raises NotFound. The look is recorded in the audit; nothing of the item but its label is printed.
    """
    item, person = _find_item(item_id), _find_person(email)
    audit.record("explain", item=item.id, detail={"person": str(person.id)})
    now, handling = clock.now(), item.handling()
    yield f"{person.email} and an item labelled {item.marking}, at {now:%Y-%m-%d %H:%M} UTC"
    if away_among([person.id]):
        yield AWAY
    for proof in (Proof.FULL, Proof.MAILBOX):
        viewer = viewer_of(person.id, proof)
        yield f"signed in with {'password and second step' if proof is Proof.FULL else 'a mail link only'}:"
        for outlet in Outlet:
            answer = "yes" if permits(viewer, handling, outlet, now) else "no"
            yield f"  {outlet.value:<7} {answer:<3} {clause(viewer, handling, outlet, now)}"


def clause(viewer: Viewer, handling: Handling, outlet: Outlet, now: datetime) -> str:
    """Return the clause of the rule that decides."""
    if outlet is Outlet.DESK:
        return _desk_clause(viewer, handling)
    if handling.published_at is None or handling.published_at > now:
        return "not published"
    if handling.withdrawn_at is not None:
        return "withdrawn"
    marking = handling.marking
    if handling.under_embargo(now):
        if outlet not in TRAVELS[Marking.RED] or not handling.early & viewer.red:
            return f"early notice until {handling.embargo_until:%Y-%m-%d %H:%M} UTC, for named people on pages"
        return "named for early notice"
    if outlet not in TRAVELS[marking]:
        return f"{marking} does not travel by {outlet.value}"
    return _address_clause(viewer, handling, outlet)


def _desk_clause(viewer: Viewer, handling: Handling) -> str:
    if viewer == NOBODY:
        return "receives nothing"
    if not handling.keepers & viewer.keeps:
        return "not on a desk of theirs"
    if handling.marking is Marking.RED and not handling.recipients & viewer.red:
        return "on their desk, but TLP:RED and not named"
    return "on their desk"


def _address_clause(viewer: Viewer, handling: Handling, outlet: Outlet) -> str:
    match handling.marking:
        case Marking.CLEAR if handling.is_public:
            return "public"
        case Marking.CLEAR if outlet is Outlet.PUBLIC:
            return "TLP:CLEAR, but not made public"
        case Marking.CLEAR | Marking.GREEN:
            return "a member of a WARP" if viewer.is_member else "not an active member of any WARP"
        case Marking.AMBER:
            held = viewer.amber
        case Marking.AMBER_STRICT:
            held = viewer.strict
        case _:
            held = viewer.red
    if handling.recipients & held:
        return "addressed to " + ", ".join(sorted(map(str, handling.recipients & held)))
    if not held:
        return "this sign-in or membership opens no address for the label"
    return "not addressed to them"


def _find_item(item_id: str) -> Item:
    try:
        wanted = UUID(item_id)
    except ValueError:
        raise NotFound(f"{item_id} is not the id of an item") from None
    found: Item | None = session.scalars(house_read(select(Item).where(Item.id == wanted), "explain")).one_or_none()
    if found is None:
        raise NotFound(f"there is no item {item_id}")
    return found


def _find_person(email: str) -> Person:
    found = session.scalars(select(Person).where(func.lower(Person.email) == email.strip().lower())).one_or_none()
    if found is None:
        raise NotFound(f"there is no person with the address {email}")
    return found
