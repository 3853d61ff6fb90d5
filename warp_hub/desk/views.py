"""What's waiting, and what it amounted to."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.desk import applications, totals, troubled, wording
from warp_hub.desk.waiting import waiting

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
MOST_LISTED = 100


@blueprint.get("")
@access.audience("coordinator")
def whats_waiting() -> str:
    """Show a coordinator what waits, oldest first."""
    found = waiting(visitor().viewer, visitor().coordinates)
    return render_template("desk/whats_waiting.html", waiting=found, me=visitor().person)


@blueprint.get("/applications")
@access.audience("coordinator")
def list_applications() -> str:
    """List who asked to belong, organisations first."""
    asked = applications.select_applications(visitor().coordinates, visitor().person).limit(MOST_LISTED)
    asked_back = applications.asked_for_more(visitor().coordinates)
    return render_template("desk/applications.html", applications=applications.read(asked), asked_back=asked_back)


@blueprint.get("/letters")
@access.audience("coordinator")
def list_letters() -> str:
    """List the letters that did not arrive, oldest first."""
    rows = session.execute(troubled.select_troubled(visitor().coordinates).limit(MOST_LISTED)).all()
    return render_template("desk/letters.html", letters=troubled.shown(rows))


@blueprint.post("/letters/<uuid:letter_id>/again")
@access.audience("coordinator")
def send_again(letter_id: UUID) -> ResponseReturnValue:
    """Send a letter again that failed."""
    letter = troubled.find(letter_id, visitor().coordinates) or abort(404)

    is_sent = troubled.send_again(letter, visitor().person)
    session.commit()

    flash(_("The letter is sent again.") if is_sent else _("There is nothing to send again."), "success")
    return redirect(url_for("desk.list_letters"), 303)


@blueprint.get("/totals")
@access.audience("coordinator")
def read_totals() -> str:
    """Show what the last 30 days amounted to, without a number that would name somebody."""
    return render_template("desk/totals.html", told=totals.told(visitor().coordinates), words=wording.COUNTS)
