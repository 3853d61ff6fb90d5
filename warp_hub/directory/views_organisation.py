"""One organisation, kept by its lead: its people, the names it is known by, its mail domains."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.directory.forms import ColleagueForm, DomainForm, NamesForm, ReasonForm
from warp_hub.directory.proving import prove_first
from warp_hub.memberships import authority, colleagues, directory, domain_requests, leaving, organisations, people
from warp_hub.memberships.colleagues import AlreadyHere, NotTheirDomain, ShutOut
from warp_hub.memberships.editions import ChangedMeanwhile, edition
from warp_hub.memberships.models import Organisation, Person, PostKind
from warp_hub.memberships.people import TooManyLeads
from warp_hub.pages.forms import Form

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation/<uuid:organisation_id>")


@blueprint.get("")
@access.audience("full")
def read_organisation(organisation_id: UUID) -> str:
    """Show a lead their organisation."""
    of, me = _mine(organisation_id), _me()
    domains, staff = organisations.domains_of(of.id), colleagues.people_of(of.id)
    near = [warp.id for warp in directory.seen_by(visitor().viewer)]

    return render_template(
        "directory/organisation.html",
        of=of,
        people=staff,
        changeable={one.id for one, _post in staff if _may(one, of)},
        most_leads=people.most_leads(of),
        may_add_lead=sum(post.kind is PostKind.LEAD for _one, post in staff) < people.most_leads(of),
        domains=domains,
        asked=domain_requests.open_for(of.id),
        shared=domain_requests.shared_with(of.id, [one.domain for one in domains], near),
        warps=organisations.memberships_of(of.id),
        me=me,
    )


@blueprint.route("/add", methods=["GET", "POST"])
@access.audience("full")
def add_colleague(organisation_id: UUID) -> ResponseReturnValue:
    """Add somebody by invitation."""
    of, form = _mine(organisation_id), ColleagueForm()
    if not form.validate_on_submit() or not _is_added(form, of):
        return _form_page("add", form, of)
    session.commit()

    flash(_("They are added. If they were not here before, a letter with a way in is going to them."), "success")
    return _back(of)


@blueprint.route("/people/<uuid:person_id>/remove", methods=["GET", "POST"])
@access.audience("full")
@access.freshly_proved
def remove_colleague(organisation_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """End somebody's place here, saying why."""
    of = _mine(organisation_id)
    person, form = _colleague(person_id, of), ReasonForm()
    if not form.validate_on_submit():
        return _form_page("remove", form, of, person=person)
    leaving.take_out(person, of, _me(), form.text())
    session.commit()

    flash(_("Their place here has ended."), "success")
    return _back(of)


@blueprint.post("/people/<uuid:person_id>/lead")
@access.audience("full")
def make_lead(organisation_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Let a colleague be a main contact too."""
    of = _mine(organisation_id)
    person = _colleague(person_id, of)
    if first := prove_first(url_for("organisation.read_organisation", organisation_id=of.id)):
        return first
    try:
        colleagues.make_lead(person, of, _me())
    except authority.NotTheirs:
        abort(404)
    except TooManyLeads:
        flash(_("Your organisation has as many main contacts as it may have."))
        return _back(of)
    session.commit()

    flash(_("They are a main contact now."), "success")
    return _back(of)


@blueprint.route("/names", methods=["GET", "POST"])
@access.audience("full")
def change_names(organisation_id: UUID) -> ResponseReturnValue:
    """Say by which names the organisation is known."""
    of = _mine(organisation_id)
    form = NamesForm(data=names_typed(of))
    if not form.validate_on_submit():
        return _form_page("names", form, of)
    try:
        organisations.rename(of, of.name, form.short_name.data, form.others(), form.seen.data, _me())
    except ChangedMeanwhile:
        return _form_page("names", overtaken(form, of), of, 409)
    session.commit()

    flash(_("Saved. From now on these names are looked for in what your people write."), "success")
    return _back(of)


@blueprint.route("/domains", methods=["GET", "POST"])
@access.audience("full")
def ask_domain(organisation_id: UUID) -> ResponseReturnValue:
    """Ask a coordinator to verify a mail domain."""
    of, form = _mine(organisation_id), DomainForm()
    if not form.validate_on_submit():
        return _form_page("domain", form, of)
    try:
        domain_requests.ask(of, form.domain.data, _me())
    except domain_requests.AlreadyTheirs:
        form.domain.errors = [_("You have it, or asked for it already")]
        return _form_page("domain", form, of)
    session.commit()

    flash(_("A coordinator of your WARP looks at it."), "success")
    return _back(of)


def names_typed(of: Organisation) -> dict[str, str]:
    """Return what a form of names begins with."""
    name, short_name, others = organisations.names_of(of)
    seen = edition(organisations.names_of(of))
    return {"name": name, "short_name": short_name, "also_known_as": "\n".join(others), "seen": seen}


def overtaken(form: NamesForm, of: Organisation) -> NamesForm:
    """Keep what was typed, and say what somebody else wrote meanwhile."""
    now = "; ".join([of.name, of.short_name, *of.also_known_as])
    form.seen.data = edition(organisations.names_of(of))
    form.also_known_as.errors = [_("Somebody changed the names meanwhile, to: %(names)s", names=now)]
    return form


def _is_added(form: ColleagueForm, of: Organisation) -> bool:
    try:
        colleagues.invite_colleague(of, form.email.data, form.name.data, _me())
    except NotTheirDomain:
        form.email.errors = [
            _("This is not under a mail domain of your organisation. Ask your coordinator to add them.")
        ]
    except AlreadyHere:
        form.email.errors = [_("Somebody with this address is here already")]
    except ShutOut:
        form.email.errors = [_("This address cannot be added now. Ask your coordinator.")]
    return not form.errors


def _form_page(
    what: str, form: Form, of: Organisation, status: int = 200, person: Person | None = None
) -> ResponseReturnValue:
    page = render_template(f"directory/organisation_{what}.html", form=form, of=of, person=person)
    return page, 422 if form.errors and status == 200 else status


def _back(of: Organisation) -> ResponseReturnValue:
    return redirect(url_for("organisation.read_organisation", organisation_id=of.id), 303)


def _mine(organisation_id: UUID) -> Organisation:
    """Return an organisation that whoever asks leads; for anybody else there is none."""
    of = organisations.find_organisation(organisation_id)
    return of if of is not None and authority.leads(visitor().person, of.id) else abort(404)


def _colleague(person_id: UUID, of: Organisation) -> Person:
    """Return somebody of this organisation whose place its lead may change."""
    found = next((one for one, _post in colleagues.people_of(of.id) if one.id == person_id), None)
    return found if found is not None and _may(found, of) else abort(404)


def _may(person: Person, of: Organisation) -> bool:
    return authority.may_change_post(_me(), person.id, of.id)


def _me() -> UUID:
    return visitor().person or abort(404)
