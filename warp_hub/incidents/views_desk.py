"""A coordinator's reports: what waits, and one of them, without its author."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, clock
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.incidents import indicators, places, review, slots
from warp_hub.incidents.forms import DeclineForm, ReviewForm
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.memberships.settings import settings_of
from warp_hub.pages import paging
from warp_hub.pages.forms import Form, choices
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.tlp import Marking

blueprint = Blueprint("desk_reports", __name__, url_prefix="/desk/reports")


@blueprint.get("")
@access.audience("coordinator")
def list_reports() -> str:
    """List the reports in one state, those to review first of all."""
    asked = request.args.get("show", "")
    state = ReportState(asked) if asked in set(ReportState) else ReportState.WAITING
    place = paging.asked_place(request.args)
    found = review.select_reports(visitor().viewer, state)
    rows = session.scalars(paging.turn_to(found, Report.not_before, Report.record_id, place)).all()
    page = paging.cut(rows, place, lambda report: (report.not_before, report.record_id))

    return render_template("incidents/reports.html", page=page, state=state, states=list(ReportState))


@blueprint.get("/<uuid:record_id>")
@access.audience("coordinator")
def review_report(record_id: UUID) -> str:
    """Show a report as members will see it, and what can be done about it."""
    return _page(_report(record_id))


@blueprint.post("/<uuid:record_id>")
@access.audience("coordinator")
def change_report(record_id: UUID) -> ResponseReturnValue:
    """Save the words, and let the report go out where that was asked."""
    report, form = _report(record_id), ReviewForm()
    form.marking.choices = _labels(report)
    is_approved = request.form.get("go") == "approve"
    is_valid = form.validate_on_submit()
    if not is_valid or (is_approved and not form.is_fully_checked()):
        return _page(report, review_form=form)

    try:
        review.edit(report, form.title.data, form.texts(), _values(form), Marking(form.marking.data))
        if is_approved:
            review.approve(report, visitor().viewer)
    except review.NotWaiting:
        abort(409)
    session.commit()
    flash(_("It goes out on its own.") if is_approved else _("Saved."), "success")
    return redirect("/desk/reports" if is_approved else url_for("desk_reports.review_report", record_id=record_id), 303)


@blueprint.post("/<uuid:record_id>/decline")
@access.audience("coordinator")
def decline(record_id: UUID) -> ResponseReturnValue:
    """Pass a report on to nobody."""
    report, form = _report(record_id), DeclineForm()
    if not form.validate_on_submit():
        return _page(report, decline_form=form)

    _decided(lambda: review.decline(report, form.reason.data, visitor().viewer))
    flash(_("It is not passed on. The reason is kept with it for a month."), "success")
    return redirect("/desk/reports", 303)


@blueprint.post("/<uuid:record_id>/take-back")
@access.audience("coordinator")
def take_back(record_id: UUID) -> ResponseReturnValue:
    """Have another look at a report that was approved."""
    report = _report(record_id)

    _decided(lambda: review.take_back(report, visitor().viewer))
    flash(_("It waits for your review again."), "success")
    return redirect(url_for("desk_reports.review_report", record_id=record_id), 303)


def _page(report: Report, **forms: Form) -> str:
    (warp,) = places.warps_named([report.warp_id])
    settings = settings_of(warp)
    earliest = max(clock.now(), report.not_before)
    return render_template(
        "incidents/review.html",
        report=report,
        warp=warp,
        values=[IndicatorValue(IndicatorKind(one["kind"]), one["value"]) for one in report.indicators],
        goes_out=slots.first_at_or_after(settings, earliest),
        review_form=forms.get("review_form") or _filled(report),
        decline_form=forms.get("decline_form") or DeclineForm(formdata=None),
        form=next(iter(forms.values()), None),
    )


def _filled(report: Report) -> ReviewForm:
    lines = "\n".join(one["value"] for one in report.indicators)
    held: dict[str, Any] = {**report.texts, "indicators": lines, "marking": report.marking.value}
    form = ReviewForm(formdata=None, title=report.title, **held)
    form.marking.choices = _labels(report)
    return form


def _labels(report: Report) -> list[Any]:
    return choices({one.value: one.value for one in review.labels_from(report.marking)})


def _values(form: ReviewForm) -> tuple[IndicatorValue, ...]:
    return indicators.parse(indicators.lines_of(form.indicators.data or "")).values


def _report(record_id: UUID) -> Report:
    return review.find_report(record_id, visitor().viewer) or abort(404)


def _decided(decide: Any) -> None:
    try:
        decide()
    except review.NotWaiting:
        abort(409)
    session.commit()
