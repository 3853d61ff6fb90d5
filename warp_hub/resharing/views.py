"""What was withdrawn, whose label changed, and asking to share something wider."""

import contextlib
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.pages import paging
from warp_hub.resharing import asking, wording
from warp_hub.resharing.forms import AskForm
from warp_hub.resharing.models import Wish
from warp_hub.sharing import recalling
from warp_hub.sharing.models import Item

blueprint = Blueprint("resharing", __name__)
blueprint.app_context_processor(wording.words)


@blueprint.get("/advisories/withdrawn")
@access.audience("signed-in")
def list_withdrawn() -> str:
    """List what was withdrawn and whose label changed, newest first, as far as that may still be told."""
    viewer, place = visitor().viewer, paging.asked_place(request.args)
    asked = paging.turn_to(recalling.select_recalls(viewer), Item.published_at, Item.id, place)
    page = paging.cut(session.execute(asked).all(), place, lambda row: (row[1].published_at, row[1].id))

    seen = recalling.still_there(page.rows, viewer)
    return render_template("resharing/withdrawn.html", page=page, seen=seen)


@blueprint.route("/share-wider/<uuid:item_id>", methods=["GET", "POST"])
@access.audience("full")
def ask_wider(item_id: UUID) -> ResponseReturnValue:
    """Ask the WARP that keeps something whether others may have it too."""
    viewer = visitor().viewer
    item = asking.find_askable(item_id, viewer) or abort(404)
    form = AskForm().offer(asking.wishes_for(item), asking.other_warps(item), asking.labels_below(item.marking))
    waits = asking.waits(item, viewer)
    if waits or not form.validate_on_submit():
        return render_template("resharing/ask.html", item=item, form=form, waits=waits)

    with contextlib.suppress(asking.AskedBefore):  # sent twice at once: the first is there
        asking.ask(item, Wish(form.wish.data), form.whom, form.marking, form.why.data, viewer)
    session.commit()

    flash(_("Your question is sent. You get a letter when it is answered."), "success")
    return redirect(wording.page_of(item), 303)
