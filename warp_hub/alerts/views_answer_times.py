"""How long a WARP's members have to answer "Does this affect you?", set by whoever runs it for good."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.alerts.forms_answer_times import AnswerTimesForm, as_it_is
from warp_hub.db import session
from warp_hub.memberships import authority
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.memberships.warps import change_settings, find_warp

blueprint = Blueprint("desk_answers", __name__, url_prefix="/desk/answers")


@blueprint.route("/<slug>", methods=["GET", "POST"])
@access.audience("coordinator")
def set_answer_times(slug: str) -> ResponseReturnValue:
    """Say how long members have to answer; questions that were asked keep the day they were asked for."""
    warp = _mine(slug)
    form = AnswerTimesForm(data=as_it_is(settings_of(warp)))
    if not form.validate_on_submit():
        return render_template("alerts/answer_times.html", form=form, warp=warp)

    change_settings(warp, visitor().person, **form.said())
    session.commit()

    flash(_("Saved. It counts for what is asked from now on."), "success")
    return redirect(url_for(".set_answer_times", slug=slug), 303)


def _mine(slug: str) -> Warp:
    """Return a WARP that whoever asks runs for good: a stand-in decides what waits, not how it goes on."""
    warp, me = find_warp(slug), visitor().person
    if warp is None or me is None or not authority.runs_for_good(me, warp.id):
        abort(404)
    return warp
