"""What the pages about answers call: who is asked, the form, the words, and what a desk is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub.access import visitor
from warp_hub.alerts import answer_figures, answers, askings, seen_too
from warp_hub.alerts.answer_figures import Counts
from warp_hub.alerts.answer_models import AnswerChoice, AskedOf, Asking
from warp_hub.alerts.answers import Ours
from warp_hub.alerts.forms_answers import ANSWERS, WHOM, AnswerForm, form_for
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking, Outlet


@dataclass(frozen=True)
class OnDesk:
    """What a coordinator is told of one WARP's question: numbers that may be shown, and names that were given."""

    warp: Warp
    asking: Asking | None
    k: int
    counts: Counts | None
    named: Sequence[tuple[str, AnswerChoice]]


@dataclass(frozen=True)
class Seen:
    """Whether one's own organisation saw it too (None where it cannot say so), and that at least so many did."""

    ours: bool | None
    at_least: int | None


def words() -> dict[str, Any]:
    """Return what the templates about answers call."""
    return {
        "affects_you": affects_you,
        "answer_form": answer_form,
        "answer_words": lambda choice: str(ANSWERS[choice.value]),
        "whom_words": lambda whom: str(WHOM[whom.value]),
        "whom_choices": whom_choices,
        "may_be_asked": lambda item: item.marking is not Marking.RED and item.withdrawn_at is None,
        "asked_on_desk": asked_on_desk,
        "number_words": number_words,
        "seen_too_of": seen_too_of,
    }


def affects_you(item: Item) -> list[Ours]:
    """Return the organisations of whoever is reading that are asked about a warning, or have answered."""
    viewer = visitor().viewer
    return answers.standing(item.id, viewer) if viewer.is_member else []


def answer_form(asked: Sequence[Ours]) -> AnswerForm:
    """Return the form for those of these organisations that may answer, as it stands before anything is typed."""
    return form_for([one for one in asked if one.is_open])


def whom_choices(item: Item) -> list[tuple[str, Any, bool]]:
    """Return whom a coordinator may choose to ask: (stored value, words, is chosen unless they say otherwise)."""
    usual = askings.default_for(item.severity)
    return [(whom.value, WHOM[whom.value], whom is usual) for whom in AskedOf]


def asked_on_desk(item: Item) -> list[OnDesk]:
    """Return what each WARP that the reader runs asked about a warning it passed on, and what came of it."""
    viewer = visitor().viewer
    mine = select(Warp).where(Warp.id.in_(visitor().coordinates & set(item.passed_by))).order_by(Warp.name)
    return [
        OnDesk(
            warp=warp,
            asking=askings.find(item.id, warp.id, viewer, Outlet.DESK),
            k=settings_of(warp).k,
            counts=answer_figures.counts(item.id, warp.id, viewer),
            named=answers.named_to(item.id, warp.id, viewer),
        )
        for warp in session.scalars(mine)
    ]


def number_words(number: int | None) -> str:
    """Return a number as it may be told; a hidden one does not say whether it is small itself."""
    return str(_("not shown")) if number is None else str(number)


def seen_too_of(item: Item) -> Seen:
    """Return how the reader's organisation and the others stand to having seen this too; of others members alone."""
    viewer = visitor().viewer
    if not viewer.is_member:
        return Seen(None, None)
    ours = seen_too.has_said(item.id, viewer) if item.marking is not Marking.RED else None
    return Seen(ours, seen_too.at_least(item.id, viewer))
