"""Two who go at the same moment, where one has to stay: one may, the other is the last."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import db
from warp_hub.memberships import colleagues, people
from warp_hub.memberships.authority import LastCoordinator, NotTheirs
from warp_hub.memberships.models import Organisation, Person, Post, PostKind, State

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_coordinators_who_leave_at_once_one_stays(attempt: int) -> None:
    midshire = factories.warp()
    both = [factories.coordinator(midshire).id for _ in range(2)]

    def leave(person: Person) -> None:
        people.leave(person, by=person.id)

    refused = _at_once(both, leave)

    db.session.rollback()
    states = sorted(db.session.scalars(select(Person.state).where(Person.id.in_(both))))
    assert refused == [midshire.name]
    assert states == [State.ACTIVE, State.LEFT]


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_leads_of_a_body_in_two_warps_a_coordinator_ends_one_though_both_are_asked_at_once(attempt: int) -> None:
    here, there = factories.warp(), factories.warp()
    of, kim = factories.organisation(here, there), factories.coordinator(here)
    both = [factories.person(of, lead=True).id for _ in range(2)]

    def demote(person: Person) -> None:
        colleagues.change_kind(person, db.session.get_one(Organisation, of.id), PostKind.OFFICER, kim.id)

    refused = _at_once(both, demote)

    db.session.rollback()
    kinds = sorted(db.session.scalars(select(Post.kind).where(Post.person_id.in_(both))))
    assert len(refused) == 1
    assert kinds == [PostKind.LEAD, PostKind.OFFICER]


def _at_once(person_ids: list[UUID], do: Callable[[Person], None]) -> list[str]:
    """Do something to each at the same moment; return what was refused."""
    start = threading.Barrier(2)
    refused: list[str] = []

    def act(person_id: UUID) -> None:
        person = db.session.get_one(Person, person_id)
        start.wait()
        try:
            do(person)
            db.session.commit()
        except (LastCoordinator, NotTheirs) as error:
            refused.append(str(error))
        finally:
            db.leave()

    threads = [threading.Thread(target=act, args=(person_id,)) for person_id in person_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
