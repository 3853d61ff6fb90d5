"""What the demonstration's members answer when they are asked whether a warning affects them."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from warp_hub.alerts import answer_figures, answers, askings, seen_too
from warp_hub.alerts.answer_models import AnswerChoice
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import PERSONAS, Community
from warp_hub.tlp import Viewer

OTHERS, LATEST, AT_ONCE = 16, 2, 3
ROUNDS = {26: False, 19: False, 13: True, 8: False, 4: True}
WHAT = 3 * (AnswerChoice.YES,) + 4 * (AnswerChoice.NO,) + (AnswerChoice.CHECKING, AnswerChoice.FIXED)


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put on the agenda when members answer, and what the timetable makes of it."""
    for days, others_too in ROUNDS.items():
        agenda.at(now - timedelta(days=days), partial(_answer_all, built, OTHERS if others_too else 0, 0))
    agenda.at(now - timedelta(hours=1, minutes=30), partial(_answer_all, built, 0, LATEST))
    agenda.at(now - timedelta(hours=1), _count)


def _answer_all(built: Community, others: int, leave: int) -> None:
    """Let personas answer what waits for them but the latest, which is the visitor's, and others a few things each."""
    personas = [built.people[slug].id for slug in PERSONAS]
    more = [person for person in built.at.values() if person not in personas]
    for number, person in enumerate([*personas, *more[:others]]):
        with being(person) as viewer:
            waiting = answers.waiting_for(viewer)
            for asked in waiting[: len(waiting) - leave] if person in personas else waiting[-AT_ONCE:]:
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
