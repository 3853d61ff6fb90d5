"""The form "Get fewer mails": one question for each WARP, and those about being told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange, Optional

from warp_hub.alerts import choices as alerts
from warp_hub.alerts.choices import Choice
from warp_hub.alerts.models import AtOnce
from warp_hub.digests import subscriptions
from warp_hub.memberships.directory import warps_of
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import Cadence, settings_of
from warp_hub.pages.forms import Form, choices
from warp_hub.sharing.models import Severity

YES, NO = "yes", "no"
MOST_A_WEEK = 50


@dataclass(frozen=True)
class Question:
    """One WARP's question in the form."""

    warp: Warp
    field: str


def form_for(person_id: UUID) -> tuple[Form, Sequence[Question]]:
    """Return the form of one person, filled with what holds now, and which field asks about which WARP."""
    questions = [Question(warp, f"cadence_{warp.slug}") for warp in warps_of(person_id)]
    fields = {one.field: _cadence_field(one.warp) for one in questions}
    held: dict[str, Any] = {one.field: subscriptions.cadence_of(person_id, one.warp) for one in questions}
    held |= _held(alerts.choice_of(person_id))
    return type("MailsForm", (AtOnceForm,), fields)(data=held), questions


def save(person_id: UUID, form: Form, questions: Sequence[Question]) -> None:
    """Keep what the form says."""
    for one in questions:
        subscriptions.choose(person_id, one.warp, Cadence(form[one.field].data))
    alerts.keep(person_id, _choice(form))


class AtOnceForm(Form):
    """Whether to be told at once, of what, how often and when."""

    at_once = wtforms.RadioField(
        _l("Tell me at once"),
        choices=choices(
            {
                YES: _l("Of every warning that says “Act today”"),
                AtOnce.MINE.value: _l("Only of those that match my systems"),
                NO: _l("No, the digest is enough"),
            }
        ),
        validators=[InputRequired(_l("Choose whether to be told at once"))],
    )
    from_severity = wtforms.RadioField(
        _l("If they match my systems, how urgent must they be?"),
        choices=choices(
            {
                Severity.ACT_TODAY.value: _l("Act today"),
                Severity.THIS_WEEK.value: _l("Act today and this week"),
                Severity.FOR_INFORMATION.value: _l("Any"),
            }
        ),
        validators=[InputRequired(_l("Choose how urgent they must be"))],
    )
    most_a_week = wtforms.IntegerField(
        _l("At most how many of these a week?"),
        description=_l("The rest comes with the digest."),
        validators=[NumberRange(1, MOST_A_WEEK, _l("Enter a whole number from 1 to 50"))],
    )
    quiet_from = wtforms.TimeField(
        _l("Quiet from"), description=_l("Such as 22:00. Leave both times empty for none."), validators=[Optional()]
    )
    quiet_until = wtforms.TimeField(_l("Quiet until"), description=_l("Such as 7:00"), validators=[Optional()])
    may_wake = wtforms.BooleanField(_l("“Act today” may come in quiet hours too"))

    def validate_quiet_until(self, field: wtforms.TimeField) -> None:
        """Want both times or none, and two different ones."""
        if (field.data is None) is not (self.quiet_from.data is None):
            raise wtforms.ValidationError(_("Enter both times, or neither"))
        if field.data is not None and field.data == self.quiet_from.data:
            raise wtforms.ValidationError(_("Enter two different times"))


def _held(choice: Choice) -> dict[str, Any]:
    names = ("from_severity", "most_a_week", "quiet_from", "quiet_until", "may_wake")
    at_once = NO if not choice.wants else YES if choice.of_what is AtOnce.ALL else AtOnce.MINE.value
    return {"at_once": at_once} | {name: getattr(choice, name) for name in names}


def _choice(form: Form) -> Choice:
    return Choice(
        wants=form["at_once"].data != NO,
        of_what=AtOnce.MINE if form["at_once"].data == AtOnce.MINE else AtOnce.ALL,
        from_severity=Severity(form["from_severity"].data),
        most_a_week=form["most_a_week"].data,
        quiet_from=form["quiet_from"].data,
        quiet_until=form["quiet_until"].data,
        may_wake=form["may_wake"].data,
    )


def _cadence_field(warp: Warp) -> wtforms.RadioField:
    settings = settings_of(warp)
    at = settings.digest_at.strftime("%H:%M")
    return wtforms.RadioField(
        _("%(warp)s digest", warp=warp.name),
        choices=choices(
            {
                Cadence.DAILY.value: _("Daily, at %(time)s", time=at),
                Cadence.WEEKLY.value: _("Once a week, on %(day)s", day=_day(settings.weekly_day)),
                Cadence.NEVER.value: _("Never"),
            }
        ),
        validators=[InputRequired(_("Choose how often this digest comes"))],
    )


def _day(number: int) -> str:
    days: tuple[str, ...] = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return days[number]
