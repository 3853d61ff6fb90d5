"""The contact sheet of a WARP, to be printed before it is needed: who leads, who coordinates, whom else to ring.

For full members of the WARP, and who runs it, after a full sign-in. It says of people what they chose to show, and
of members only who can be reached: nobody is on it who gave neither telephone nor address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships import directory
from warp_hub.memberships.directory import Shown
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, State, Warp
from warp_hub.memberships.settings import Contact, settings_of
from warp_hub.tlp import Marking, Viewer

MARKING = Marking.AMBER


@dataclass(frozen=True)
class Sheet:
    """What is printed: of one WARP, with the others that the reader may choose."""

    warp: Warp
    others: Sequence[Warp]
    telephone: str
    email: str
    coordinators: Sequence[Shown]
    leads: Sequence[tuple[str, Shown]]
    urgent: Sequence[Contact]


def sheet_for(viewer: Viewer, slug: str | None) -> Sheet | None:
    """Return the sheet of this WARP, or of the reader's first; None where they may have none."""
    warps = printable(viewer)
    warp = next((warp for warp in warps if slug in (None, warp.slug)), None)
    if warp is None:
        return None
    told = settings_of(warp)
    run = directory.coordinators_of([warp.id], viewer).get(warp.id, [])
    return Sheet(warp, warps, told.contact_phone, told.contact_email, run, _leads(warp, viewer), told.urgent_contacts)


def printable(viewer: Viewer) -> Sequence[Warp]:
    """Return the WARPs whose sheet this viewer may print, by name: full members' and coordinators'."""
    theirs = viewer.strict | viewer.keeps
    return session.scalars(select(Warp).where(Warp.id.in_(theirs)).order_by(Warp.name)).all() if theirs else []


def _leads(warp: Warp, viewer: Viewer) -> list[tuple[str, Shown]]:
    members = (
        select(Organisation.id, Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.warp_id == warp.id, Membership.state == State.ACTIVE)
        .where(Membership.kind == MembershipKind.FULL)
        .order_by(Organisation.name)
    )
    names = dict(session.execute(members).all())
    shown = directory.people_at(list(names), viewer)
    return [
        (name, one)
        for organisation_id, name in names.items()
        for one in shown.get(organisation_id, [])
        if one.is_lead and (one.telephone or one.email)
    ]
