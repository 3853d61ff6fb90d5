"""What must be accepted before the next read: what it is, who may accept it, accepting it."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.joining import wording
from warp_hub.joining.agreement_forms import AcceptForm
from warp_hub.memberships import agreements, away
from warp_hub.memberships.agreements import Demand
from warp_hub.memberships.people import find_person
from warp_hub.memberships.viewers import Proof
from warp_hub.pages.components import trusted
from warp_hub.pages.redirects import local_path

blueprint = Blueprint("joining_agreement", __name__, url_prefix="/agreement")


@blueprint.get("")
@access.audience("signed-in")
def list_agreements() -> str:
    """Say what must be accepted and by whom, what is coming, and what was accepted."""
    me, onward = _me(), local_path(request.args.get("next"))
    found = {"now": agreements.demands(me), "coming": agreements.coming(me), "accepted": agreements.accepted(me)}
    words = {"name_of": wording.warp_name, "words_of": wording.in_language, "cleaned": trusted}
    return render_template("joining/agreements.html", **found, **words, onward=onward, later=_later(onward))


@blueprint.route("/<uuid:agreement_id>/<uuid:organisation_id>", methods=["GET", "POST"])
@access.audience("signed-in")
def accept_agreement(agreement_id: UUID, organisation_id: UUID) -> ResponseReturnValue:
    """Show an agreement, and accept it for one's organisation."""
    demand = _demand(agreement_id, organisation_id)
    form, proof_is_enough = AcceptForm().worded_for(demand), _is_proved(demand)
    if not proof_is_enough or not form.validate_on_submit():
        return _page(demand, form, proof_is_enough)

    person = find_person(_me()) or abort(404)
    agreements.accept(demand.agreement, demand.organisation, person)
    session.commit()

    flash(_("Accepted for %(name)s.", name=demand.organisation.name), "success")
    return redirect(local_path(request.args.get("next")), 303)


def _demand(agreement_id: UUID, organisation_id: UUID) -> Demand:
    """Return what this person may accept: found by their own posts, never by what the address says alone."""
    asked = [*agreements.demands(_me()), *agreements.coming(_me())]
    wanted = (agreement_id, organisation_id)
    return next((one for one in asked if (one.agreement.id, one.organisation.id) == wanted), None) or abort(404)


def _is_proved(demand: Demand) -> bool:
    """Say whether the session proves enough to bind an organisation.

    Whoever came by an invitation has chosen a password a moment ago and sets up the second step after this; a change
    of the agreement is accepted by somebody who signed in fully, and so is any by who ever did.
    """
    proof = visitor().proof
    return proof == Proof.FULL or (proof == Proof.PASSWORD and demand.is_first and not away.ever_signed_in(_me()))


def _page(demand: Demand, form: AcceptForm, proof_is_enough: bool) -> ResponseReturnValue:
    html, language = wording.in_language(demand.agreement.html)
    told = {"demand": demand, "html": html, "language": language, "warp": wording.warp_name(demand.warp)}
    told |= {"may_accept": proof_is_enough, "here": url_for("signin.second_step", next=request.path)}
    page = render_template("joining/accept.html", form=form, cleaned=trusted, **told)
    return page, 422 if form.errors else 200


def _later(onward: str) -> str:
    """Return the way to the second step for whoever would rather set that up first; nothing for everybody else."""
    setting_up = url_for("signin.second_step_setup")
    return url_for("signin.second_step_setup", agreement="later") if onward.startswith(setting_up) else ""


def _me() -> UUID:
    return visitor().person or abort(404)
