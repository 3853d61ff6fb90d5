"""Reporting an incident: six screens over one form, of which nothing is kept until it is sent.

No view here notes who came or when. What is sent is answered in the same way whatever it says.
"""

from collections.abc import Collection
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from warp_hub import access, clock
from warp_hub.access import visitor
from warp_hub.custody import holders
from warp_hub.db import session
from warp_hub.incidents import filing, places, slots, wording
from warp_hub.incidents.draft import FIELDS, SCREENS, SENT, Draft
from warp_hub.incidents.forms import ReportForm
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import URGENT_CONTACTS, settings_of
from warp_hub.pages.checking import together

blueprint = Blueprint("report", __name__)

HEADINGS = {
    "now": _l("Is it happening now?"),
    "promise": _l("How should we protect who you are?"),
    "what": _l("What happened"),
    "addresses": _l("Addresses and files"),
    "seen": _l("See what members will see"),
    "check": _l("Check your answers"),
}


@blueprint.get("/report")
@access.audience("full")
@access.without_trace
def report_incident() -> str:
    """Begin a report: first of all, whom to ring."""
    return _screen("now", _own(ReportForm(formdata=None)))


@blueprint.post("/report")
@access.audience("full")
@access.without_trace
def file_report() -> ResponseReturnValue:
    """Go from screen to screen with all that was typed, and send it from the last."""
    return _turn(_own(ReportForm()), url_for("report.sent"))


@blueprint.get("/report/sent")
@access.audience("full")
@access.without_trace
def sent() -> str:
    """Say what happens with a report that was sent."""
    return _sent(places.warps_named(_warps_of(_own_places())))


@blueprint.get("/desk/reports/new")
@access.audience("coordinator")
@access.without_trace
def enter_report() -> str:
    """Begin to write down what somebody reports by telephone, under the same promises."""
    return _screen("now", _by_phone(ReportForm(formdata=None)))


@blueprint.post("/desk/reports/new")
@access.audience("coordinator")
@access.without_trace
def file_for_caller() -> ResponseReturnValue:
    """Go from screen to screen, and send it for whoever rang."""
    return _turn(_by_phone(ReportForm()), url_for("report.sent_for_caller"))


@blueprint.get("/desk/reports/new/sent")
@access.audience("coordinator")
@access.without_trace
def sent_for_caller() -> str:
    """Say what happens with a report that was written down."""
    return _sent(places.warps_named(visitor().coordinates))


def _turn(draft: Draft, then: str) -> ResponseReturnValue:
    screen = request.form.get("screen", "")
    if screen not in SCREENS or not (draft.places or draft.by_phone):
        abort(404)
    to = draft.turn(screen, request.form.get("go", "next"))
    if to != SENT:
        return _screen(to, draft)

    assert draft.place is not None
    try:
        filing.file_report(draft.answers(), draft.place, draft.form.sending.data)
    except filing.NotOffered:  # a key holder left this very moment
        return _screen("promise", draft)
    session.commit()
    return redirect(then, 303)


def _screen(screen: str, draft: Draft) -> str:
    if not filing.is_sending(draft.form.sending.data or ""):
        draft.form.sending.data = filing.new_sending()
    warps = places.warps_named(_warps_of(draft.places) or visitor().coordinates)
    shown = (*FIELDS.get(screen, ()), *(("what", "noticed", "impact", "helped") if screen in ("seen", "check") else ()))
    return render_template(
        f"incidents/report_{screen}.html",
        screen=screen,
        number=SCREENS.index(screen) + 1,
        heading=HEADINGS[screen],
        draft=draft,
        report=draft.form,
        form=together(draft.form, draft.checked) if screen == "seen" else draft.form,
        carried=[name for name in draft.form._fields if name not in (*shown, "csrf_token", "indicators")],
        warps=warps,
        contacts=wording.contacts(warps) or URGENT_CONTACTS,
        offered=any(holders.is_offered(warp.id) for warp in warps),
    )


def _sent(warps: Collection[Warp]) -> str:
    at = [(warp.name, slots.may_go_out(settings_of(warp), clock.now())) for warp in warps]
    return render_template("incidents/report_sent.html", earliest=at)


def _own_places() -> list[places.Place]:
    person = visitor().person
    assert person is not None
    return places.places_of(person)


def _own(form: ReportForm) -> Draft:
    return Draft(form, _own_places(), request.form)


def _by_phone(form: ReportForm) -> Draft:
    called = places.places_of_caller(form.rang.data or "", visitor().coordinates) if form.rang.data else []
    return Draft(form, called, request.form, by_phone=True)


def _warps_of(found: Collection[places.Place]) -> set[UUID]:
    return {place.warp_id for place in found}
