"""Two coordinators who leave at the same moment: one may, the other is the last."""

import threading

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import db
from warp_hub.memberships import people
from warp_hub.memberships.authority import LastCoordinator
from warp_hub.memberships.models import Person, State

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_coordinators_who_leave_at_once_one_stays(attempt: int) -> None:
    midshire = factories.warp()
    both = [factories.coordinator(midshire).id for _ in range(2)]
    start = threading.Barrier(2)
    refused: list[str] = []

    def leave(person_id: object) -> None:
        person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
        start.wait()
        try:
            people.leave(person, by=person.id)
            db.session.commit()
        except LastCoordinator as error:
            refused.append(str(error))
        finally:
            db.leave()

    threads = [threading.Thread(target=leave, args=(person,)) for person in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    states = sorted(db.session.scalars(select(Person.state).where(Person.id.in_(both))))
    assert refused == [midshire.name]
    assert states == [State.ACTIVE, State.LEFT]
