"""Reading incidents: the list, and one incident."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.discussions import replies
from warp_hub.incidents import reading, review, wording
from warp_hub.incidents.forms import WithdrawForm
from warp_hub.pages import paging
from warp_hub.pages.forms import Form
from warp_hub.sharing import looking
from warp_hub.sharing.models import Item

blueprint = Blueprint("incidents", __name__)
blueprint.app_context_processor(wording.words)


@blueprint.get("/incidents")
@access.audience("signed-in")
def list_incidents() -> str:
    """List the incidents a member may read, newest first."""
    place = paging.asked_place(request.args)
    asked = reading.select_incidents(visitor().viewer)
    rows = session.scalars(paging.turn_to(asked, Item.published_at, Item.id, place)).all()
    page = paging.cut(rows, place, lambda item: (item.published_at, item.id))

    return render_template("incidents/list.html", page=page)


@blueprint.get("/incidents/<uuid:item_id>")
@access.audience("public")
def read_incident(item_id: UUID) -> str:
    """Show one incident to whoever may have it; anyone else meets what is not there."""
    return _page(item_id)


@blueprint.post("/incidents/<uuid:item_id>/withdraw")
@access.audience("coordinator")
def withdraw(item_id: UUID) -> ResponseReturnValue:
    """Take an incident back from everybody."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _page(item_id, form)

    if not review.withdraw(item_id, form.reason.data, visitor().viewer, tells=form.tells.data):
        abort(404)
    session.commit()
    flash(_("It is withdrawn: nobody can read it any more."), "success")
    return redirect(url_for("desk_reports.list_reports"), 303)


def _page(item_id: UUID, form: Form | None = None) -> str:
    viewer = visitor().viewer
    incident = reading.find_incident(item_id, viewer) or abort(404)
    if looking.note_look(incident.item, viewer):
        session.commit()
    return render_template(
        "incidents/incident.html",
        incident=incident,
        thread=replies.thread_of(incident.item, viewer),
        is_ours=bool(visitor().coordinates & set(incident.item.keepers)),
        withdraw_form=form or WithdrawForm(formdata=None),
        form=form,
    )
