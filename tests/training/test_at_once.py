"""Many who book at the same moment, and one who is killed while booking: each place goes once, and nothing is lost."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.sizes import SIZES
from tests.training.conftest import School
from warp_hub import db, mail
from warp_hub.background.models import jobs
from warp_hub.db.roles import RoleUrls
from warp_hub.memberships.viewers import Proof, viewers_of
from warp_hub.sharing import guard
from warp_hub.sharing.visibility import house_read
from warp_hub.training import bookings
from warp_hub.training.models import Booking

ROOT = Path(__file__).parents[2]
PLACES = 7


@pytest.fixture
def many_connections(role_urls: RoleUrls):
    """Let every asker have a connection of their own."""
    guard.connect(role_urls.web, "web", pool_size=SIZES.parallel_bookings, default=False)
    yield
    guard.connect(role_urls.web, "web", pool_size=4, default=False)


def _all_at_once(work, people) -> None:
    gate, failures = threading.Barrier(len(people)), []

    def run(person) -> None:
        try:
            with db.acting("web"):
                try:
                    gate.wait()
                    work(person)
                finally:
                    db.leave()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def _states(item_id) -> Counter[str]:
    db.session.rollback()
    asked = select(Booking.state).where(Booking.item_id == item_id)
    return Counter(state.value for state in db.session.scalars(house_read(asked, "test")))


@pytest.mark.usefixtures("many_connections")
def test_exactly_as_many_places_are_given_as_there_are(school: School) -> None:
    item_id = school.announces(capacity=PLACES)
    council = factories.organisation(school.midshire)
    people = [factories.person(council).id for _ in range(SIZES.parallel_bookings)]
    viewers = viewers_of(people, Proof.FULL)
    db.session.rollback()

    def book(person) -> None:
        viewer = viewers[person]
        db.enter(viewer.settings())
        bookings.book(item_id, viewer)
        db.session.commit()

    _all_at_once(book, people)
    assert _states(item_id) == {"booked": PLACES, "waiting": len(people) - PLACES}
    # Those who have one leave, all at once; the next in line have a place, and no more than there are.
    with_place = [person for person in people if school.state_of_id(person, item_id) == "booked"]
    first_in_line = _line(item_id)[:PLACES]

    def leave(person) -> None:
        viewer = viewers[person]
        db.enter(viewer.settings())
        bookings.give_back(item_id, viewer)
        db.session.commit()

    _all_at_once(leave, with_place)
    assert sum(school.fills(item_id) for _ in range(2)) == PLACES
    assert {school.state_of_id(person, item_id) for person in first_in_line} == {"booked"}
    assert _states(item_id)["booked"] == PLACES


def _line(item_id):
    asked = select(Booking.person_id).where(Booking.item_id == item_id, Booking.state == "waiting")
    return db.session.scalars(house_read(asked.order_by(Booking.asked_at, Booking.id), "test")).all()


@pytest.mark.usefixtures("many_connections")
def test_one_person_who_presses_twice_has_one_place_and_one_letter(school: School) -> None:
    item_id = school.announces(capacity=2)
    viewer = school.viewer(school.sam)
    db.session.rollback()

    def book(_again) -> None:
        db.enter(viewer.settings())
        bookings.book(item_id, viewer)
        db.session.commit()

    _all_at_once(book, range(8))
    assert _states(item_id) == {"booked": 1}
    assert db.session.scalar(select(func.count()).select_from(mail.Letter)) == 1


@pytest.mark.parametrize("_time", range(SIZES.kills_per_step))
def test_a_booking_that_is_killed_before_its_commit_leaves_nothing_and_holds_nobody_up(
    school: School, database: RoleUrls, _time: int
) -> None:
    item_id = school.announces(capacity=1)
    child = _booker(database, item_id, school.sam)
    assert child.stdout is not None
    assert child.stdout.readline() == "reached\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert _states(item_id) == {}
    assert _letters_and_jobs() == (0, 0)
    assert school.books(school.grace, item_id) == "booked"
    assert school.books(school.sam, item_id) == "waiting"


def test_a_booking_that_is_killed_after_its_commit_is_there_with_its_letter_once(
    school: School, database: RoleUrls
) -> None:
    item_id = school.announces(capacity=1)
    child = _booker(database, item_id, school.sam)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("\n")
    child.stdin.flush()
    assert [child.stdout.readline() for _ in range(2)] == ["reached\n", "booked\n"]
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert _states(item_id) == {"booked": 1}
    assert _letters_and_jobs() == (1, 1)
    assert school.books(school.sam, item_id) == "booked"
    assert len(school.letters()) == 1
    assert school.letters() == []


def _booker(database: RoleUrls, item_id, person) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.training.dying_booker", database.web, str(item_id), str(person.id)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _letters_and_jobs() -> tuple[int, int]:
    letters = db.session.scalar(select(func.count()).select_from(mail.Letter))
    waiting = db.session.scalar(select(func.count()).select_from(jobs).where(jobs.c.task_name == "deliver"))
    db.session.rollback()
    return letters or 0, waiting or 0
