"""Founding a WARP beside those that are there, with somebody to run it; the console alone may."""

from collections.abc import Iterator

from warp_hub.memberships import people, warps
from warp_hub.memberships.models import State, Warp, WarpKind
from warp_hub.memberships.reading import read_address, read_name
from warp_hub.operations.first_start import NEXT_STEP, read, way_in


class NotFounded(Exception):
    """The WARP cannot be founded as it was asked for; the text is one sentence."""

    for_the_command_line = True


def found(
    name: str,
    slug: str,
    kind: WarpKind,
    coordinator_name: str,
    coordinator_email: str,
    *,
    name_cy: str | None = None,
    parent: str | None = None,
) -> Iterator[str]:
    """Found a WARP and let somebody run it, who may run others or be a member already; say how they come in.

    Whoever is on the hub already comes in as they do: no link goes past a second step. `parent` is the slug of the WARP
    of which it is a part. Commits nothing; raises NotFounded, or Unreadable for names.
    """
    address = read("The e-mail address", coordinator_email, read_address)
    if warps.find_warp(slug) is not None:
        raise NotFounded(f"There is a WARP {slug} already.")
    above = _parent(parent)
    warp = warps.found_warp(
        slug, read("The name of the WARP", name, read_name), kind, parent=above, name_cy=name_cy or None
    )
    person = people.find_person_by_email(address)
    if person is not None and person.state is not State.ACTIVE:
        raise NotFounded(f"Whoever has the address {address} may not sign in: name somebody else.")
    is_new = person is None
    person = person or people.add_person(address, read("The coordinator's name", coordinator_name, read_name))
    people.appoint_coordinator(person, warp)
    if is_new:
        yield NEXT_STEP
        yield way_in(person)
    else:
        yield f"{person.name} is here already and runs {warp.name} from their next sign-in on."


def _parent(slug: str | None) -> Warp | None:
    found = warps.find_warp(slug) if slug else None
    if slug and found is None:
        raise NotFounded(f"There is no WARP {slug}.")
    return found
