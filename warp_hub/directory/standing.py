"""People as the coordinators of their WARPs list them: by where they stand, and nobody of another WARP."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from warp_hub import clock
from warp_hub.db import among, session
from warp_hub.memberships import agreements, away
from warp_hub.memberships.authority import runs_now
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
)


class Standing(StrEnum):
    """By what the list can be narrowed; a person may be in several."""

    INVITED = "invited"
    APPLIED = "applied"
    ACTIVE = "active"
    BY_MAIL = "by-mail"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    LEFT = "left"
    BOUNCED = "bounced"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class Place:
    """A post as the desk shows it, in one WARP of the reader's."""

    organisation: Organisation
    post: PostKind
    post_state: State
    membership: State
    warp: Warp
    is_associate: bool
    lacks_agreement: bool


@dataclass
class Row:
    """One person of the list: their places in the reader's WARPs, those of them they run, and how they read."""

    person: Person
    places: list[Place] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    ever_signed_in: bool = False

    @property
    def is_active(self) -> bool:
        """Say whether the person receives anything by a place in these WARPs."""
        by_post = any(one.post_state is State.ACTIVE and one.membership is State.ACTIVE for one in self.places)
        return self.person.state is State.ACTIVE and (by_post or bool(self.runs))

    def standings(self) -> list[Standing]:
        """Return where this person stands, the worst first, for tags."""
        return [standing for standing, holds in self._held().items() if holds]

    def _held(self) -> Mapping[Standing, bool]:
        of, posts = self.person.state, [one.post_state for one in self.places]
        members = [one.membership for one in self.places]
        return {
            Standing.LEFT: of is State.LEFT or (not self.runs and set(posts) == {State.LEFT}),
            Standing.SUSPENDED: State.SUSPENDED in (of, *posts, *members),
            Standing.LAPSED: State.LAPSED in (of, *posts, *members),
            Standing.APPLIED: State.APPLIED in (*posts, *members),
            Standing.INVITED: State.INVITED in posts,
            Standing.BOUNCED: self.person.mail_suspended is not None and of is not State.LEFT,
            Standing.AGREEMENT: self.is_active and any(one.lacks_agreement for one in self.places),
            Standing.BY_MAIL: self.is_active and not self.ever_signed_in,
        }


def select_people(warps: Collection[UUID], standing: Standing | None = None, words: str = "") -> Select[Person]:
    """Return the select of the people of these WARPs; without a standing, of all who have not left."""
    narrowed = ~_stands(Standing.LEFT, warps) if standing is None else _stands(standing, warps)
    found = select_all(warps).where(narrowed)
    if not words:
        return found
    by_body = _has(warps, Organisation.id == Post.organisation_id, Organisation.name.icontains(words, autoescape=True))
    named = [name.icontains(words, autoescape=True) for name in (Person.name, Person.email)]
    return found.where(or_(*named, by_body))


def select_all(warps: Collection[UUID]) -> Select[Person]:
    """Return the select of everybody of these WARPs, those who left too."""
    return select(Person).where(or_(_has(warps), _runs(warps)))


def find_row(person_id: UUID, warps: Collection[UUID]) -> Row | None:
    """Return one person of these WARPs, in whatever state, or None for anybody else."""
    person = session.scalars(select_all(warps).where(Person.id == person_id)).one_or_none()
    return None if person is None else rows([person], warps)[0]


def rows(people: Iterable[Person], warps: Collection[UUID]) -> list[Row]:
    """Return the rows of these people, with their places in these WARPs alone."""
    made = {person.id: Row(person) for person in people}
    for person_id, body, post, post_state, membership, warp, kind, lacks in session.execute(_places(made, warps)):
        is_associate = kind is MembershipKind.ASSOCIATE
        made[person_id].places.append(Place(body, post, post_state, membership, warp, is_associate, lacks))
    run = (
        select(Coordinator.person_id, Warp.name)
        .join(Warp, Warp.id == Coordinator.warp_id)
        .where(among(Coordinator.person_id, made), Coordinator.warp_id.in_(warps), runs_now())
        .order_by(Warp.name)
    )
    for person_id, warp in session.execute(run):
        made[person_id].runs.append(warp)
    for person_id, did in away.signed_in_since(list(made)).items():
        made[person_id].ever_signed_in = did
    return list(made.values())


def signed_in_lately(person_id: UUID) -> tuple[date, bool]:
    """Return the first day of the last full month, and whether this person signed in fully since then: no more."""
    first = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    return first, away.signed_in_since([person_id], first)[person_id]


def _places(people: Collection[UUID], warps: Collection[UUID]) -> Select[Any]:
    held = (
        select(Post.person_id, Organisation, Post.kind, Post.state, Membership.state, Warp, Membership.kind)
        .add_columns(and_(Membership.state == State.ACTIVE, ~agreements.is_accepted()))
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Warp, Warp.id == Membership.warp_id)
    )
    return held.where(
        among(Post.person_id, people), Membership.warp_id.in_(warps), Membership.state != State.LEFT
    ).order_by(Organisation.name, Warp.name)


def _stands(standing: Standing, warps: Collection[UUID]) -> ColumnElement[bool]:
    is_active = Person.state == State.ACTIVE
    stands_active = (Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
    receives = and_(is_active, or_(_has(warps, *stands_active), _runs(warps)))

    def either(state: State) -> ColumnElement[bool]:
        return _has(warps, or_(Post.state == state, Membership.state == state), Post.state != State.LEFT)

    holds: dict[Standing, ColumnElement[bool]] = {
        Standing.INVITED: and_(is_active, _has(warps, Post.state == State.INVITED)),
        Standing.APPLIED: and_(is_active, either(State.APPLIED)),
        Standing.ACTIVE: receives,
        Standing.BY_MAIL: and_(receives, ~away.has_signed_in()),
        Standing.LAPSED: or_(Person.state == State.LAPSED, and_(is_active, either(State.LAPSED))),
        Standing.SUSPENDED: or_(Person.state == State.SUSPENDED, and_(is_active, either(State.SUSPENDED))),
        Standing.LEFT: or_(Person.state == State.LEFT, and_(~_has(warps, Post.state != State.LEFT), ~_runs(warps))),
        Standing.BOUNCED: and_(
            Person.mail_suspended.is_not(None), Person.state != State.LEFT, _has(warps, Post.state != State.LEFT)
        ),
        Standing.AGREEMENT: and_(is_active, _has(warps, *stands_active, ~agreements.is_accepted())),
    }
    return holds[standing]


def _has(warps: Collection[UUID], *such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say in SQL that a person has, or had, a post at an organisation that is in one of these WARPs."""
    held = exists().where(Post.person_id == Person.id, Membership.organisation_id == Post.organisation_id)
    return held.where(Membership.warp_id.in_(warps), Membership.state != State.LEFT, *such)


def _runs(warps: Collection[UUID]) -> ColumnElement[bool]:
    return exists().where(Coordinator.person_id == Person.id, Coordinator.warp_id.in_(warps), runs_now())
