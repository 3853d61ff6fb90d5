"""Who stands in while a coordinator is away."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.desk.forms import StandInForm
from warp_hub.memberships import authority, stand_ins
from warp_hub.memberships.models import Warp
from warp_hub.memberships.warps import find_warp

blueprint = Blueprint("desk_stand_in", __name__, url_prefix="/desk/stand-in")


@blueprint.route("/<slug>", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def choose_stand_in(slug: str) -> ResponseReturnValue:
    """Name who stands in, and until when."""
    warp, me = _mine(slug)
    form = StandInForm().offer(stand_ins.candidates(warp.id, me))
    if not form.validate_on_submit() or not _is_named(form, warp, me):
        return render_template("desk/stand_in.html", form=form, warp=warp, standing=_standing(warp), me=me)
    session.commit()

    flash(_("Both of you get a letter about it."), "success")
    return redirect(url_for("desk.whats_waiting"), 303)


@blueprint.post("/<slug>/end")
@access.audience("coordinator")
@access.freshly_proved
def end_stand_in(slug: str) -> ResponseReturnValue:
    """End a stand-in before its day."""
    warp, me = _mine(slug)
    for one in _standing(warp):
        if one.stand_in.coordinator_id == me:
            stand_ins.end(one.stand_in, me)
    session.commit()

    flash(_("Nobody stands in for you any more."), "success")
    return redirect(url_for("desk.whats_waiting"), 303)


def _is_named(form: StandInForm, warp: Warp, me: UUID) -> bool:
    """Name who was chosen; say so at the field where they left, or the day passed, since the page was shown."""
    try:
        stand_ins.name(me, warp, UUID(form.person.data), form.until)
    except stand_ins.NotEligible:
        form.person.errors = [_("This person cannot stand in any more")]
        return False
    return True


def _mine(slug: str) -> tuple[Warp, UUID]:
    """Return a WARP that whoever asks runs for good, and who they are: a stand-in names nobody."""
    warp, me = find_warp(slug), visitor().person
    if warp is None or me is None or not authority.runs_for_good(me, warp.id):
        abort(404)
    return warp, me


def _standing(warp: Warp) -> list[stand_ins.Standing]:
    return list(stand_ins.standing([warp.id]))
