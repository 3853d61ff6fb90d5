"""One-click unsubscribe (RFC 8058): a signed link for one person and one list, good for a year.

Nothing is stored for a link, so it works after its letter is gone. Opening it changes nothing, since scanners
open every link; pressing the button, twice as well, stops that one list.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from warp_hub.alerts import choices
from warp_hub.db import session
from warp_hub.digests import subscriptions
from warp_hub.mail import addresses, links
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.settings import Cadence

VALID = timedelta(days=365)


@dataclass(frozen=True)
class Offer:
    """What a good link offers to stop: one WARP's digest, or immediate notices when there is no WARP."""

    person: Person
    warp: Warp | None


def address_of(person_id: UUID, warp_id: UUID) -> str:
    """Return the address that stops one WARP's digest for one person."""
    return addresses.unsubscribing(person_id, warp=str(warp_id))


def read(token: str) -> Offer | None:
    """Return what a link offers; None for one that is forged, too old, or about nobody we know."""
    claim = links.read(addresses.UNSUBSCRIBE, token, VALID)
    if claim is None:
        return None
    person = session.scalars(select(Person).where(Person.id == claim.person_id)).one_or_none()
    if person is None:
        return None
    if claim.data.get("list") == choices.LIST:
        return Offer(person, None)
    warp = session.scalars(select(Warp).where(Warp.id == UUID(claim.data["warp"]))).one_or_none()
    return None if warp is None else Offer(person, warp)


def accept(offer: Offer) -> None:
    """Stop what the link offers; other lists go on."""
    if offer.warp is None:
        choices.choose(offer.person.id, wants=False)
    else:
        subscriptions.choose(offer.person.id, offer.warp, Cadence.NEVER)
