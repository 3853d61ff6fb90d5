"""Confirming one's mailbox by a link, and saying who is still with one's organisation."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from warp_hub import access
from warp_hub.db import session
from warp_hub.memberships import confirming
from warp_hub.memberships.models import Organisation
from warp_hub.memberships.reading import mask
from warp_hub.renewals import staff
from warp_hub.renewals.forms import NothingForm, form_for

blueprint = Blueprint("renewals", __name__)
KEPT = "mailbox link"


@blueprint.route("/mailbox", methods=["GET", "POST"])
@access.audience("public")
def confirm_mailbox() -> ResponseReturnValue:
    """Ask whoever has the letter; one button says that the mailbox is read. Opening the link changes nothing."""
    if "link" in request.args:
        browser[KEPT] = request.args["link"]
        return redirect(url_for("renewals.confirm_mailbox"), 303)
    person = confirming.by_link(browser.get(KEPT, ""))
    if person is None:
        return render_template("renewals/link_over.html"), 410
    form = NothingForm()
    if not form.validate_on_submit():
        return render_template("renewals/mailbox.html", form=form, address=mask(person.email))

    confirming.confirm_mailbox(person, "link in a letter")
    session.commit()

    browser.pop(KEPT, None)
    return render_template("renewals/mailbox_confirmed.html")


@blueprint.route("/renewals/<uuid:organisation_id>", methods=["GET", "POST"])
@access.audience("full")
def confirm_people(organisation_id: UUID) -> ResponseReturnValue:
    """Ask a lead of each colleague whether they are still there; who opens the page has just proved who they are.

    Whoever takes long over their answers is not sent away with them.
    """
    organisation, me = _mine(organisation_id)
    if request.method != "POST" and not access.visitor().fresh:
        return access.elsewhere("signin.prove_again")
    form = form_for(staff.colleagues(organisation.id, but=me))
    if not form.names or not form.validate_on_submit():
        return render_template(
            "renewals/people.html", form=form, organisation=organisation
        ), 422 if form.errors else 200

    gone = staff.answer(organisation, form.answers(), me)
    session.commit()

    flash(_told(gone), "success")
    return redirect(url_for("home.my_account"), 303)


def _told(gone: list[str]) -> str:
    thanks = str(_("Thank you. You are asked again in a year."))
    if not gone:
        return thanks
    left = ngettext(
        "%(names)s has no access any more.", "%(names)s have no access any more.", len(gone), names=", ".join(gone)
    )
    return f"{thanks} {left}"


def _mine(organisation_id: UUID) -> tuple[Organisation, UUID]:
    """Return an organisation of which whoever asks may say who is there, and who they are."""
    me = access.visitor().person
    found = session.scalars(select(Organisation).where(Organisation.id == organisation_id)).one_or_none()
    if me is None or found is None or not staff.may_answer(me, organisation_id):
        abort(404)
    return found, me
