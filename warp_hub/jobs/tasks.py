"""The tasks a worker runs. Each is an edge: it commits once, and owns no rule."""

import logging
from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Flask

from warp_hub import background, db, mail
from warp_hub.advisories import comparing, intake
from warp_hub.advisories.mailbox import boxes
from warp_hub.advisories.mailbox import tasks as mailbox
from warp_hub.alerts import askings, notices
from warp_hub.jobs.letters import LETTERS
from warp_hub.jobs.people import PEOPLE
from warp_hub.jobs.timetable import TIMETABLE
from warp_hub.joining import requests as applying
from warp_hub.mail import outbox
from warp_hub.memberships import leaving
from warp_hub.renewals import clearing
from warp_hub.signin import link_requests
from warp_hub.training import bookings

Task = Callable[..., None]
_log = logging.getLogger(__name__)


def deliver(letter_id: str) -> None:
    """Try to send one letter."""
    mail.deliver(UUID(letter_id), LETTERS, PEOPLE)


def pull(source_id: str) -> None:
    """Pull one source; one that fails is noted at the source and comes due again, so it is not retried here."""
    try:
        intake.pull_source(UUID(source_id))
    except (intake.PullFailed, intake.AlreadyPulling) as error:
        _log.warning("source %s was not pulled to its end: %s", source_id, type(error).__name__)


def look_into_mailbox(mailbox_id: str) -> None:
    """Fetch the mail of a WARP; what goes wrong is noted at the mailbox, which comes due again."""
    mailbox.look(UUID(mailbox_id))


def compare(source_id: str) -> None:
    """Compare a source with what it sent; one that cannot be compared now comes due again tomorrow."""
    try:
        comparing.compare(UUID(source_id))
    except (intake.PullFailed, intake.AlreadyPulling) as error:
        _log.warning("source %s was not compared: %s", source_id, type(error).__name__)


def announce(item_id: str) -> None:
    """Tell at once whom an urgent warning concerns."""
    askings.ask_of_what_came([UUID(item_id)])
    notices.announce(UUID(item_id))
    db.session.commit()


def answer_link_request(request_id: str) -> None:
    """Post the link that somebody asked for, if there is anyone to post it to."""
    link_requests.answer(UUID(request_id))
    db.session.commit()


def answer_application_request(request_id: str) -> None:
    """Begin the application that somebody asked for, and post the link to it."""
    applying.answer(UUID(request_id))
    db.session.commit()


def fill_places(item_id: str) -> None:
    """Give free places of a session to those who wait for one."""
    bookings.fill(UUID(item_id))
    db.session.commit()


def clear_up_after(person_id: str) -> None:
    """Give back and remove what lies about of somebody who has left."""
    bookings.let_go(UUID(person_id))
    clearing.clear_up(UUID(person_id))
    db.session.commit()


def keep_time(job: str, period: str) -> None:
    """Run one period of one job of the timetable."""
    background.perform(TIMETABLE, job, period)


TASKS: Mapping[str, Task] = {
    outbox.TASK: deliver,
    intake.TASK: pull,
    comparing.TASK: compare,
    boxes.TASK: look_into_mailbox,
    "announce": announce,
    link_requests.TASK: answer_link_request,
    applying.TASK: answer_application_request,
    bookings.FILL: fill_places,
    leaving.CLEAR_UP: clear_up_after,
    background.TASK: keep_time,
}


def inside(app: Flask, tasks: Mapping[str, Task] = TASKS) -> dict[str, Task]:
    """Return the tasks as a worker runs them: inside the app, each giving its session back."""
    return {name: _inside(app, task) for name, task in tasks.items()}


def _inside(app: Flask, task: Task) -> Task:
    def run(**ids: str) -> None:
        try:
            with app.app_context():
                task(**ids)
        finally:
            db.leave()

    return run
