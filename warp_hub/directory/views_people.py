"""The people of one's WARPs, for their coordinators: listed by where they stand, and one of them."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.directory import acting, by_name, history, standing, wording
from warp_hub.directory.acting import Action
from warp_hub.directory.forms import PersonForm, ReasonForm
from warp_hub.directory.proving import prove_first
from warp_hub.directory.standing import Row, Standing
from warp_hub.memberships import authority, people, roles
from warp_hub.memberships.directory import run_for_good
from warp_hub.memberships.editions import ChangedMeanwhile, edition
from warp_hub.memberships.models import Person, State, Warp

blueprint = Blueprint("desk_people", __name__, url_prefix="/desk/people")
blueprint.app_context_processor(wording.words)
LONGEST_SEARCH = 100


@blueprint.get("")
@access.audience("coordinator")
def list_people() -> str:
    """List the people of one's WARPs."""
    asked, warps = request.args, visitor().coordinates
    chosen = Standing(asked["standing"]) if asked.get("standing") in list(Standing) else None
    words = " ".join(asked.get("q", "").split())[:LONGEST_SEARCH]
    found = standing.select_people(warps, chosen, words)
    page = by_name.turn(found, Person.name, Person.id, asked, key=lambda row: row[0].id)

    rows = standing.rows([row[0] for row in page.rows], warps)
    return render_template("directory/desk_people.html", page=page, rows=rows, chosen=chosen, asked=words)


@blueprint.post("/act")
@access.audience("coordinator")
def act() -> ResponseReturnValue:
    """Do something to those who were chosen, once it is said that this is meant."""
    if first := prove_first(url_for("desk_people.list_people")):
        return first
    me, form = _me(), ReasonForm()
    action = Action(request.form["action"]) if request.form.get("action") in list(Action) else abort(404)
    asked = acting.ask(action, _chosen(), me)
    is_meant = "confirmed" in request.form and bool(asked.able)
    if not is_meant or (action.needs_reason and not form.validate()):
        shown = form if is_meant else ReasonForm(formdata=None)
        return render_template("directory/desk_act.html", asked=asked, form=shown), 422 if shown.errors else 200
    count = acting.do(asked, form.text(), me)
    session.commit()

    flash(wording.done(action, count), "success")
    return redirect(url_for("desk_people.list_people"), 303)


@blueprint.route("/<uuid:person_id>", methods=["GET", "POST"])
@access.audience("coordinator")
def read_person(person_id: UUID) -> ResponseReturnValue:
    """Show one person: where they stand, what happened; correct their name."""
    row, me = _found(person_id), _me()
    form = PersonForm(name=row.person.name, seen=edition([row.person.name]))
    if not form.validate_on_submit():
        return _person_page(row, form)
    try:
        people.rename(row.person, form.name.data, form.seen.data, me)
    except ChangedMeanwhile:
        form.seen.data = edition([row.person.name])
        form.name.errors = [_("Somebody changed it meanwhile, to: %(name)s", name=row.person.name)]
        return _person_page(row, form, 409)
    except authority.NotTheirs:
        abort(404)
    session.commit()

    flash(_("Saved."), "success")
    return redirect(url_for("desk_people.read_person", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/resume-mail")
@access.audience("coordinator")
def resume_mail(person_id: UUID) -> ResponseReturnValue:
    """Write to somebody again whose address sent letters back."""
    row = _found(person_id)
    people.resume_mail(row.person, _me())
    session.commit()

    flash(_("They are written to again."), "success")
    return redirect(url_for("desk_people.read_person", person_id=person_id), 303)


def _person_page(row: Row, form: PersonForm, status: int = 200) -> ResponseReturnValue:
    warps, me = visitor().coordinates, _me()
    may_manage = authority.may_manage(me, row.person.id)
    month, did = standing.signed_in_lately(row.person.id)
    # Who was only written down here and stands in another WARP: what happened to them there is nobody's here.
    is_known = may_manage or bool(row.runs) or any(one.post_state is not State.INVITED for one in row.places)
    page = render_template(
        "directory/desk_person.html",
        row=row,
        form=form,
        events=history.of_person(row.person.id, warps) if is_known else [],
        actions=[action for action in Action if acting.ask(action, [row], me).able],
        may_rename=may_manage,
        since=month if is_known else None,
        signed_in=did,
        proposable=_proposable(row.person, run_for_good(me)),
        is_me=row.person.id == me,
    )
    return page, 422 if form.errors and status == 200 else status


def _proposable(person: Person, warps: Iterable[Warp]) -> list[tuple[Warp, bool]]:
    """Return for which WARPs this person may be proposed, and whether it is to run them or to do so no longer."""
    return [(warp, not roles.runs(person.id, warp.id)) for warp in warps if roles.may_be_proposed(person, warp, _me())]


def _chosen() -> list[Row]:
    try:
        ids = {UUID(text) for text in request.form.getlist("who")[: acting.MOST_AT_ONCE]}
    except ValueError:
        abort(404)
    found = acting.find_rows(ids, visitor().coordinates)
    return abort(404) if found is None else found


def _found(person_id: UUID) -> Row:
    return standing.find_row(person_id, visitor().coordinates) or abort(404)


def _me() -> UUID:
    return visitor().person or abort(404)
