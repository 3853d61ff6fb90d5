"""The personas, one click away. Registered only for a demonstration on the loopback address."""

from flask import Blueprint, Flask, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from warp_hub import access, config
from warp_hub.config import ConfigurationError
from warp_hub.db import session
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
    return render_template("demo/personas.html", personas=[(slug, names[slug], PERSONAS[slug]) for slug in PERSONAS])


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
