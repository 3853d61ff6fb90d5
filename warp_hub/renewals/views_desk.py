"""What the yearly asking left to coordinators."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.memberships import authority
from warp_hub.memberships.models import Person
from warp_hub.pages.dates import day
from warp_hub.renewals import settling
from warp_hub.renewals.forms import WORDS
from warp_hub.renewals.waiting import waiting

Verb = Callable[[Person, UUID], object]
blueprint = Blueprint("desk_renewals", __name__, url_prefix="/desk/renewals")


@blueprint.get("")
@access.audience("coordinator")
def list_renewals() -> str:
    """Show a coordinator what leads and people left open, before anything ends."""
    found = waiting(visitor().coordinates)
    may = {"may_settle": _may_settle, "may_take_out": _may_take_out}
    return render_template("renewals/desk.html", waiting=found, words=WORDS, day=day, **may)


def _may_settle(person: Person) -> bool:
    """Say whether it is for whoever reads the page: who runs a WARP themselves is not for one coordinator alone."""
    return authority.may_manage(visitor().person or abort(404), person.id)


def _may_take_out(person: Person) -> bool:
    """Say whether they may say that somebody has left: where another WARP looks after them too, their lead does."""
    return settling.may_take_out(person, visitor().person or abort(404))


@blueprint.post("/people/<uuid:person_id>")
@access.audience("coordinator")
@access.freshly_proved
def settle(person_id: UUID) -> ResponseReturnValue:
    """Do what a coordinator says about one person."""
    me = visitor().person or abort(404)
    person = settling.find(person_id, me) or abort(404)
    done = DONE.get(request.form.get("do", "")) or abort(400)

    verb, sentence = done
    try:
        verb(person, me)
    except authority.NotTheirs:
        abort(404)
    session.commit()

    flash(sentence(person.name), "success")
    return redirect(url_for("desk_renewals.list_renewals"), 303)


DONE: dict[str, tuple[Verb, Callable[[str], str]]] = {
    "still here": (settling.still_here, lambda name: _("It is noted that %(name)s is still there.", name=name)),
    "has left": (settling.has_left, lambda name: _("%(name)s has no access any more.", name=name)),
    "let back": (settling.let_back, lambda name: _("%(name)s has access again.", name=name)),
    "write again": (settling.write_again, lambda name: _("Mail to %(name)s is sent again.", name=name)),
}
