"""The organisations of one's WARPs, for their coordinators."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.directory import bodies, by_name, history
from warp_hub.directory.forms import ColleagueForm, DomainForm, NamesForm
from warp_hub.directory.proving import prove_first
from warp_hub.directory.views_organisation import names_typed, overtaken
from warp_hub.memberships import authority, colleagues, domain_requests, organisations, people
from warp_hub.memberships.colleagues import AlreadyHere, NotTheirDomain, ShutOut
from warp_hub.memberships.editions import ChangedMeanwhile
from warp_hub.memberships.models import Organisation, PostKind, State
from warp_hub.memberships.people import TooManyLeads
from warp_hub.pages.forms import Form

blueprint = Blueprint("desk_organisations", __name__, url_prefix="/desk/organisations")
LISTED = (State.ACTIVE, State.INVITED, State.APPLIED, State.LAPSED, State.SUSPENDED, State.LEFT)
LONGEST_SEARCH = 100


@blueprint.get("")
@access.audience("coordinator")
def list_organisations() -> str:
    """List the organisations of one's WARPs."""
    asked, warps = request.args, visitor().coordinates
    chosen = State(asked["state"]) if asked.get("state") in LISTED else None
    words = " ".join(asked.get("q", "").split())[:LONGEST_SEARCH]
    found = bodies.select_bodies(warps, chosen, words)
    page = by_name.turn(found, Organisation.name, Organisation.id, asked, key=lambda row: row[0].id)

    places = bodies.places_of([row[0].id for row in page.rows], warps)
    return render_template(
        "directory/desk_organisations.html",
        page=page,
        places=places,
        chosen=chosen,
        asked=words,
        states=LISTED,
        to_verify=domain_requests.open_in(warps),
    )


@blueprint.get("/<uuid:organisation_id>")
@access.audience("coordinator")
def read_organisation(organisation_id: UUID) -> str:
    """Show one organisation: its places, people, names, domains, and what happened."""
    of, warps, me = _found(organisation_id), visitor().coordinates, _me()
    domains, asked = organisations.domains_of(of.id), domain_requests.open_for(of.id)
    named = [*(one.domain for one in domains), *(one.domain for one in asked)]
    staff = colleagues.people_of(of.id)

    return render_template(
        "directory/desk_organisation.html",
        of=of,
        places=bodies.places_of([of.id], warps)[of.id],
        people=staff,
        is_shared=not authority.serves_alone(me, of.id),
        changeable={person.id for person, _post in staff if authority.may_change_post(me, person.id, of.id)},
        domains=domains,
        asked=asked,
        shared=domain_requests.shared_with(of.id, named, warps),
        successor=bodies.find_body(of.successor_id, warps) if of.successor_id else None,
        events=history.of_organisation(of.id, warps),
    )


@blueprint.route("/<uuid:organisation_id>/names", methods=["GET", "POST"])
@access.audience("coordinator")
def change_names(organisation_id: UUID) -> ResponseReturnValue:
    """Correct the names of an organisation."""
    of = _found(organisation_id)
    form = NamesForm(data=names_typed(of))
    if not form.validate_on_submit():
        return _form_page("names", form, of)
    try:
        organisations.rename(of, form.name.data, form.short_name.data, form.others(), form.seen.data, _me())
    except ChangedMeanwhile:
        return _form_page("names", overtaken(form, of), of, 409)
    session.commit()
    return _back(of, _("Saved."))


@blueprint.route("/<uuid:organisation_id>/add", methods=["GET", "POST"])
@access.audience("coordinator")
def add_person(organisation_id: UUID) -> ResponseReturnValue:
    """Add somebody to an organisation by invitation."""
    of, form = _found(organisation_id), ColleagueForm()
    if not form.validate_on_submit():
        return _form_page("add", form, of)
    try:
        colleagues.invite_colleague(of, form.email.data, form.name.data, _me())
    except AlreadyHere:
        form.email.errors = [_("Somebody with this address is here already")]
    except NotTheirDomain:
        form.email.errors = [_not_theirs(of, form.email.data.rpartition("@")[2])]
    except ShutOut:
        form.email.errors = [_("Whoever has this address is suspended or lapsed: restore them first")]
    if form.errors:
        return _form_page("add", form, of)
    session.commit()
    return _back(of, _("They are added. If they were not here before, a letter with a way in is going to them."))


@blueprint.post("/<uuid:organisation_id>/people/<uuid:person_id>")
@access.audience("coordinator")
def change_post(organisation_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Make somebody a main contact of their organisation, or an officer again."""
    of, me = _found(organisation_id), _me()
    if first := prove_first(url_for("desk_organisations.read_organisation", organisation_id=of.id)):
        return first
    kind = PostKind(request.form["post"]) if request.form.get("post") in list(PostKind) else abort(404)
    person = next((one for one, _post in colleagues.people_of(of.id) if one.id == person_id), None) or abort(404)
    try:
        colleagues.change_kind(person, of, kind, me)
    except authority.NotTheirs:
        abort(404)
    except TooManyLeads:
        return _back(of, _("It has %(count)d main contacts already.", count=people.most_leads(of)))
    session.commit()
    return _back(of, _("Saved."))


@blueprint.route("/<uuid:organisation_id>/domains", methods=["GET", "POST"])
@access.audience("coordinator")
def add_domain(organisation_id: UUID) -> ResponseReturnValue:
    """Note a mail domain as the organisation's."""
    of, form = _found(organisation_id), DomainForm()
    if not form.validate_on_submit():
        return _form_page("domain", form, of)
    try:
        organisations.claim_domain(of, form.domain.data, _me())
    except authority.NotTheirs:
        form.domain.errors = [_not_theirs(of, form.domain.data)]
        return _form_page("domain", form, of)
    session.commit()
    return _back(of, _("The domain is verified."))


@blueprint.post("/<uuid:organisation_id>/domains/<uuid:request_id>")
@access.audience("coordinator")
def answer_domain(organisation_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """Say whether a domain that a lead asked for is the organisation's."""
    of, answer = _found(organisation_id), request.form.get("answer")
    if answer not in ("yes", "no"):
        abort(404)
    asked = next((one for one in domain_requests.open_for(of.id) if one.id == request_id), None) or abort(404)
    try:
        domain_requests.decide(asked, of, _me(), accept=answer == "yes")
    except domain_requests.AlreadyDecided:
        abort(409)
    session.commit()
    return _back(of, _("The domain is verified.") if answer == "yes" else _("The domain is refused."))


@blueprint.post("/<uuid:organisation_id>/domains/drop")
@access.audience("coordinator")
def drop_domain(organisation_id: UUID) -> ResponseReturnValue:
    """Let a domain admit nobody any longer."""
    of = _found(organisation_id)
    if not organisations.drop_domain(of, request.form.get("domain", ""), _me()):
        abort(404)
    session.commit()
    return _back(of, _("The domain is a former one now: it admits nobody."))


def _not_theirs(of: Organisation, domain: str) -> str:
    what = _("%(domain)s is not a domain of %(name)s", domain=domain, name=of.name)
    return str(_("%(what)s, which another WARP looks after too", what=what))


def _form_page(what: str, form: Form, of: Organisation, status: int = 200) -> ResponseReturnValue:
    page = render_template(f"directory/desk_organisation_{what}.html", form=form, of=of)
    return page, 422 if form.errors and status == 200 else status


def _back(of: Organisation, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("desk_organisations.read_organisation", organisation_id=of.id), 303)


def _found(organisation_id: UUID) -> Organisation:
    return bodies.find_body(organisation_id, visitor().coordinates) or abort(404)


def _me() -> UUID:
    return visitor().person or abort(404)
