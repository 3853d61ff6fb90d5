"""The first start: a WARP, its first coordinator, and a one-time link for the console.

There is no default account and no default password: whoever has the console has the link, and the link makes
the first account.
"""

from collections.abc import Callable

from sqlalchemy import func, select

from warp_hub import audit, config
from warp_hub.db import session
from warp_hub.memberships import invitations, people, warps
from warp_hub.memberships.models import Coordinator, Person, State
from warp_hub.memberships.reading import Unreadable, read_address, read_name
from warp_hub.signin.models import Credential

# A passphrase typed at the console would pass through the operator's hands, so the key is made on their own page.
NEXT_STEP = (
    "Two coordinators each make a key under My account, Your key: until then members cannot report without their name."
)
_ONE_AT_A_TIME = 0x57415250_494E4954


class AlreadyStarted(Exception):
    """The hub has its first coordinator; the text is one sentence."""

    for_the_command_line = True


def first_start(warp_name: str, slug: str, coordinator_name: str, coordinator_email: str) -> str:
    """Found the first WARP with its coordinator and return their one-time link.

    Until that coordinator has chosen a password it may be run again: the last link printed is the one that works.
    """
    session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    address = read("The e-mail address", coordinator_email, read_address)
    name_of_warp = read("The name of the WARP", warp_name, read_name)
    name = read("The coordinator's name", coordinator_name, read_name)
    if (held := _first_coordinator()) is not None:
        return _again(held, address)
    warp = warps.find_warp(slug) or warps.found_warp(slug, name_of_warp)
    person = people.find_person_by_email(address) or people.add_person(address, name)
    people.appoint_coordinator(person, warp)
    audit.record("hub.started", warp=warp.id, detail={"person": str(person.id)})
    return way_in(person)


def _first_coordinator() -> Person | None:
    held = select(Person).join(Coordinator, Coordinator.person_id == Person.id)
    return session.scalars(held.where(Coordinator.state == State.ACTIVE).order_by(Person.id).limit(1)).one_or_none()


def _again(held: Person, address: str) -> str:
    """Return a new link for a first coordinator whose first one was lost before it was used."""
    has_password = session.scalar(select(Credential.person_id).limit(1)) is not None
    if has_password or held.email.lower() != address.lower():
        raise AlreadyStarted("This hub has a WARP with a coordinator already, who invites everybody else.")
    return way_in(held)


def read(what: str, typed: str, reading: Callable[[str], str]) -> str:
    """Read what was typed, or raise Unreadable with a whole sentence."""
    try:
        return reading(typed)
    except Unreadable as reason:
        raise Unreadable(f"{what} {reason}.") from None


def way_in(person: Person) -> str:
    """Return a one-time link for the console; the last one printed is the one that works."""
    return f"{config.current().base_url}/invitation?token={invitations.mint(person)}"
