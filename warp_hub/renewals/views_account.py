"""Leaving the hub, and having a copy of one's own data."""

from flask import Blueprint, Response, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.memberships import away, leaving, people
from warp_hub.memberships.authority import LastCoordinator
from warp_hub.renewals import own_data
from warp_hub.renewals.forms import LeaveForm, NothingForm

blueprint = Blueprint("renewals_account", __name__)
BY_HAND = ("password", "full")


@blueprint.route("/account/leave", methods=["GET", "POST"])
@access.audience("signed-in")
def leave() -> ResponseReturnValue:
    """Let somebody go at their own wish; a reader by mail too, whoever has a password gives it once more.

    Whoever ever signed in fully does so for this: neither their mail nor their password alone ends their place.
    """
    me = visitor().person or abort(404)
    if visitor().proof != "full" and away.ever_signed_in(me):
        return access.elsewhere("signin.second_step")
    if visitor().proof in BY_HAND and not visitor().fresh:
        return access.elsewhere("signin.prove_again")
    person = people.find_person(me) or abort(404)
    form = LeaveForm(person.email)
    if not form.validate_on_submit():
        return render_template("renewals/leave.html", form=form), 422 if form.errors else 200

    try:
        leaving.leave(person, by=person.id)
    except LastCoordinator as last:
        session.rollback()
        form.email.errors = [_("Nobody else runs %(warp)s. Have somebody appointed first.", warp=str(last))]
        return render_template("renewals/leave.html", form=form), 422
    session.commit()

    flash(_("You have left. Your access and your mail have ended."), "success")
    return redirect("/", 303)


@blueprint.route("/account/data", methods=["GET", "POST"])
@access.audience("fresh")
def export_my_data() -> ResponseReturnValue:
    """Hand somebody a copy of what the hub has of them, made at once; a password alone is not enough for all of it."""
    me = visitor().person or abort(404)
    form = NothingForm()
    if not form.validate_on_submit():
        return render_template("renewals/data.html", form=form)

    packed = own_data.packed(me)
    session.commit()

    answer = Response(packed, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
