"""What happens when in a WARP, as it sets it for itself: yearly renewals, digests, incidents."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import wtforms
from babel.dates import get_day_names, get_month_names
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from warp_hub.desk.forms_settings import SettingsForm
from warp_hub.memberships.settings import (
    CLOSEST_RELEASES,
    MOST_RELEASES_A_DAY,
    Cadence,
    WarpSettings,
    bounds_of,
    takes,
)
from warp_hub.pages.bounded import OF_DAYS, TIME, time_of_day, whole_number
from warp_hub.pages.forms import choices

CADENCES: Mapping[str, LazyString] = {
    Cadence.DAILY.value: _l("A daily digest"),
    Cadence.WEEKLY.value: _l("A weekly digest"),
    Cadence.NEVER.value: _l("No digest"),
}
EACH_THEIR_OWN = ""


class RenewalsForm(SettingsForm):
    """When people are asked whether they are still there, and how long they have."""

    TITLE = _l("Yearly renewals")
    INTRO = _l(
        "Each person confirms their mailbox, and each main contact confirms their people. People in several WARPs get "
        "the longest time that any of them gives."
    )
    NAMES = (
        "renewal_month",
        "renewal_every_months",
        "renewal_ask_days",
        "renewal_remind_after_days",
        "renewal_grace_days",
    )

    renewal_month = wtforms.SelectField(
        _l("On the first day of which month is everybody’s answer due?"),
        choices=lambda: choices(_months()),
        validate_choice=True,
    )
    renewal_every_months = whole_number(
        _l("Without a fixed month: how many months after the last answer?"), bounds_of("renewal_every_months")
    )
    renewal_ask_days = whole_number(
        _l("How many days before that are they asked?"), bounds_of("renewal_ask_days"), OF_DAYS
    )
    renewal_remind_after_days = wtforms.StringField(
        _l("How many days after being asked are they reminded?"),
        [InputRequired(_l("Enter one or more numbers of days"))],
        description=_l("One to three numbers, at least a week apart, such as 14, 28"),
        render_kw={"classes": "govuk-input--width-10", "autocomplete": "off"},
    )
    renewal_grace_days = whole_number(
        _l("How many days after the due date does access end?"), bounds_of("renewal_grace_days"), OF_DAYS
    )

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return super().shown(settings) | {
            "renewal_month": str(settings.renewal_month or EACH_THEIR_OWN),
            "renewal_remind_after_days": ", ".join(map(str, settings.renewal_remind_after_days)),
        }

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        month = self.renewal_month.data
        return super().said() | {
            "renewal_month": int(month) if month else None,
            "renewal_remind_after_days": _numbers(self.renewal_remind_after_days.data),
        }

    def validate_renewal_remind_after_days(self, field: wtforms.Field) -> None:
        """Refuse what is no list of days, and days too close to each other."""
        if not takes("renewal_remind_after_days", _numbers(field.data)):
            raise wtforms.ValidationError(
                _("Enter one to three numbers of days, at least a week apart, such as 14, 28")
            )


class DigestForm(SettingsForm):
    """On which days the digest goes out, when, and to whom who chose nothing."""

    TITLE = _l("Digest")
    INTRO = _l("Nothing is sent when nothing is new. Members can choose something else for themselves.")
    NAMES = ("digest_days", "digest_at", "weekly_day", "default_cadence")

    digest_days = wtforms.SelectMultipleField(
        _l("On which days does the daily digest go out?"),
        [InputRequired(_l("Choose one day or more"))],
        choices=lambda: choices(_weekdays()),
        render_kw={"small": True},
    )
    digest_at = time_of_day(_l("At what time?"))
    weekly_day = wtforms.SelectField(
        _l("On which day does the weekly digest go out?"), choices=lambda: choices(_weekdays())
    )
    default_cadence = wtforms.RadioField(
        _l("What do members get if they have not chosen?"),
        [InputRequired(_l("Choose one"))],
        choices=choices(CADENCES),
    )

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return {
            "digest_days": [str(day) for day in settings.digest_days],
            "digest_at": settings.digest_at,
            "weekly_day": str(settings.weekly_day),
            "default_cadence": settings.default_cadence.value,
        }

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {
            "digest_days": tuple(sorted({int(day) for day in self.digest_days.data})),
            "digest_at": self.digest_at.data,
            "weekly_day": int(self.weekly_day.data),
            "default_cadence": Cadence(self.default_cadence.data),
        }


class IncidentsForm(SettingsForm):
    """When incidents go out, how long it is kept who sent one, and below what number none is shown."""

    TITLE = _l("Incidents")
    INTRO = _l("The fewer times a day incidents go out, the less the time says about who sent one.")
    NAMES = ("release_at", "release_hold_hours", "release_alone_waits", "record_days", "k")

    release_at = wtforms.StringField(
        _l("At what times do incidents go out on working days?"),
        [InputRequired(_l("Enter one or more times"))],
        description=_l(
            "Up to %(most)s times, at least %(hours)s hours apart, such as 10:00, 15:00",
            most=MOST_RELEASES_A_DAY,
            hours=CLOSEST_RELEASES.seconds // 3600,
        ),
        render_kw={"classes": "govuk-input--width-20", "autocomplete": "off"},
    )
    release_hold_hours = whole_number(
        _l("How many hours does a report wait, at least?"), bounds_of("release_hold_hours")
    )
    release_alone_waits = whole_number(
        _l("If only one incident would go out, how many times does it wait for others?"),
        bounds_of("release_alone_waits"),
    )
    record_days = whole_number(
        _l("For how many days is the sealed record kept of who sent a report?"),
        bounds_of("record_days"),
        OF_DAYS,
        description=_l("Only key holders can open it. It is destroyed after that time, counted in weeks."),
    )
    k = whole_number(_l("What is the smallest number of people or organisations that is shown?"), bounds_of("k"))

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return super().shown(settings) | {"release_at": ", ".join(at.strftime(TIME) for at in settings.release_at)}

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return super().said() | {"release_at": _times(self.release_at.data)}

    def validate_release_at(self, field: wtforms.Field) -> None:
        """Refuse what are no times, too many of them, and times too close to each other."""
        if not takes("release_at", _times(field.data)):
            raise wtforms.ValidationError(
                _(
                    "Enter up to %(most)s times, at least %(hours)s hours apart, such as 10:00, 15:00",
                    most=MOST_RELEASES_A_DAY,
                    hours=CLOSEST_RELEASES.seconds // 3600,
                )
            )


def _numbers(typed: str) -> tuple[int, ...] | None:
    try:
        return tuple(sorted(int(one) for one in typed.replace(",", " ").split()))
    except ValueError:
        return None


def _times(typed: str) -> tuple[time, ...] | None:
    try:
        return tuple(sorted(datetime.strptime(one, TIME).time() for one in typed.replace(",", " ").split()))  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        return None


def _months() -> dict[str, str]:
    names = get_month_names("wide", locale=get_locale())
    own = {EACH_THEIR_OWN: _("No fixed month")}
    return own | {str(month): names[month] for month in range(1, 13)}


def _weekdays() -> dict[str, str]:
    names = get_day_names("wide", locale=get_locale())
    return {str(day): names[day] for day in range(7)}
