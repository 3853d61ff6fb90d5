"""An organisation's place in one WARP, for its coordinators: as what, in which state, who replaces it, who decides."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.directory import bodies
from warp_hub.directory.forms import TO_BE, PlaceForm, ReasonForm, SuccessorForm
from warp_hub.memberships import authority, leaving, organisations, recusals, succession
from warp_hub.memberships.editions import ChangedMeanwhile, edition
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, State, Warp
from warp_hub.pages.forms import Form

blueprint = Blueprint("desk_places", __name__, url_prefix="/desk/organisations/<uuid:organisation_id>/in/<slug>")
Found = tuple[Organisation, Membership, Warp]


@blueprint.route("", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def change_place(organisation_id: UUID, slug: str) -> ResponseReturnValue:
    """Change as what an organisation belongs to a WARP, and where it stands."""
    of, place, warp = found = _found(organisation_id, slug)
    form = PlaceForm(kind=place.kind.value, state=place.state.value, seen=edition(organisations.place_of(place)))
    form.offer(organisations.next_states(place.state))
    if not form.validate_on_submit():
        return _page("place", form, found)
    kind, state = MembershipKind(form.kind.data), State(form.state.data)
    try:
        organisations.change_place(of, warp, kind, state, reason=form.text(), seen=form.seen.data, by=_me())
    except (ChangedMeanwhile, organisations.NotAMember):
        return _overtaken(form, found)
    if state is State.LEFT:
        leaving.let_people_go(of, warp, _me())
    session.commit()
    return _back(of, _("Saved."), is_there=state is not State.LEFT)


@blueprint.route("/replace", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def replace(organisation_id: UUID, slug: str) -> ResponseReturnValue:
    """Let another member take an organisation's place."""
    of, _place, warp = found = _found(organisation_id, slug)
    others = [one for one in session.scalars(_members(warp)) if one.id != of.id]
    form = SuccessorForm().offer(others)
    if not form.validate_on_submit():
        return _page("replace", form, found)
    new = next(one for one in others if str(one.id) == form.successor.data)
    moved = succession.replace(of, new, warp, form.text(), _me())
    session.commit()
    return _back(new, ngettext("Replaced. %(num)d person went along.", "Replaced. %(num)d people went along.", moved))


@blueprint.route("/recusal", methods=["GET", "POST"])
@access.audience("coordinator")
def recuse(organisation_id: UUID, slug: str) -> ResponseReturnValue:
    """Say that one does not decide about an organisation."""
    of, _place, warp = found = _found(organisation_id, slug, decides=False)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page("recusal", form, found)
    recusals.recuse(of, warp, form.text(), _me())
    session.commit()
    return _back(of, _("You do not decide about it any more."))


@blueprint.post("/recusal/end")
@access.audience("coordinator")
def end_recusal(organisation_id: UUID, slug: str) -> ResponseReturnValue:
    """Decide about an organisation again."""
    of, _place, warp = _found(organisation_id, slug, decides=False)
    recusals.end_recusal(of, warp, _me())
    session.commit()
    return _back(of, _("You decide about it again."))


def _page(what: str, form: Form, found: Found, status: int = 200) -> ResponseReturnValue:
    of, place, warp = found
    told = {"of": of, "place": place, "warp": warp, "going": leaving.who_would_go(of, warp)}
    page = render_template(f"directory/desk_organisation_{what}.html", form=form, **told)
    return page, 422 if form.errors and status == 200 else status


def _overtaken(form: PlaceForm, found: Found) -> ResponseReturnValue:
    """Keep what was typed, and say where the place stands now."""
    place = found[1]
    form.offer(organisations.next_states(place.state))
    form.seen.data = edition(organisations.place_of(place))
    form.state.errors = [_("Somebody changed it meanwhile, to: %(state)s", state=TO_BE.get(place.state, ""))]
    return _page("place", form, found, 409)


def _back(of: Organisation, said: str, *, is_there: bool = True) -> ResponseReturnValue:
    flash(said, "success")
    if not is_there:
        return redirect(url_for("desk_organisations.list_organisations"), 303)
    return redirect(url_for("desk_organisations.read_organisation", organisation_id=of.id), 303)


def _found(organisation_id: UUID, slug: str, *, decides: bool = True) -> Found:
    """Return a place in a WARP that whoever asks runs; to decide about it, for good and where they may."""
    of = bodies.find_body(organisation_id, visitor().coordinates)
    held = bodies.find_place(organisation_id, slug, visitor().coordinates)
    if of is None or held is None:
        abort(404)
    if decides and not _may_decide(of, *held):
        abort(404)
    return of, *held


def _may_decide(of: Organisation, place: Membership, warp: Warp) -> bool:
    is_theirs = authority.runs_for_good(_me(), warp.id) and authority.may_decide(_me(), of.id, warp.id)
    return is_theirs and bool(organisations.next_states(place.state))


def _members(warp: Warp) -> Select[Organisation]:
    return bodies.select_bodies([warp.id], State.ACTIVE).order_by(Organisation.name)


def _me() -> UUID:
    return visitor().person or abort(404)
