"""The form by which a WARP says how long its members have to answer, and how long answers are taken."""

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from warp_hub.memberships.settings import WarpSettings, bounds_of
from warp_hub.memberships.working_days import Nation
from warp_hub.pages.bounded import OF_DAYS, time_of_day, whole_number
from warp_hub.pages.forms import Form, choices

NATIONS = {
    Nation.ENGLAND.value: _l("England"),
    Nation.WALES.value: _l("Wales"),
    Nation.SCOTLAND.value: _l("Scotland"),
    Nation.NORTHERN_IRELAND.value: _l("Northern Ireland"),
}


class AnswerTimesForm(Form):
    """How long members have, until when on the last day, by whose working days, and when the question closes."""

    answer_days_act_today = whole_number(
        _l("Working days to answer: Act today"), bounds_of("answer_days_act_today"), OF_DAYS
    )
    answer_days_this_week = whole_number(
        _l("Working days to answer: This week and For information"), bounds_of("answer_days_this_week"), OF_DAYS
    )
    at = time_of_day(_l("Until when on the last day?"), bounds_of("answer_at"))
    nation = wtforms.RadioField(
        _l("Whose bank holidays are no working days?"),
        [InputRequired(_l("Choose a nation"))],
        choices=choices(NATIONS),
    )
    answers_close_after_days = whole_number(
        _l("Days after which a question closes"),
        bounds_of("answers_close_after_days"),
        OF_DAYS,
        description=_l("Counted from the day answers were due. What was answered is removed 30 days after that."),
    )

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {
            "answer_days_act_today": self.answer_days_act_today.data,
            "answer_days_this_week": self.answer_days_this_week.data,
            "answer_at": self.at.data,
            "nation": Nation(self.nation.data),
            "answers_close_after_days": self.answers_close_after_days.data,
        }


def as_it_is(settings: WarpSettings) -> dict[str, Any]:
    """Return a WARP's settings as the form shows them."""
    return {
        "answer_days_act_today": settings.answer_days_act_today,
        "answer_days_this_week": settings.answer_days_this_week,
        "at": settings.answer_at,
        "nation": settings.nation.value,
        "answers_close_after_days": settings.answers_close_after_days,
    }
