"""Who runs one's WARPs: who does, who is proposed, and the answer of a second coordinator."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.directory import national, standing
from warp_hub.directory.forms import ReasonForm
from warp_hub.directory.proving import prove_first
from warp_hub.memberships import authority, people, roles
from warp_hub.memberships.authority import LastCoordinator
from warp_hub.memberships.directory import run_for_good
from warp_hub.memberships.models import Person, Warp
from warp_hub.pages.forms import Form

blueprint = Blueprint("desk_roles", __name__)


@blueprint.get("/desk/roles")
@access.audience("coordinator")
def list_roles() -> str:
    """Show who runs one's WARPs, and what waits for an answer."""
    me = _me()
    mine = run_for_good(me)
    proposed = roles.open_to(me, visitor().coordinates)
    return render_template(
        "directory/desk_roles.html",
        warps=mine,
        coordinators=roles.coordinators_by_warp(),
        proposed=[(one, roles.may_confirm(one.proposal, me)) for one in proposed],
        for_national={one.proposal.id for one in proposed if roles.confirmer_is_national(one.proposal)},
        me=me,
        is_national=authority.is_national(me),
    )


@blueprint.route("/desk/roles/<slug>/<uuid:person_id>", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def propose(slug: str, person_id: UUID) -> ResponseReturnValue:
    """Propose that somebody should run a WARP, or run it no longer."""
    warp, person = _proposable(slug, person_id)
    form, is_grant = ReasonForm(), not roles.runs(person.id, warp.id)
    if not form.validate_on_submit():
        page = render_template("directory/desk_propose.html", form=form, warp=warp, person=person, is_grant=is_grant)
        return page, 422 if form.errors else 200
    roles.propose(person, warp, form.text(), _me(), grant=is_grant)
    session.commit()

    flash(_("It is proposed. It happens once somebody else has confirmed it."), "success")
    return redirect(url_for("desk_roles.list_roles"), 303)


@blueprint.post("/desk/roles/<uuid:proposal_id>")
@access.audience("coordinator")
def answer(proposal_id: UUID) -> ResponseReturnValue:
    """Confirm or refuse what another coordinator proposed."""
    me, said = _me(), request.form.get("answer", "")
    found = roles.find_open(proposal_id, me, visitor().coordinates) or abort(404)
    if first := prove_first(url_for("desk_roles.list_roles")):
        return first
    verb = {"confirm": roles.confirm, "refuse": roles.refuse}.get(said) or abort(404)
    try:
        verb(found.proposal, me)
    except authority.NotTheirs:
        abort(404)
    except (roles.AlreadyDecided, roles.NotEligible):
        abort(409)
    except LastCoordinator:
        return _told(_("Nobody else runs this WARP: name somebody first."), "")
    session.commit()
    return _told(_("Confirmed.") if said == "confirm" else _("Refused."))


@blueprint.route("/desk/roles/<slug>/step-down", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def step_down(slug: str) -> ResponseReturnValue:
    """Run a WARP no longer, by one's own wish."""
    me = _me()
    warp = next((one for one in run_for_good(me) if one.slug == slug), None) or abort(404)
    if not Form().validate_on_submit():
        return render_template("directory/desk_step_down.html", warp=warp)
    try:
        people.step_down(people.find_person(me) or abort(404), warp, me)
    except LastCoordinator:
        return _told(_("Nobody else runs this WARP: name somebody first."), "")
    session.commit()

    flash(_("You do not run it any more."), "success")
    return redirect("/account", 303)


@blueprint.get("/national")
@access.audience("coordinator")
def read_national() -> str:
    """Show the national team how every WARP is doing, in numbers, naming nobody but who runs it."""
    if not authority.is_national(_me()):
        abort(404)
    return render_template("directory/national.html", rows=national.every_warp())


def _told(said: str, kind: str = "success") -> ResponseReturnValue:
    flash(said, kind or "message")
    return redirect(url_for("desk_roles.list_roles"), 303)


def _proposable(slug: str, person_id: UUID) -> tuple[Warp, Person]:
    """Return a WARP one runs for good and somebody of it whom one may propose, or neither."""
    warp = next((one for one in run_for_good(_me()) if one.slug == slug), None)
    row = None if warp is None else standing.find_row(person_id, [warp.id])
    if warp is None or row is None or not roles.may_be_proposed(row.person, warp, _me()):
        abort(404)
    return warp, row.person


def _me() -> UUID:
    return visitor().person or abort(404)
