"""What a WARP has set for itself, in words: a row for each setting, in the groups in which they are changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.dates import get_day_names, get_month_names
from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub.alerts.forms_answer_times import NATIONS
from warp_hub.desk.forms_schedules import CADENCES
from warp_hub.desk.forms_settings import LANGUAGES
from warp_hub.memberships.settings import WarpSettings
from warp_hub.pages.bounded import TIME

Value = str | list[str]
NOTHING = _l("Nothing yet")
TITLE_OF_ANSWERS = _l("When answers are due")


@dataclass(frozen=True)
class Group:
    """Settings that are changed on one page, whose endpoint is named: what each is called, and what it is now."""

    title: str
    endpoint: str
    rows: Sequence[tuple[str, Value]]


def groups_of(settings: WarpSettings) -> list[Group]:
    """Return what a WARP has set, in the order of its page."""
    return [
        Group(_("Public page"), "desk_settings.change_public_page", _public_page(settings)),
        Group(_("Joining"), "desk_settings.change_joining", _joining(settings)),
        Group(_("Yearly renewals"), "desk_settings.change_renewals", _renewals(settings)),
        Group(_("Digest"), "desk_settings.change_digest", _digest(settings)),
        Group(str(TITLE_OF_ANSWERS), "desk_answers.set_answer_times", _answers(settings)),
        Group(_("Incidents"), "desk_settings.change_incidents", _incidents(settings)),
        Group(_("Who to ring"), "desk_settings.change_contacts", _contacts(settings)),
        Group(_("Signing in"), "desk_settings.change_signing_in", _signing_in(settings)),
    ]


def _public_page(settings: WarpSettings) -> list[tuple[str, Value]]:
    shown = _("Shown") if settings.shows_clear_warnings else _("Not shown")
    return [
        (_("About your WARP"), _in_languages(settings.about)),
        (_("E-mail address for questions"), settings.contact_email or str(NOTHING)),
        (_("Telephone"), settings.contact_phone or str(NOTHING)),
        (_("TLP:CLEAR warnings"), shown),
    ]


def _joining(settings: WarpSettings) -> list[tuple[str, Value]]:
    return [
        (_("Applications on the public page"), _("Taken") if settings.takes_applications else _("Not taken")),
        (_("Who may join"), _in_languages(settings.who_may_join)),
        (_("What it costs, and who pays"), _in_languages(settings.costs)),
        (_("Notice to members before a new organisation joins"), _working_days(settings.new_member_notice_days)),
        (_("Main contacts for each organisation, at most"), str(settings.most_leads)),
    ]


def _renewals(settings: WarpSettings) -> list[tuple[str, Value]]:
    if settings.renewal_month is None:
        months = settings.renewal_every_months
        due = ngettext("%(num)d month after the last answer", "%(num)d months after the last answer", months)
    else:
        month = get_month_names("wide", locale=get_locale())[settings.renewal_month]
        due = _("Everybody by 1 %(month)s", month=month)
    reminded = _listed([str(days) for days in settings.renewal_remind_after_days])
    return [
        (_("Due"), due),
        (_("Asked"), _before(settings.renewal_ask_days)),
        (_("Reminded"), _("%(days)s days after being asked", days=reminded)),
        (_("Access ends"), _after_due(settings.renewal_grace_days)),
    ]


def _digest(settings: WarpSettings) -> list[tuple[str, Value]]:
    names, at = get_day_names("wide", locale=get_locale()), settings.digest_at.strftime(TIME)
    days = _listed([names[day] for day in settings.digest_days])
    return [
        (_("Daily digest"), _("%(days)s at %(at)s", days=days, at=at)),
        (_("Weekly digest"), _("%(days)s at %(at)s", days=names[settings.weekly_day], at=at)),
        (_("Members who have not chosen get"), str(CADENCES[settings.default_cadence.value])),
    ]


def _answers(settings: WarpSettings) -> list[tuple[str, Value]]:
    return [
        (_("Act today"), _working_days(settings.answer_days_act_today)),
        (_("This week and For information"), _working_days(settings.answer_days_this_week)),
        (_("Until, on the last day"), settings.answer_at.strftime(TIME)),
        (_("Working days of"), str(NATIONS[settings.nation.value])),
        (_("A question closes"), _after_due(settings.answers_close_after_days)),
    ]


def _incidents(settings: WarpSettings) -> list[tuple[str, Value]]:
    waits, kept = settings.release_alone_waits, settings.record_days
    return [
        (_("Go out on working days at"), _listed([at.strftime(TIME) for at in settings.release_at])),
        (_("A report waits, at least"), ngettext("%(num)d hour", "%(num)d hours", settings.release_hold_hours)),
        (
            _("One that would go out alone"),
            ngettext("Waits once for others", "Waits %(num)d times for others", waits),
        ),
        (
            _("The sealed record of who sent one is kept"),
            ngettext("%(num)d day", "%(num)d days", kept),
        ),
        (_("Smallest number of people or organisations shown"), str(settings.k)),
    ]


def _contacts(settings: WarpSettings) -> list[tuple[str, Value]]:
    told = [(one.name, list(filter(None, (one.what_for, one.phone, one.web)))) for one in settings.urgent_contacts]
    return [*told] or [(_("Contacts"), str(NOTHING))]


def _signing_in(settings: WarpSettings) -> list[tuple[str, Value]]:
    by = _("With a passkey only") if settings.coordinators_need_passkeys else _("With a passkey, or password and code")
    return [(_("Coordinators sign in"), by)]


def _in_languages(words: Mapping[str, str]) -> Value:
    return [words[language] for language in LANGUAGES if words.get(language)] or str(NOTHING)


def _working_days(number: int) -> str:
    return str(ngettext("%(num)d working day", "%(num)d working days", number) if number else _("None"))


def _before(days: int) -> str:
    return str(ngettext("%(num)d day before", "%(num)d days before", days))


def _after_due(days: int) -> str:
    return str(ngettext("%(num)d day after the due date", "%(num)d days after the due date", days))


def _listed(words: Sequence[str]) -> str:
    locale = str(get_locale() or "en")
    return str(format_list(list(words), locale="en_GB" if locale == "en" else locale))
