"""Members, and one's own profile."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.directory import listing
from warp_hub.directory.forms import ProfileForm
from warp_hub.memberships import directory, people, profiles
from warp_hub.memberships.models import Person

blueprint = Blueprint("directory", __name__)


@blueprint.get("/members")
@access.audience("full")
def list_members() -> str:
    """Show who belongs to one's WARPs, and what they chose to show."""
    found = listing.members(visitor().viewer, request.args)
    return render_template("directory/members.html", found=found)


@blueprint.route("/account/profile", methods=["GET", "POST"])
@access.audience("full")
def my_profile() -> ResponseReturnValue:
    """Say who one is, and what of it other members see."""
    me = _me()
    form = ProfileForm(obj=profiles.details_of(me))
    if not form.validate_on_submit():
        shown = directory.preview(me.id)
        return render_template("directory/profile.html", form=form, shown=shown), 422 if form.errors else 200
    profiles.save(me, form.details())
    session.commit()

    flash(_("Saved. This is what other members see now."), "success")
    return redirect(url_for("directory.my_profile", _anchor="shown"), 303)


def _me() -> Person:
    me = visitor().person
    return people.find_person(UUID(str(me))) or abort(404)
