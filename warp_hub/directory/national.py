"""Every WARP in numbers, for the national team: organisations as they are, people only where they are many enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from warp_hub.db import session
from warp_hub.memberships import agreements, roles
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.models import Membership, Person, Post, State, Warp
from warp_hub.memberships.settings import settings_of


@dataclass(frozen=True)
class Health:
    """One WARP in numbers; `people` and `applications` are None below `k`, the smallest number of people told."""

    warp: Warp
    organisations: int
    outstanding: int
    people: int | None
    applications: int | None
    k: int
    coordinators: Sequence[str]


def every_warp() -> list[Health]:
    """Return how every WARP of the hub is doing, by name."""
    active = select(Membership.warp_id, func.count()).where(Membership.state == State.ACTIVE)
    bodies = _by_warp(active.group_by(Membership.warp_id))
    outstanding = _by_warp(active.where(~agreements.is_accepted()).group_by(Membership.warp_id))
    waiting = select(Application.warp_id, func.count()).where(Application.state == ApplicationState.SENT)
    applied = _by_warp(waiting.group_by(Application.warp_id))
    people, named = _by_warp(_people()), roles.coordinators_by_warp()

    def told(warp: Warp) -> Health:
        k = settings_of(warp).k
        return Health(
            warp,
            bodies.get(warp.id, 0),
            outstanding.get(warp.id, 0),
            _from(k, people.get(warp.id, 0)),
            _from(k, applied.get(warp.id, 0)),
            k,
            named.get(warp.id, ()),
        )

    return [told(warp) for warp in session.scalars(select(Warp).order_by(Warp.name))]


def _people() -> Any:
    return (
        select(Membership.warp_id, func.count(Post.person_id.distinct()))
        .join(Post, Post.organisation_id == Membership.organisation_id)
        .join(Person, Person.id == Post.person_id)
        .where(Membership.state == State.ACTIVE, Post.state == State.ACTIVE, Person.state == State.ACTIVE)
        .group_by(Membership.warp_id)
    )


def _by_warp(statement: Any) -> dict[UUID, int]:
    return {row[0]: row[1] for row in session.execute(statement)}


def _from(k: int, number: int) -> int | None:
    return number if number >= k else None
