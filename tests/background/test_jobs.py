"""What runs by itself: every job as the worker, every letter written by a room, every task that anyone defers."""

import ast
import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import item, member, warp
from tests.mail.letters import in_folder
from warp_hub import audit, background, clock, db, jobs, mail
from warp_hub.alerts.models import AlertSent
from warp_hub.background.worker import work_until_idle
from warp_hub.db.roles import RoleUrls
from warp_hub.jobs.people import PEOPLE
from warp_hub.mail import LetterState
from warp_hub.memberships import invitations
from warp_hub.memberships.models import Person, State
from warp_hub.sharing.models import Severity
from warp_hub.signin.letters import CHANGES
from warp_hub.tlp import Marking
from warp_hub.training.letters import TELLINGS

SOURCES = sorted((Path(__file__).parents[2] / "warp_hub").rglob("*.py"))
DAY = timedelta(days=1)


@pytest.fixture
def app(portal: Flask, mail_folder: Path) -> Flask:
    """Return the whole app, its letters going into a folder of this test."""
    return portal


def _work(app: Flask, database: RoleUrls, folder: Path) -> list[EmailMessage]:
    work_until_idle(database.work, jobs.inside(app))
    db.session.rollback()
    return in_folder(folder)


def test_every_job_of_the_timetable_runs_as_the_worker(app: Flask, database: RoleUrls, mail_folder: Path) -> None:
    warp()
    audit.record("something.done")
    background.tick(jobs.TIMETABLE)
    db.session.commit()
    _work(app, database, mail_folder)

    standings = background.standings(jobs.TIMETABLE)
    assert [one.name for one in standings if one.finished_at is None] == []
    assert [one.outcome for one in standings if one.name == "audit chain"] == ["1"]
    assert background.failures() == []


def test_a_letter_goes_all_the_way_to_its_reader(app: Flask, database: RoleUrls, mail_folder: Path) -> None:
    robin = member(warp(), name="Robin Test", email="robin@testham.example", language="cy")
    invitations.mint(robin)
    mail.post(invitations.LETTER, robin.id, expires_at=clock.now() + DAY)
    db.session.commit()

    (read,) = _work(app, database, mail_folder)

    assert read["To"] == "Robin Test <robin@testham.example>"
    assert read["Content-Language"] == "cy"
    body = read.get_body(("plain",))
    assert body is not None
    assert "http://localhost:8000/" in body.get_content()


@pytest.mark.parametrize("state", [State.SUSPENDED, State.LAPSED, State.LEFT])
def test_who_stopped_being_active_between_queue_and_send_gets_nothing(
    app: Flask, database: RoleUrls, mail_folder: Path, state: State
) -> None:
    robin = member(warp())
    invitations.mint(robin)
    mail.post(invitations.LETTER, robin.id, expires_at=clock.now() + DAY)
    robin.state = state
    db.session.commit()

    assert _work(app, database, mail_folder) == []
    (letter,) = db.session.scalars(select(mail.Letter)).all()
    assert (letter.state, letter.reason) == (LetterState.CANCELLED, f"the person is not active: {state.value}")


def test_an_address_whose_mail_is_stopped_gets_nothing_and_that_is_on_record(app: Flask) -> None:
    robin = member(warp())
    PEOPLE.suspend(robin.id, "550 5.1.1 no such user " + "x" * 500)
    PEOPLE.suspend(robin.id, "another reason")
    db.session.commit()

    found = PEOPLE.load(robin.id)
    assert found is not None
    assert str(found.stopped).startswith("mail to this address was stopped: 550 5.1.1")
    kept = db.session.scalars(select(Person.mail_suspended).where(Person.id == robin.id)).one()
    assert len(str(kept)) == 200
    actions = [row.action for row in db.session.scalars(select(audit.Audit))]
    assert actions.count("mail.suspended") == 1
    assert PEOPLE.load(UUID(int=0)) is None


def test_what_comes_out_of_embargo_is_told_at_once(app: Flask, database: RoleUrls, mail_folder: Path) -> None:
    midshire = warp()
    robin = member(midshire)
    soon = clock.now() + timedelta(minutes=5)
    warning = item(
        Marking.GREEN,
        kept_by=[midshire],
        severity=Severity.ACT_TODAY,
        embargo_until=soon,
        passed_by=[midshire.id],
        title="Under embargo",
    )
    background.tick(jobs.TIMETABLE)
    db.session.commit()
    assert _work(app, database, mail_folder) == []

    with clock.at(soon + timedelta(minutes=1)):
        background.tick(jobs.TIMETABLE)
        db.session.commit()
        # The worker's threads have their own clock, so the job runs here, under ours.
        (period,) = (one.period for one in background.standings(jobs.TIMETABLE) if one.name == "embargoes")
        background.perform(jobs.TIMETABLE, "embargoes", str(period))
        with app.app_context():
            jobs.TASKS["announce"](item_id=str(warning.id))

    told = db.session.execute(select(AlertSent.person_id, AlertSent.item_id)).all()
    assert [tuple(row) for row in told] == [(robin.id, warning.id)]


def test_every_task_that_anyone_defers_is_one_a_worker_knows() -> None:
    named = {
        match[1]
        for path in SOURCES
        for match in re.finditer(r'defer(?:_many)?\(\s*(?:db\.)?session,\s*"([^"]+)"', path.read_text())
    }

    assert named <= set(jobs.TASKS)
    assert "announce" in named


def test_every_kind_of_letter_that_anyone_posts_is_written_by_a_room() -> None:
    literal = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in ("post", "post_all")
        and getattr(getattr(node.func, "value", None), "id", "") == "mail"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert literal <= set(jobs.LETTERS)
    assert {"alert", "digest", "invitation", "open_link", "reset_link"} <= set(jobs.LETTERS)


def test_every_letter_has_its_three_templates() -> None:
    folder = Path(__file__).parents[2] / "templates"
    shared = {"digest-test": "digest", "alert-of-list": "alert"}
    shared |= {**dict.fromkeys(TELLINGS, "session"), **dict.fromkeys(CHANGES, "changed")}
    for kind in jobs.LETTERS:
        name = shared.get(kind, kind)
        found = {path.name.removeprefix(name) for path in folder.glob(f"*/email/{name}.*")}
        assert found == {".subject.txt", ".txt", ".html"}, kind
