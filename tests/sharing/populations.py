"""Every kind of viewer, item and state the rule knows, small enough to try all of them."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from warp_hub.sharing.models import Item, ItemKind, ItemVersion
from warp_hub.tlp import NOBODY, Handling, Marking, Viewer

SPACE = UUID("6f1c2a34-0000-4000-8000-000000000000")


def address(name: str) -> UUID:
    """Return the id that stands for a name."""
    return uuid5(SPACE, name)


WARP, OTHER, COUNCIL, SUPPLIER = map(address, ("warp", "other warp", "council", "supplier"))
ANN, BEN, CAZ, DEE, EVE = map(address, ("ann", "ben", "caz", "dee", "eve"))


def _full(person: UUID, *addresses: UUID, desks: frozenset[UUID] = frozenset()) -> Viewer:
    held = frozenset({person, *addresses}) | desks
    return Viewer(person, True, held, held, frozenset({person}), desks | {person})


VIEWERS: dict[str, Viewer] = {
    "nobody": NOBODY,
    "lapsed": NOBODY,
    "suspended": NOBODY,
    "undecided": NOBODY,
    "full member": _full(ANN, COUNCIL, WARP),
    "full member by one factor": Viewer(ANN, True),
    "full member by mail link": Viewer(ANN, True),
    "member of another WARP": _full(BEN, address("other council"), OTHER),
    "associate": Viewer(CAZ, True, frozenset({CAZ, SUPPLIER, WARP}), frozenset(), frozenset({CAZ}), frozenset({CAZ})),
    "coordinator": _full(DEE, COUNCIL, WARP, desks=frozenset({WARP})),
    "coordinator without a post": Viewer(
        DEE, True, frozenset({DEE, WARP}), frozenset(), frozenset({DEE}), frozenset({DEE, WARP})
    ),
    "coordinator elsewhere": _full(EVE, OTHER, desks=frozenset({OTHER})),
    "coordinator by one factor": Viewer(DEE, True),
}

RECIPIENTS = {
    "nobody": frozenset[UUID](),
    "the WARP": frozenset({WARP}),
    "the council": frozenset({COUNCIL}),
    "the supplier": frozenset({SUPPLIER}),
    "ann": frozenset({ANN}),
    "ben": frozenset({BEN}),
}


def handlings(now: datetime) -> Iterator[Handling]:
    """Yield every combination of marking, recipients, embargo and state."""
    hour = timedelta(hours=1)
    embargoes = ((None, frozenset[UUID]()), (now - hour, frozenset({ANN})), (now + hour, frozenset({ANN})))
    published = (None, now - hour, now + hour)
    withdrawn = (None, now - hour / 2)
    for marking, to, (until, early), since, gone in itertools.product(
        Marking, RECIPIENTS.values(), embargoes, published, withdrawn
    ):
        for public in (False, True) if marking is Marking.CLEAR else (False,):
            for keepers in (frozenset({WARP}), frozenset({OTHER, BEN})):
                yield Handling(
                    marking=marking,
                    keepers=keepers,
                    recipients=to,
                    early=early,
                    published_at=since,
                    embargo_until=until,
                    withdrawn_at=gone,
                    is_public=public,
                )


def columns(handling: Handling) -> dict[str, object]:
    """Return the handling as the columns of an item or a version."""
    return {
        "marking": handling.marking,
        "keepers": sorted(handling.keepers),
        "recipients": sorted(handling.recipients),
        "early": sorted(handling.early),
        "published_at": handling.published_at,
        "embargo_until": handling.embargo_until,
        "withdrawn_at": handling.withdrawn_at,
        "is_public": handling.is_public,
    }


def item_row(name: str, handling: Handling) -> dict[str, object]:
    """Return a row of the item table."""
    return {
        "id": address(name),
        "kind": ItemKind.ADVISORY,
        "title": name,
        "summary": "",
        "originator": WARP,
        "originator_name": "A source",
        "label_assumed": False,
        "chatham_house": False,
        "restrictions": "",
        "passed_by": [],
        **columns(handling),
    }


def version_row(name: str, handling: Handling, now: datetime) -> dict[str, object]:
    """Return a row of the version table."""
    return {
        "id": address(f"version {name}"),
        "item_id": address(name),
        "stix_id": f"report--{address(name)}",
        "modified": now,
        "content": "{}",
        "added_at": handling.published_at,
        **columns(handling),
    }


TABLES = (Item, ItemVersion)
