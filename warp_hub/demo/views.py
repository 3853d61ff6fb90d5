"""The personas, one click away. Registered only for a demonstration on the loopback address."""

from flask import Blueprint, Flask, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from warp_hub import access, config
from warp_hub.config import ConfigurationError
from warp_hub.db import session
from warp_hub.demo.keys import PASSPHRASES
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.pages.forms import is_own_origin, without_token
from warp_hub.signin import visitors

blueprint = Blueprint("demo", __name__)
LOOPBACK = ("http://localhost:", "http://127.0.0.1:")

PERSONAS = {
    "lead-midshire": _l("Security lead of Ashcombe Borough Council, a member of Midshire WARP"),
    "officer-midshire": _l("Officer of Brackenford District Council, a member of Midshire WARP"),
    "associate-midshire": _l("Officer of Brightwater Shared Services, an associate of Midshire WARP"),
    "reader-midshire": _l("Reader by mail at Copperfield City Council: came by a link, no second step"),
    "coordinator-midshire": _l("Coordinator of Midshire WARP"),
    "lead-westmarch": _l("Security lead of Westmarch Council, a member of Westmarch WARP"),
    "coordinator-westmarch": _l("Coordinator of Westmarch WARP"),
    "national": _l("National team"),
    "lapsed": _l("Officer of Gallowhill Town Council, whose membership lapsed"),
}
CAN = {
    "lead-midshire": _l("Reports incidents, asks and answers, books training, has a token for a firewall"),
    "officer-midshire": _l("Reads, asks and answers, books training"),
    "associate-midshire": _l("The same, but nothing under TLP:AMBER+STRICT"),
    "reader-midshire": _l("Reads TLP:CLEAR and TLP:GREEN, and nothing else without signing in"),
    "coordinator-midshire": _l("Decides warnings, reviews reports, runs training, opens a record with a key"),
    "lead-westmarch": _l("As the lead in Midshire, for another WARP: what is for Midshire alone is not there"),
    "coordinator-westmarch": _l("Decides for Westmarch; named a stand-in for the days away"),
    "national": _l("Runs the exercise of all WARPs, and has early notice of one warning"),
    "lapsed": _l("Sees what is public, and no more"),
}
BY_MAIL_ONLY = {"reader-midshire"}


def install(app: Flask) -> None:
    """Offer the personas; raise ConfigurationError anywhere but on the loopback address."""
    if not config.current().base_url.startswith(LOOPBACK):
        raise ConfigurationError("WARP_HUB_DEMO is only for http://localhost: its sign-in asks for no password")
    app.register_blueprint(blueprint)


@blueprint.get("/demo")
@access.audience("demo")
def choose_persona() -> str:
    """List the personas, one form each."""
    found = session.scalars(select(Person).where(Person.email.in_([f"{slug}@demo.example" for slug in PERSONAS])))
    names = {person.email.partition("@")[0]: person.name for person in found}
    told = [(slug, names[slug], PERSONAS[slug], CAN[slug], PASSPHRASES.get(slug)) for slug in PERSONAS]
    return render_template("demo/personas.html", personas=told)


@blueprint.post("/demo/sign-in")
@access.audience("demo")
@without_token
def become() -> ResponseReturnValue:
    """Sign in as a persona, with the proof that persona has."""
    if not is_own_origin(default=True):
        abort(403)
    slug = request.form.get("persona", "")
    if slug not in PERSONAS:
        abort(404)

    person = session.scalars(select(Person).where(Person.email == f"{slug}@demo.example")).one()
    visitors.enter(person.id, Proof.MAILBOX if slug in BY_MAIL_ONLY else Proof.FULL)
    session.commit()

    return redirect("/", 303)
