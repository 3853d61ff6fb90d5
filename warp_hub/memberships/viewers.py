"""From what someone is and has proved to the addresses at which they receive."""

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from warp_hub.db import session
from warp_hub.memberships.agreements import is_accepted
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.away import away_among
from warp_hub.memberships.models import Coordinator, Membership, MembershipKind, Person, Post, State
from warp_hub.tlp import NOBODY, Viewer


class Proof(StrEnum):
    """What a session has proved about the person behind it."""

    NOTHING = "nothing"
    MAILBOX = "mailbox"
    PASSWORD = "password"  # noqa: S105 - the name of a proof
    FULL = "full"


def viewer_of(person_id: UUID | None, proof: Proof) -> Viewer:
    """Return the viewer a person is after this proof; NOBODY for the lapsed, suspended and unknown."""
    if person_id is None:
        return NOBODY
    return viewers_of([person_id], proof).get(person_id, NOBODY)


def viewers_of(person_ids: Collection[UUID], proof: Proof) -> dict[UUID, Viewer]:
    """Return the viewers of many people at once; who receives nothing is left out."""
    if proof is Proof.NOTHING or not person_ids:
        return {}
    posts = _memberships_by_person(person_ids)
    coordinated = _coordinated_by_person(person_ids)
    people = set(posts) | set(coordinated)
    return {person: _viewer(person, posts[person], coordinated[person], proof) for person in people}


def viewer_in_absence(person_id: UUID) -> Viewer:
    """Return the viewer as which a letter to a person is written and a tool of theirs fetches."""
    return viewers_in_absence([person_id]).get(person_id, NOBODY)


def viewers_in_absence(person_ids: Collection[UUID]) -> dict[UUID, Viewer]:
    """Return the viewers of people who are not there: fully proved, but without TLP:AMBER for who is long away."""
    viewers = viewers_of(person_ids, Proof.FULL)
    away = away_among(list(viewers))
    return {who: _without_amber(viewer) if who in away else viewer for who, viewer in viewers.items()}


def select_places(*columns: Any) -> Select[Any]:
    """Return the select of posts that give their people addresses, each with its place in a WARP: the one clause."""
    held = (
        select(*columns)
        .select_from(Post)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .join(Person, Person.id == Post.person_id)
    )
    return held.where(
        Post.state == State.ACTIVE, Membership.state == State.ACTIVE, Person.state == State.ACTIVE, is_accepted()
    )


def _without_amber(viewer: Viewer) -> Viewer:
    return replace(viewer, amber=frozenset(), strict=frozenset())


def _viewer(
    person: UUID, memberships: Iterable[tuple[UUID, UUID, MembershipKind]], coordinated: Iterable[UUID], proof: Proof
) -> Viewer:
    if proof is not Proof.FULL:
        # A mailbox or a single factor receives what may be printed in a letter, and works on nothing.
        return Viewer(person=person, is_member=True)
    held = list(memberships)
    full = [(organisation, warp) for organisation, warp, kind in held if kind is MembershipKind.FULL]
    desks = frozenset(coordinated)
    everywhere = frozenset({person}) | {address for organisation, warp, _ in held for address in (organisation, warp)}
    fully = frozenset({person}) | {address for pair in full for address in pair}
    return Viewer(
        person=person,
        is_member=True,
        amber=everywhere | desks,
        strict=fully | desks if full else frozenset(),
        red=frozenset({person}),
        keeps=desks | {person},
    )


def _memberships_by_person(people: Collection[UUID]) -> dict[UUID, list[tuple[UUID, UUID, MembershipKind]]]:
    found: dict[UUID, list[tuple[UUID, UUID, MembershipKind]]] = defaultdict(list)
    for person, organisation, warp, kind in session.execute(_places_of_people(), {"people": list(people)}):
        found[person].append((organisation, warp, kind))
    return found


def _coordinated_by_person(people: Collection[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for person, warp in session.execute(_desks_of_people(), {"people": list(people)}):
        found[person].append(warp)
    return found


# Both are asked at every request: to write them takes as long as to answer them.
@functools.cache
def _places_of_people() -> Select[UUID, UUID, UUID, MembershipKind]:
    held = select_places(Post.person_id, Membership.organisation_id, Membership.warp_id, Membership.kind)
    return held.where(Post.person_id.in_(bindparam("people", expanding=True)))


@functools.cache
def _desks_of_people() -> Select[UUID, UUID]:
    held = select(Coordinator.person_id, Coordinator.warp_id).join(Person, Person.id == Coordinator.person_id)
    named = Coordinator.person_id.in_(bindparam("people", expanding=True))
    return held.where(named, runs_now(), Person.state == State.ACTIVE)
