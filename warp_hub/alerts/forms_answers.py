"""The forms of "Does this affect you?": an answer, and what a coordinator chooses about asking."""

from collections.abc import Sequence
from uuid import UUID

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from warp_hub.alerts.answer_models import AnswerChoice, AskedOf
from warp_hub.alerts.answers import Ours
from warp_hub.pages.forms import Form, choices

YES, NO = "yes", "no"
ANSWERS = {
    AnswerChoice.YES.value: _l("Yes"),
    AnswerChoice.NO.value: _l("No"),
    AnswerChoice.CHECKING.value: _l("Checking"),
    AnswerChoice.FIXED.value: _l("Fixed"),
}
WHOM = {
    AskedOf.MEMBERS.value: _l("All members"),
    AskedOf.MATCHING.value: _l("Those whose systems it matches"),
    AskedOf.NOBODY.value: _l("Nobody"),
}


class AnswerForm(Form):
    """An organisation's answer; `link` carries the signed link of a letter where it came by one."""

    organisation = wtforms.RadioField(
        _l("For which organisation do you answer?"), [InputRequired(_l("Choose an organisation"))]
    )
    choice = wtforms.RadioField(_l("Your answer"), [InputRequired(_l("Choose an answer"))], choices=choices(ANSWERS))
    may_know = wtforms.RadioField(
        _l("May your coordinator know it is you?"),
        [InputRequired(_l("Choose yes or no"))],
        description=_l("We remember this for your organisation. You can change it whenever you answer."),
        choices=choices({YES: _l("Yes"), NO: _l("No, count us without our name")}),
    )
    link = wtforms.HiddenField()

    def said(self) -> tuple[UUID, AnswerChoice, bool]:
        """Return what was answered: for whom, what, and whether the coordinator may know."""
        return UUID(self.organisation.data), AnswerChoice(self.choice.data), self.may_know.data == YES


def form_for(asked: Sequence[Ours], **given: str) -> AnswerForm:
    """Return the form for the organisations asked, as they answered before; a sent one keeps what it says.

    By a link of a letter, which may have been forwarded, it does not tell what they answered.
    """
    first = asked[0]
    held: dict[str, str | None] = {"organisation": str(first.organisation_id), "choice": None}
    if first.answer is not None and "link" not in given:
        held["choice"] = first.answer.choice.value
    if first.may_know is not None:
        held["may_know"] = YES if first.may_know else NO
    form = AnswerForm(data=held | given)
    form.organisation.choices = choices({str(one.organisation_id): one.name for one in asked})
    return form
