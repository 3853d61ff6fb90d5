"""The form by which a WARP says how long its members have to answer, and how long answers are taken."""

from datetime import UTC, datetime, time
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange

from warp_hub.memberships.settings import WarpSettings
from warp_hub.memberships.working_days import Nation
from warp_hub.pages.forms import Form, choices

NATIONS = {
    Nation.ENGLAND.value: _l("England"),
    Nation.WALES.value: _l("Wales"),
    Nation.SCOTLAND.value: _l("Scotland"),
    Nation.NORTHERN_IRELAND.value: _l("Northern Ireland"),
}
_EARLIEST, _LATEST, _TIME = time(12), time(20), "%H:%M"


class AnswerTimesForm(Form):
    """How long members have, until when on the last day, by whose working days, and when the question closes."""

    answer_days_act_today = wtforms.IntegerField(
        _l("Working days to answer: Act today"),
        [InputRequired(_l("Enter a number of days")), NumberRange(1, 5, _l("Enter a number of days from 1 to 5"))],
    )
    answer_days_this_week = wtforms.IntegerField(
        _l("Working days to answer: This week and For information"),
        [InputRequired(_l("Enter a number of days")), NumberRange(2, 20, _l("Enter a number of days from 2 to 20"))],
    )
    at = wtforms.StringField(
        _l("Until when on the last day?"),
        [InputRequired(_l("Enter a time like 17:00"))],
        description=_l("A time from 12:00 to 20:00, such as 17:00"),
    )
    nation = wtforms.RadioField(
        _l("Whose bank holidays are no working days?"),
        [InputRequired(_l("Choose a nation"))],
        choices=choices(NATIONS),
    )
    answers_close_after_days = wtforms.IntegerField(
        _l("Days after which a question closes"),
        [InputRequired(_l("Enter a number of days")), NumberRange(7, 180, _l("Enter a number of days from 7 to 180"))],
        description=_l("Counted from the day answers were due. What was answered is removed 30 days after that."),
    )

    answer_at: time

    def validate_at(self, field: wtforms.Field) -> None:
        """Refuse what is no time of a working afternoon."""
        try:
            self.answer_at = datetime.strptime(field.data.strip(), _TIME).replace(tzinfo=UTC).time()
        except ValueError:
            raise wtforms.ValidationError(_("Enter a time like 17:00")) from None
        if not _EARLIEST <= self.answer_at <= _LATEST:
            raise wtforms.ValidationError(_("Enter a time from 12:00 to 20:00"))

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {
            "answer_days_act_today": self.answer_days_act_today.data,
            "answer_days_this_week": self.answer_days_this_week.data,
            "answer_at": self.answer_at,
            "nation": Nation(self.nation.data),
            "answers_close_after_days": self.answers_close_after_days.data,
        }


def as_it_is(settings: WarpSettings) -> dict[str, Any]:
    """Return a WARP's settings as the form shows them."""
    return {
        "answer_days_act_today": settings.answer_days_act_today,
        "answer_days_this_week": settings.answer_days_this_week,
        "at": settings.answer_at.strftime(_TIME),
        "nation": settings.nation.value,
        "answers_close_after_days": settings.answers_close_after_days,
    }
