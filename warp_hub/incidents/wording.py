"""The words and marks that the pages of this room need; installed on the blueprint's app."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import current_app, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub import text
from warp_hub.access import visitor
from warp_hub.custody.promises import CHOICES, NOT_OFFERED, TEXTS, Promise
from warp_hub.incidents import telling
from warp_hub.incidents.draft import OURS, Draft
from warp_hub.incidents.filing import MARKINGS
from warp_hub.incidents.forms import PAPS
from warp_hub.incidents.models import SharedIncident
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import Contact, settings_of
from warp_hub.pages import labels, values
from warp_hub.stix import IndicatorValue

WHY_NOT = {
    Promise.SEALED: _l("Not offered: this hub cannot yet make two of three key holders act together."),
    Promise.NO_RECORD: _l("Not offered: this hub has no reply code yet, so nobody could ask you anything."),
}


STATES = {
    ReportState.WAITING: _l("Reports to review"),
    ReportState.APPROVED: _l("Approved, going out"),
    ReportState.RELEASED: _l("Went out"),
    ReportState.DECLINED: _l("Not passed on"),
}


def words() -> dict[str, Any]:
    """Return what the templates of this room call."""
    return {
        "incident_headings": telling.HEADINGS,
        "incident_groups": grouped,
        "incident_limits": limits_of,
        "incident_source": source_of,
        "promise_options": promise_options,
        "promise_words": lambda promise: CHOICES[promise],
        "promise_text": lambda promise: TEXTS[promise],
        "record_link": record_link,
        "our_contacts": our_contacts,
        "shown_texts": shown_texts,
        "label_hints": lambda: {marking.value: labels.may_do(marking) for marking in MARKINGS},
        "is_coordinator": lambda: bool(visitor().coordinates),
        "report_state_words": lambda state: STATES[state],
        "report_facts": report_facts,
        "month_words": month_words,
    }


def grouped(found: Iterable[IndicatorValue]) -> list[tuple[str, str, list[str]]]:
    """Return values as (name of the group, its words, the values written so that nobody opens one)."""
    listed = list(found)
    groups = [
        (name, words, [one for one in listed if one.kind.value.startswith(name)])
        for name, words in values.GROUPS.items()
    ]
    return [(name, str(words), [text.defang(one.value) for one in held]) for name, words, held in groups if held]


def limits_of(of: labels.Limited) -> list[str]:
    """Return what is asked for beside the label, in the language of the page."""
    return labels.limits_of(of, paps=PAPS)


def source_of(incident: SharedIncident, warp_name: str) -> str:
    """Return who tells this: the WARP for a member, or the organisation that wished to be named."""
    if incident.named:
        return str(_("%(organisation)s, through %(warp)s", organisation=incident.named, warp=warp_name))
    return str(_("%(warp)s, on behalf of a member", warp=warp_name))


def promise_options(offered: bool, chosen: str) -> list[dict[str, Any]]:
    """Return the four ways to be protected as radios are drawn; those not to be had say why.

    Nothing is chosen for anybody where their name would be shown.
    """
    chosen = chosen or (Promise.ANONYMISED.value if offered else "")
    why = dict(WHY_NOT) if offered else {**WHY_NOT, Promise.ANONYMISED: NOT_OFFERED}
    return [
        {
            "value": promise.value,
            "text": str(CHOICES[promise]),
            "hint": {"text": str(why[promise] if promise in why else TEXTS[promise])},
            "disabled": promise in why,
            "checked": promise.value == chosen and promise not in why,
        }
        for promise in Promise
    ]


def contacts(warps: Sequence[Warp]) -> list[Contact]:
    """Return whom to ring while it happens, the same one once."""
    return list(dict.fromkeys(contact for warp in warps for contact in settings_of(warp).urgent_contacts))


def our_contacts(warps: Sequence[Warp]) -> list[tuple[str, str, str]]:
    """Return how to reach the coordinators of these WARPs: (name of the WARP, telephone, e-mail address)."""
    held = ((warp.name, settings_of(warp)) for warp in warps)
    return [
        (name, has.contact_phone, has.contact_email) for name, has in held if has.contact_phone or has.contact_email
    ]


def shown_texts(draft: Draft) -> dict[str, str]:
    """Return the headings of the texts that a reporter looks at, and of the addresses that look like their own."""
    texts = {part: str(heading) for part, heading in telling.HEADINGS.items() if draft.checked.texts[part]}
    return texts | ({OURS: str(_("Addresses that look like yours"))} if draft.checked.texts[OURS] else {})


def report_facts(report: Report) -> list[str]:
    """Return the small print of a report in a list."""
    return [str(CHOICES[report.promise]), *([report.organisation_name] if report.organisation_name else [])]


def month_words(month: str) -> str:
    """Return "December 2026" for what is stored as 2026-12."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "MMMM y"))


def record_link(item_id: object, promise: str) -> str:
    """Return where the record of who sent a report is opened; nothing where there is none to open."""
    if promise == Promise.NAMED or "custody.open_record" not in current_app.view_functions:
        return ""
    return url_for("custody.open_record", record_id=item_id)
