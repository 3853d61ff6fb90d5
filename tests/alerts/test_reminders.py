"""Reminders: two at most, to those who lead, on the day and on the working day after, and silent once answered."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, select

from tests import factories
from tests.alerts.conftest import Community
from tests.page_client import check_letter
from warp_hub import clock, db, mail
from warp_hub.alerts import answer_figures, answers, askings, choices, reminders
from warp_hub.alerts.answer_models import AnswerChoice, AnswerReminder, AskedOf
from warp_hub.db.roles import RoleUrls
from warp_hub.mail import Cancelled, Letter, Rendered
from warp_hub.memberships.models import Person
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Severity
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")
MONDAY = datetime(2026, 12, 21, 10, tzinfo=UTC)
TOO_EARLY = datetime(2026, 12, 22, 8, 59, tzinfo=UTC)
THE_DAY = datetime(2026, 12, 22, 9, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 22, 12, tzinfo=UTC)
AFTER = datetime(2026, 12, 23, 9, 1, tzinfo=UTC)
LONG_AFTER = datetime(2026, 12, 29, 9, 1, tzinfo=UTC)


@pytest.fixture
def monday(here: Community) -> Iterator[Community]:
    with clock.at(MONDAY):
        yield here


def reminded(at: datetime) -> list[Letter]:
    """Remind whoever is due at a moment; return the letters posted by it."""
    before = set(db.session.scalars(select(Letter.id)))
    with clock.at(at):
        reminders.remind_due()
        db.session.commit()
    return [letter for letter in db.session.scalars(select(Letter)) if letter.id not in before]


def written(app: Flask, here: Community, letter: Letter, at: datetime) -> Rendered | Cancelled:
    person = db.session.scalars(select(Person).where(Person.id == letter.person_id)).one()
    with clock.at(at), app.test_request_context(), db.acting("web"):
        viewer = here.viewer(person)
        db.enter(viewer.settings())
        said = reminders.render(letter, viewer)
        db.leave()
    return said


def test_at_most_two_letters_go_to_those_who_lead_each_once(monday: Community) -> None:
    monday.asks()
    alone = monday.members(1)[0]
    both = {monday.sam.id, alone.id}
    assert reminded(TOO_EARLY) == []
    assert {letter.person_id for letter in reminded(THE_DAY)} == both
    assert reminded(LATER) == []
    assert {letter.person_id for letter in reminded(AFTER)} == both
    assert reminded(AFTER) == reminded(LONG_AFTER) == []


def test_who_answered_in_time_is_not_reminded_and_who_stopped_mails_gets_none(monday: Community) -> None:
    item = monday.asks()
    answered, stopped, silent = monday.members(3)
    monday.answers(answered, item, AnswerChoice.CHECKING)
    monday.answers(monday.grace, item, AnswerChoice.NO)
    choices.choose(stopped.id, wants=False)
    db.session.commit()
    assert [letter.person_id for letter in reminded(THE_DAY)] == [silent.id]


def test_what_is_closed_withdrawn_or_asked_of_those_it_does_not_match_reminds_nobody(monday: Community) -> None:
    closed, withdrawn = monday.asks(), monday.asks()
    monday.asks(severity=Severity.ACT_TODAY, of=AskedOf.MATCHING)
    askings.close(closed.id, monday.midshire.id, monday.viewer(monday.priya))
    publishing.withdraw(withdrawn)
    db.session.commit()
    assert reminded(THE_DAY) == []


def test_two_workers_at_once_remind_an_organisation_once(monday: Community, database: RoleUrls) -> None:
    monday.asks()
    url = make_url(database.owner).set(drivername="postgresql").render_as_string(hide_password=False)

    def remind() -> None:
        with clock.at(THE_DAY):
            reminders.remind_due()
        db.session.commit()
        db.session.remove()

    second = Thread(target=remind)
    with psycopg.connect(url) as looking, clock.at(THE_DAY):
        reminders.remind_due()
        second.start()
        while second.is_alive() and not looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            second.join(0.05)
        db.session.commit()
    second.join(30)
    assert list(db.session.scalars(select(Letter.person_id))) == [monday.sam.id]


def test_who_was_silent_is_forgotten_with_the_answers(monday: Community) -> None:
    item, other = monday.asks(), monday.asks()
    for at in (THE_DAY, AFTER):
        reminded(at)
    monday.answers(monday.sam, item, AnswerChoice.YES)
    askings.close(item.id, monday.midshire.id, monday.viewer(monday.priya))
    db.session.commit()
    with clock.at(AFTER + timedelta(days=31)):
        answer_figures.forget_old()
    db.session.commit()
    assert set(db.session.scalars(select(AnswerReminder.item_id))) == {other.id}


def test_a_question_about_what_became_for_named_people_is_put_to_nobody_any_more(
    portal: Flask, monday: Community
) -> None:
    item = monday.asks(Marking.AMBER)
    (letter,) = [one for one in reminded(THE_DAY) if one.person_id == monday.sam.id]
    publishing.raise_marking(item, Marking.RED, by=monday.sam.id)
    db.session.commit()
    assert isinstance(written(portal, monday, letter, LATER), Cancelled)
    assert reminded(AFTER) == []
    assert answers.standing(item.id, monday.viewer(monday.sam)) == []


def test_a_reminder_prints_green_counts_amber_and_says_nothing_once_it_is_over(
    portal: Flask, monday: Community
) -> None:
    green, amber = monday.asks(title="FortiOS 7.4.9 now"), monday.asks(Marking.AMBER, title="A name not for mail")
    associate = factories.member(factories.warp("Westmarch"))
    letters = {letter.item_ids[0]: letter for letter in reminded(THE_DAY) if letter.person_id == monday.sam.id}
    printed, counted = (written(portal, monday, letters[item.id], LATER) for item in (green, amber))
    assert isinstance(printed, Rendered)
    assert isinstance(counted, Rendered)
    assert printed.subject == "TLP:GREEN Your answer is due today: FortiOS 7.4.9 now"
    assert "Please answer by 22 December 2026, 17:00." in printed.text
    assert "/answer?link=" in printed.text
    assert counted.subject == "A warning needs your answer"
    assert "1 TLP:AMBER warning needs your answer" in counted.text
    for said in (counted.text, counted.html, counted.subject):
        assert "A name not for mail" not in said
        assert "/answer?link=" not in said
    for one in (printed, counted):
        check_letter(one.html, "reminder")
    monday.answers(monday.grace, green, AnswerChoice.YES)
    assert isinstance(written(portal, monday, letters[green.id], LATER), Cancelled)
    letters[amber.id].person_id = associate.id
    assert isinstance(written(portal, monday, letters[amber.id], LATER), Cancelled)
    db.session.rollback()
    assert mail.health().failed_lately == 0


def test_a_reminder_of_what_became_early_notice_names_it_neither_by_its_address_nor_by_its_label(
    portal: Flask, monday: Community
) -> None:
    item = monday.asks()
    (letter,) = reminded(THE_DAY)
    item.embargo_until, item.early = LONG_AFTER, [monday.sam.id]
    db.session.commit()
    said = written(portal, monday, letter, THE_DAY)
    assert isinstance(said, Rendered)
    for told in (str(item.id), "TLP:GREEN", item.title):
        assert told not in f"{said.subject} {said.text} {said.html}"
