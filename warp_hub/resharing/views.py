"""What was withdrawn, and whose label changed."""

from flask import Blueprint, render_template, request

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.pages import paging
from warp_hub.resharing import wording
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
