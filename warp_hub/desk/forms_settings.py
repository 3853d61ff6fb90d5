"""What a WARP sets for itself, in groups: one form each, whose fields are called like the settings.

Bounds are the settings' own (`bounds_of`), so that the sentences and the rule cannot differ.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, ClassVar, Self

import wtforms
from babel.dates import get_day_names, get_month_names
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.memberships.reading import LONGEST_ADDRESS, Unreadable, read_address
from warp_hub.memberships.settings import (
    CLOSEST_RELEASES,
    LONGEST_WORDS,
    MOST_RELEASES_A_DAY,
    Cadence,
    WarpSettings,
    bounds_of,
    takes,
)
from warp_hub.memberships.warps import edition_of
from warp_hub.pages.bounded import OF_DAYS, TIME, time_of_day, whole_number
from warp_hub.pages.forms import Form, choices

CADENCES: Mapping[str, LazyString] = {
    Cadence.DAILY.value: _l("A daily digest"),
    Cadence.WEEKLY.value: _l("A weekly digest"),
    Cadence.NEVER.value: _l("No digest"),
}
YES, NO, EACH_THEIR_OWN = "yes", "no", ""
LANGUAGES = ("en", "cy")


class SettingsForm(Form):
    """Some settings of one WARP: `NAMES` are those it says, `seen` tells what the page showed."""

    TITLE: ClassVar[LazyString]
    INTRO: ClassVar[LazyString | None] = None
    NAMES: ClassVar[tuple[str, ...]]

    seen = wtforms.HiddenField()

    @classmethod
    def of(cls, settings: WarpSettings) -> Self:
        """Return the form filled with what is set now."""
        return cls(data=cls.shown(settings) | {"seen": edition_of(settings, cls.NAMES)})

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return {name: getattr(settings, name) for name in cls.NAMES}

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {name: self[name].data for name in self.NAMES}

    def rows(self) -> Iterable[tuple[str, wtforms.Form]]:
        """Return the rows of fields that follow the others, each with what it is called."""
        return ()

    def overtaken(self, settings: WarpSettings) -> None:
        """Keep what was typed and say that somebody else was there; sent once more, it counts."""
        self.seen.data = edition_of(settings, self.NAMES)
        self.form_errors.append(_("Somebody else changed these settings in the meantime. Check yours, and save again."))


def _words(label: LazyString, rows: int = 3, hint: LazyString | None = None) -> Any:
    too_long = _l("Enter no more than %(max)d characters")
    limit = Length(max=LONGEST_WORDS, message=too_long)
    return wtforms.TextAreaField(label, [limit], description=hint or "", render_kw={"rows": rows})


def _yes_or_no(label: LazyString, yes: LazyString, no: LazyString) -> Any:
    return wtforms.RadioField(label, [InputRequired(_l("Choose one"))], choices=choices({YES: yes, NO: no}))


class PublicPageForm(SettingsForm):
    """What the public page says, and whom it names."""

    TITLE = _l("Public page")
    INTRO = _l("Anybody can read this page.")
    NAMES = ("about", "contact_email", "contact_phone", "shows_clear_warnings")

    about_en = _words(_l("About your WARP, in two sentences"))
    about_cy = _words(_l("The same in Welsh"), hint=_l("Without it, Welsh readers are shown the English text."))
    contact_email = wtforms.EmailField(
        _l("E-mail address for questions"), [Length(max=LONGEST_ADDRESS)], render_kw={"spellcheck": False}
    )
    contact_phone = wtforms.TelField(_l("Telephone"), [Length(max=40)], render_kw={"classes": "govuk-input--width-20"})
    shows_clear_warnings = _yes_or_no(_l("Does the public page show TLP:CLEAR warnings?"), _l("Yes"), _l("No"))

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return super().shown(settings) | {
            **_by_language("about", settings.about),
            "shows_clear_warnings": YES if settings.shows_clear_warnings else NO,
        }

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {
            "about": _in_languages(self, "about"),
            "contact_email": (self.contact_email.data or "").strip(),
            "contact_phone": " ".join((self.contact_phone.data or "").split()),
            "shows_clear_warnings": self.shows_clear_warnings.data == YES,
        }

    def validate_contact_email(self, field: wtforms.Field) -> None:
        """Refuse what is no address."""
        try:
            if (field.data or "").strip():
                read_address(field.data)
        except Unreadable:
            raise wtforms.ValidationError(_("Enter an e-mail address like name@council.gov.uk")) from None


class JoiningForm(SettingsForm):
    """Who may join, what it costs, and what goes before."""

    TITLE = _l("Joining")
    NAMES = ("takes_applications", "who_may_join", "costs", "new_member_notice_days", "most_leads")

    takes_applications = _yes_or_no(
        _l("Can organisations apply on the public page?"), _l("Yes"), _l("No, we add them ourselves")
    )
    who_may_join_en = _words(_l("Who may join"))
    who_may_join_cy = _words(_l("Who may join, in Welsh"))
    costs_en = _words(
        _l("What it costs, and who pays"), hint=_l("For example, “Free for public bodies in Midshire, paid for by ...”")
    )
    costs_cy = _words(_l("What it costs, in Welsh"))
    new_member_notice_days = whole_number(
        _l("Working days of notice to members"),
        bounds_of("new_member_notice_days"),
        OF_DAYS,
        description=_l(
            "Members are told of a new organisation this long before it joins. 0 means that it joins at once."
        ),
    )
    most_leads = whole_number(_l("Main contacts for each organisation, at most"), bounds_of("most_leads"))

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return super().shown(settings) | {
            "takes_applications": YES if settings.takes_applications else NO,
            **_by_language("who_may_join", settings.who_may_join),
            **_by_language("costs", settings.costs),
        }

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {
            "takes_applications": self.takes_applications.data == YES,
            "who_may_join": _in_languages(self, "who_may_join"),
            "costs": _in_languages(self, "costs"),
            "new_member_notice_days": self.new_member_notice_days.data,
            "most_leads": self.most_leads.data,
        }


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
            "digest_days": tuple(sorted(int(day) for day in self.digest_days.data)),
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


class SigningInForm(SettingsForm):
    """By what whoever runs the WARP signs in."""

    TITLE = _l("Signing in")
    INTRO = _l(
        "With “passkey only”, coordinators who signed in another way come to the desk once they use a passkey. Those "
        "without one are asked to add one."
    )
    NAMES = ("coordinators_need_passkeys",)

    coordinators_need_passkeys = _yes_or_no(
        _l("How do coordinators sign in?"), _l("With a passkey only"), _l("With a passkey, or with password and code")
    )

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings."""
        return {"coordinators_need_passkeys": YES if settings.coordinators_need_passkeys else NO}

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        return {"coordinators_need_passkeys": self.coordinators_need_passkeys.data == YES}


def _by_language(name: str, words: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_{language}": words.get(language, "") for language in LANGUAGES}


def _in_languages(form: SettingsForm, name: str) -> dict[str, str]:
    typed = {language: " ".join((form[f"{name}_{language}"].data or "").split()) for language in LANGUAGES}
    return {language: words for language, words in typed.items() if words}


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
