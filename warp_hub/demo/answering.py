"""What the demonstration's members answer when they are asked whether a warning affects them."""

from datetime import datetime, timedelta
from uuid import UUID

from warp_hub.alerts import answer_figures, answers, askings, seen_too
from warp_hub.alerts.answer_models import AnswerChoice
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import PERSONAS, Community
from warp_hub.tlp import Viewer

EACH, LATEST = 34, 2
ROUNDS = (26, 19, 13, 8, 4)
WHAT = 3 * (AnswerChoice.YES,) + 4 * (AnswerChoice.NO,) + (AnswerChoice.CHECKING, AnswerChoice.FIXED)


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put on the agenda when members answer, and what the timetable makes of it."""
    for days in ROUNDS:
        agenda.at(now - timedelta(days=days), lambda: _answer_all(built, 0))
    agenda.at(now - timedelta(hours=1, minutes=30), lambda: _answer_all(built, LATEST))
    agenda.at(now - timedelta(hours=1), _count)


def _answer_all(built: Community, leave: int) -> None:
    """Let one person of each of some bodies answer what waits for it; personas leave the latest to the visitor."""
    personas = [built.people[slug].id for slug in PERSONAS]
    for number, person in enumerate(list(dict.fromkeys([*personas, *built.at.values()]))[:EACH]):
        with being(person) as viewer:
            waiting = answers.waiting_for(viewer)
            for asked in waiting[: len(waiting) - leave] if person in personas else waiting:
                _answer(asked.item.id, viewer, number)
            session.commit()


def _answer(item_id: UUID, viewer: Viewer, number: int) -> None:
    ours = answers.standing(item_id, viewer)[0]
    choice = WHAT[(number + item_id.int) % len(WHAT)]
    answers.give(item_id, viewer, ours.organisation_id, choice, may_know=number % 3 == 0)
    if choice is AnswerChoice.YES:
        seen_too.say(item_id, viewer)


def _count() -> None:
    """Do what the timetable does: close what was asked long ago, and make the figures."""
    askings.close_due()
    answer_figures.read_due()
    seen_too.count_all()
    session.commit()
