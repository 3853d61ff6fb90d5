"""Reading warnings: the list, and one warning."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import get_locale

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.advisories import listing, reading, wording
from warp_hub.alerts import answers
from warp_hub.db import session
from warp_hub.discussions import replies
from warp_hub.pages import paging
from warp_hub.sharing.models import Item
from warp_hub.tlp import Outlet

blueprint = Blueprint("advisories", __name__)
blueprint.app_context_processor(wording.words)


@blueprint.get("/advisories")
@access.audience("signed-in")
def list_warnings() -> str:
    """List the warnings a member may read, newest first."""
    viewer, place, asked = visitor().viewer, paging.asked_place(request.args), listing.read_asked(request.args)
    found = listing.select_asked(asked, viewer)
    rows = session.scalars(paging.turn_to(found, Item.published_at, Item.id, place)).all()
    page = paging.cut(rows, place, lambda item: (item.published_at, item.id))

    shown = {"filters": listing.filters(asked, viewer), "facts": listing.facts(page.rows, viewer)}
    given = answers.given_among([item.id for item in page.rows], viewer)
    return render_template("advisories/list.html", page=page, asked=asked, given=given, **shown)


@blueprint.get("/advisories/<uuid:item_id>")
@access.audience("public")
def read_advisory(item_id: UUID) -> str:
    """Show one warning to whoever may have it; anyone else meets what is not there."""
    warning = reading.find_warning(item_id, visitor().viewer, Outlet.PAGE) or abort(404)

    if reading.record_view(warning, visitor().viewer):
        session.commit()

    thread = replies.thread_of(warning.item, visitor().viewer)
    return render_template("advisories/warning.html", warning=warning, language=page_language(), thread=thread)


def page_language() -> str:
    """Return the language of the page as a key of stored text."""
    return str(get_locale() or "en")[:2]
