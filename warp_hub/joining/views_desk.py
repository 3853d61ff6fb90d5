"""Applications as coordinators decide them."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.joining import desk
from warp_hub.joining.desk import Seen
from warp_hub.joining.desk_forms import APPROVE, REFUSE, SAID, DecisionForm
from warp_hub.memberships import deciding
from warp_hub.memberships.authority import NotTheirs

blueprint = Blueprint("desk_joining", __name__, url_prefix="/desk/applications")


@blueprint.route("/<uuid:application_id>", methods=["GET", "POST"])
@access.audience("coordinator")
def decide_application(application_id: UUID) -> ResponseReturnValue:
    """Show what an applicant told, and decide it; whoever comes second is told what the first decided."""
    seen = _seen(application_id)
    form = DecisionForm().about(seen.application, seen.check, has_lead=seen.has_lead)
    if not seen.is_open or not seen.may_decide or not form.validate_on_submit():
        return _page(seen, form, 409 if form.is_submitted() and not seen.is_open else None)

    try:
        _decide(seen, form)
    except deciding.Overtaken:
        return _overtaken(application_id, form)
    except deciding.ShutOut:
        form.decision.errors = [_("The person or the organisation is suspended here. Undo that first, or refuse.")]
        return _page(seen, form)
    session.commit()

    flash(SAID[form.decision.data], "success")
    return redirect(url_for("desk.list_applications"), 303)


def _decide(seen: Seen, form: DecisionForm) -> None:
    asked = (seen.application.id, desk.read_moment(form.as_of.data))
    me = visitor().person
    try:
        if form.decision.data == APPROVE:
            deciding.approve(*asked, form.approval(seen.check), form.words(), me)
        elif form.decision.data == REFUSE:
            deciding.refuse(*asked, form.words(), me)
        else:
            deciding.ask_for_more(*asked, form.words(), me)
    except NotTheirs:
        abort(404)


def _overtaken(application_id: UUID, form: DecisionForm) -> ResponseReturnValue:
    """Show what it has become, with what was typed, to be sent again where something is left to decide."""
    session.rollback()
    seen = _seen(application_id)
    form.as_of.data = seen.application.changed_at.isoformat()
    return _page(seen, form, 409)


def _seen(application_id: UUID) -> Seen:
    return desk.find(application_id, visitor().coordinates, visitor().person) or abort(404)


def _page(seen: Seen, form: DecisionForm, status: int | None = None) -> ResponseReturnValue:
    is_late = status == 409
    page = render_template("joining/decide.html", seen=seen, form=form, is_late=is_late, approve=APPROVE)
    return page, status or (422 if form.errors else 200)
