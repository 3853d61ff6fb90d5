"""What a WARP sets for itself, in groups: one form each, whose fields are called like the settings.

Bounds are the settings' own (`bounds_of`), so that the sentences and the rule cannot differ.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

import wtforms
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.memberships.reading import LONGEST_ADDRESS, Unreadable, read_address
from warp_hub.memberships.settings import (
    LONGEST_WORDS,
    WarpSettings,
    bounds_of,
)
from warp_hub.memberships.warps import edition_of
from warp_hub.pages.bounded import OF_DAYS, whole_number
from warp_hub.pages.forms import Form, choices
from warp_hub.text.characters import visible

YES, NO = "yes", "no"
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
            "contact_phone": without_tricks(self.contact_phone),
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


def without_tricks(field: wtforms.Field) -> str:
    """Return what was typed, on one line; what would hide in it or turn it round can be seen."""
    return " ".join(visible(field.data or "").split())


def _in_languages(form: SettingsForm, name: str) -> dict[str, str]:
    typed = {language: without_tricks(form[f"{name}_{language}"]) for language in LANGUAGES}
    return {language: words for language, words in typed.items() if words}
