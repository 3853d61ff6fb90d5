"""The form "Get fewer mails": one question for each WARP, one about immediate notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from wtforms.validators import InputRequired

from warp_hub.alerts import choices as alerts
from warp_hub.digests import subscriptions
from warp_hub.memberships.directory import warps_of
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import Cadence, settings_of
from warp_hub.pages.forms import Form, choices

AT_ONCE = "at_once"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Question:
    """One WARP's question in the form."""

    warp: Warp
    field: str


def form_for(person_id: UUID) -> tuple[Form, Sequence[Question]]:
    """Return the form of one person, filled with what holds now, and which field asks about which WARP."""
    questions = [Question(warp, f"cadence_{warp.slug}") for warp in warps_of(person_id)]
    fields = {one.field: _cadence_field(one.warp) for one in questions}
    fields[AT_ONCE] = _at_once_field()
    held: dict[str, str] = {one.field: subscriptions.cadence_of(person_id, one.warp) for one in questions}
    held[AT_ONCE] = YES if alerts.wants_alerts(person_id) else NO
    return type("MailsForm", (Form,), fields)(data=held), questions


def save(person_id: UUID, form: Form, questions: Sequence[Question]) -> None:
    """Keep what the form says."""
    for one in questions:
        subscriptions.choose(person_id, one.warp, Cadence(form[one.field].data))
    alerts.choose(person_id, wants=form[AT_ONCE].data == YES)


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


def _at_once_field() -> wtforms.RadioField:
    return wtforms.RadioField(
        _("Tell me at once when a warning says “Act today”"),
        choices=choices({YES: _("Yes, at most 5 a week"), NO: _("No, the digest is enough")}),
        validators=[InputRequired(_("Choose whether to be told at once"))],
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
