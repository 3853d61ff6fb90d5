"""My account → My systems: what one runs and follows, for oneself or for the organisation one leads."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from warp_hub.access import audience, visitor
from warp_hub.alerts import interests, matching, wording_interests
from warp_hub.alerts.forms_interests import form_for
from warp_hub.alerts.interests import Owner
from warp_hub.db import session

blueprint = Blueprint("interests", __name__)
blueprint.add_app_template_global(wording_interests.why_sentences, "why_sentences")


@blueprint.route("/account/interests", methods=["GET", "POST"])
@audience("signed-in")
def my_systems() -> ResponseReturnValue:
    """Say what one runs and follows oneself; whoever belongs nowhere any more meets what is not there."""
    return _list_of(Owner(person_id=visitor().viewer.person or abort(404)), "")


@blueprint.route("/account/interests/<uuid:organisation_id>", methods=["GET", "POST"])
@audience("full")
def our_systems(organisation_id: UUID) -> ResponseReturnValue:
    """Say what the organisation runs that one leads; anyone else meets what is not there."""
    led = {one.id: one.name for one in interests.led_by(visitor().viewer)}
    name = led.get(organisation_id) or abort(404)

    return _list_of(Owner(organisation_id=organisation_id), name)


def _list_of(owner: Owner, name: str) -> ResponseReturnValue:
    viewer = visitor().viewer
    held = interests.wanted_by(owner, viewer)
    form = form_for(held, matching.sources_met(viewer, held.sources))

    if form.validate_on_submit():
        interests.keep(owner, form.wanted(), viewer)
        session.commit()
        flash(wording_interests.saved(viewer), "success")
        return redirect(url_for("home.start"), 303)

    led = interests.led_by(viewer)
    status = 422 if form.errors else 200
    return render_template("alerts/interests.html", form=form, name=name, owner=owner, led=led, held=held), status
