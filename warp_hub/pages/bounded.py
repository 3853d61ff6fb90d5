"""Fields for what lies between two bounds: whoever has the rule gives them, and the sentences say them."""

from datetime import time
from typing import Any

import wtforms
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange

A_NUMBER = (_l("Enter a number"), _l("Enter a number from %(min)s to %(max)s"))
OF_DAYS = (_l("Enter a number of days"), _l("Enter a number of days from %(min)s to %(max)s"))
TIME = "%H:%M"


class _WholeNumber(wtforms.IntegerField):  # type: ignore[misc]
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a whole number")) from None


class _TimeOfDay(wtforms.TimeField):  # type: ignore[misc]
    widget = wtforms.widgets.TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([typed.strip() for typed in valuelist])


class _Within:
    """Refuse a time before the first or after the last."""

    def __init__(self, first: time, last: time) -> None:
        self._first, self._last = first, last

    def __call__(self, _form: wtforms.Form, field: wtforms.Field) -> None:
        if field.data is not None and not self._first <= field.data <= self._last:
            raise wtforms.ValidationError(
                _("Enter a time from %(first)s to %(last)s", **_said(self._first, self._last))
            )


def whole_number(
    label: LazyString, bounds: tuple[int, int], words: tuple[LazyString, LazyString] = A_NUMBER, **given: Any
) -> Any:
    """Return a field for a whole number; `words` say that it is missing, and between what it has to be."""
    missing, beyond = words
    drawn = {"classes": "govuk-input--width-3", "inputmode": "numeric"}
    return _WholeNumber(label, [InputRequired(missing), NumberRange(*bounds, beyond)], render_kw=drawn, **given)


def time_of_day(label: LazyString, bounds: tuple[time, time] | None = None) -> Any:
    """Return a field for a time like 17:00, whose hint says between which it has to be."""
    missing = _l("Enter a time like 17:00")
    hint = _l("A time from %(first)s to %(last)s, such as 17:00", **_said(*bounds)) if bounds else None
    return _TimeOfDay(
        label,
        [InputRequired(missing), *([_Within(*bounds)] if bounds else [])],
        invalid_value_message=missing,
        description=hint or _l("A time such as 07:30"),
        render_kw={"classes": "govuk-input--width-5", "autocomplete": "off"},
    )


def _said(first: time, last: time) -> dict[str, str]:
    return {"first": first.strftime(TIME), "last": last.strftime(TIME)}
