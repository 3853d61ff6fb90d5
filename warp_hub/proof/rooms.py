"""Planting what other rooms keep: incidents, questions with a reply, training sessions, and a report on a desk."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from warp_hub import clock
from warp_hub.custody.promises import Promise
from warp_hub.discussions.models import Question, Reply
from warp_hub.incidents import filing, waiting
from warp_hub.incidents.filing import Answers
from warp_hub.incidents.models import SharedIncident
from warp_hub.incidents.places import Place
from warp_hub.memberships.settings import WarpSettings
from warp_hub.proof.cast import Cast
from warp_hub.proof.parts import Canary
from warp_hub.sharing.models import Item, ItemKind, Recall, RecallKind
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.tlp import Marking, Viewer
from warp_hub.training.models import OpenTo, SessionKind, TrainingSession

# The rows that are no items yet: a named report on each WARP's desk, by the letter of whoever reads it there.
REPORTS = {"a report of Here": "C", "a report of Elsewhere": "E"}


def of_a_room(of: Item, warp: UUID, canary: Canary) -> list[Any]:
    """Return the rows that an item of another room than the warnings' has beside its own."""
    if of.kind is ItemKind.SHARED_INCIDENT:
        return [_incident(of, warp, canary)]
    if of.kind is ItemKind.QUESTION:
        return [_question(of, canary), _reply(of, canary)]
    if of.kind is ItemKind.RECALL:
        return [_recall(of)]
    return [_session(of, warp, canary)]


def plant_report(cast: Cast, row: str, new_canary: Any) -> UUID:
    """File a named report as a member does, and return the id under which it waits."""
    warp, canary = (cast.here if row.endswith("Here") else cast.elsewhere), partial(new_canary, row)
    answers = Answers(
        promise=Promise.NAMED,
        texts={part: f"{canary(f'report {part}')} happened" for part in ("what", "noticed", "impact", "helped")},
        indicators=[IndicatorValue(IndicatorKind.DOMAIN, f"{canary('report indicator')}.example")],
        restrictions=canary("report restrictions"),
        title=f"{canary('report title')} was locked out",
    )
    name = f"{canary('report organisation')} Council"
    filing.file_report(
        answers, Place(cast.people["P"], cast.council, name, warp, "", WarpSettings()), filing.new_sending()
    )
    reader = Viewer(cast.people[REPORTS[row]], True, keeps=frozenset({warp}))
    return waiting.waiting_reports(reader).first[0].record_id


def _incident(of: Item, warp: UUID, canary: Canary) -> SharedIncident:
    told = {part: f"{canary(part)} happened" for part in ("what", "noticed", "impact", "helped")}
    return SharedIncident(id=of.id, warp_id=warp, named=f"{canary('named')} Council", month="2026-11", **told)


def _question(of: Item, canary: Canary) -> Question:
    return Question(
        id=of.id,
        text=canary("question text"),
        html=f"<p>{canary('question html')}</p>",
        author=of.originator,
        name=f"{canary('question name')} Asker",
        organisation=f"{canary('question organisation')} Council",
        asked_on=clock.now().date(),
    )


def _reply(of: Item, canary: Canary) -> Reply:
    return Reply(
        item_id=of.id,
        place=1,
        text=canary("reply text"),
        html=f"<p>{canary('reply html')}</p>",
        author=of.originator,
        name=f"{canary('reply name')} Answerer",
        organisation=f"{canary('reply organisation')} Council",
        said_on=clock.now().date(),
    )


def _recall(of: Item) -> Recall:
    return Recall(
        id=of.id,
        act_id=of.id,
        what=RecallKind.WITHDRAWN,
        of_kind=ItemKind.ADVISORY,
        by_source=False,
        covers=[],
        is_told_of=True,
        issued_at=clock.now(),
    )


def _session(of: Item, warp: UUID, canary: Canary) -> TrainingSession:
    return TrainingSession(
        id=of.id,
        warp_id=warp,
        kind=SessionKind.EXERCISE,
        open_to=OpenTo.ALL if of.marking in (Marking.CLEAR, Marking.GREEN) else OpenTo.OWN,
        starts_at=clock.now() + timedelta(days=3),
        ends_at=clock.now() + timedelta(days=3, hours=1),
        zone="Europe/London",
        is_online=False,
        place=f"{canary('place')} Hall",
        join_link=f"https://{canary('join_link')}.example/",
        text={"en": canary("session text")},
        html={"en": f"<p>{canary('session html')}</p>"},
    )
