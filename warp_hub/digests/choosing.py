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
from warp_hub.pages.forms import Form

AT_ONCE = "at_once"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Choice:
    """One WARP's question in the form."""

    warp: Warp
    field: str


def form_for(person_id: UUID) -> tuple[Form, Sequence[Choice]]:
    """Return the form of one person, filled with what holds now, and which field asks about which WARP."""
    choices = [Choice(warp, f"cadence_{number}") for number, warp in enumerate(warps_of(person_id))]
    fields = {choice.field: _cadence_field(choice.warp) for choice in choices}
    fields[AT_ONCE] = _at_once_field()
    held: dict[str, str] = {choice.field: subscriptions.cadence_of(person_id, choice.warp) for choice in choices}
    held[AT_ONCE] = YES if alerts.wants_alerts(person_id) else NO
    return type("MailsForm", (Form,), fields)(data=held), choices


def save(person_id: UUID, form: Form, choices: Sequence[Choice]) -> None:
    """Keep what the form says."""
    for choice in choices:
        subscriptions.choose(person_id, choice.warp, Cadence(form[choice.field].data))
    alerts.choose(person_id, wants=form[AT_ONCE].data == YES)


def _cadence_field(warp: Warp) -> wtforms.RadioField:
    settings = settings_of(warp)
    at = settings.digest_at.strftime("%H:%M")
    return wtforms.RadioField(
        _("%(warp)s digest", warp=warp.name),
        choices=[
            (Cadence.DAILY.value, _("Daily, at %(time)s", time=at)),
            (Cadence.WEEKLY.value, _("Once a week, on %(day)s", day=_day(settings.weekly_day))),
            (Cadence.NEVER.value, _("Never")),
        ],
        validators=[InputRequired(_("Choose how often this digest comes"))],
    )


def _at_once_field() -> wtforms.RadioField:
    return wtforms.RadioField(
        _("Tell me at once when a warning says “Act today”"),
        choices=[(YES, _("Yes, at most 5 a week")), (NO, _("No, the digest is enough"))],
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
