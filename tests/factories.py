"""Builders of people and items, in the trade's words; each writes through the worker's session."""

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from warp_hub import clock, db
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    MembershipKind,
    Organisation,
    Person,
    Post,
    PostKind,
    State,
    Warp,
    WarpKind,
)
from warp_hub.sharing.models import Item, ItemKind, ItemVersion, Severity
from warp_hub.tlp import Marking

_numbers = itertools.count(1)


def warp(name: str = "Midshire", **given: Any) -> Warp:
    """Return a WARP."""
    slug = given.pop("slug", f"{name.lower().replace(' ', '-')}-{next(_numbers)}")
    return _kept(Warp(id=uuid4(), slug=slug, name=f"{name} WARP", kind=given.pop("kind", WarpKind.REGION), **given))


def organisation(*warps: Warp, kind: MembershipKind = MembershipKind.FULL, state: State = State.ACTIVE) -> Organisation:
    """Return an organisation that is a member of these WARPs."""
    made = _kept(Organisation(id=uuid4(), name=f"Testham {next(_numbers)} Council"))
    for of in warps:
        _kept(Membership(organisation_id=made.id, warp_id=of.id, kind=kind, state=state))
    return made


def person(at: Organisation | None = None, *, lead: bool = False, post: State = State.ACTIVE, **given: Any) -> Person:
    """Return a person, with a post where an organisation is given."""
    number = next(_numbers)
    given.setdefault("email", f"person-{number}@testham.example")
    made = _kept(Person(id=uuid4(), name=given.pop("name", f"Robin Test {number}"), **given))
    if at is not None:
        kind = PostKind.LEAD if lead else PostKind.OFFICER
        _kept(Post(person_id=made.id, organisation_id=at.id, kind=kind, state=post))
    return made


def member(of: Warp, kind: MembershipKind = MembershipKind.FULL, **given: Any) -> Person:
    """Return a person at an organisation that is a member of this WARP."""
    return person(organisation(of, kind=kind), **given)


def coordinator(of: Warp, *, at: Organisation | None = None, **given: Any) -> Person:
    """Return a person who runs this WARP."""
    made = person(at, **given)
    _kept(Coordinator(person_id=made.id, warp_id=of.id))
    return made


def item(
    marking: Marking = Marking.GREEN,
    *,
    to: Iterable[Any] = (),
    kept_by: Iterable[Any] = (),
    kind: ItemKind = ItemKind.ADVISORY,
    published: datetime | timedelta | None = timedelta(hours=-1),
    **given: Any,
) -> Item:
    """Return an item with one version; `to` and `kept_by` take WARPs, organisations, people or ids."""
    moment = clock.now() + published if isinstance(published, timedelta) else published
    stix_id = f"report--{uuid4()}"
    made = Item(
        id=uuid4(),
        kind=kind,
        marking=marking,
        recipients=[_id(of) for of in to],
        keepers=[_id(of) for of in kept_by],
        early=[_id(of) for of in given.pop("early", ())],
        title=given.pop("title", f"Patch now {next(_numbers)}"),
        severity=given.pop("severity", Severity.THIS_WEEK),
        originator=given.pop("originator", uuid4()),
        originator_name=given.pop("originator_name", "A national source"),
        published_at=moment,
        added_at=given.pop("added_at", moment),
        **given,
    )
    _kept(made)
    content = f'{{"type":"report","id":"{stix_id}","name":"{made.title}"}}'
    version = ItemVersion(
        id=uuid4(), item_id=made.id, stix_id=stix_id, modified=clock.now(), content=content, added_at=made.added_at
    )
    version.take_handling(made)
    _kept(version)
    return made


def _id(of: Any) -> UUID:
    return of if isinstance(of, UUID) else of.id


def _kept(made: Any) -> Any:
    db.session.add(made)
    db.session.commit()
    return made
