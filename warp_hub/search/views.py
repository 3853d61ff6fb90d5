"""Searching: one address, which anybody who is signed in may ask; what was asked is not kept."""

from flask import Blueprint, Flask, current_app, render_template, request

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.pages import paging
from warp_hub.search import exact, finding, places, wording
from warp_hub.search.finding import Readers
from warp_hub.sharing.words import readable

blueprint = Blueprint("search", __name__)
TEXTS = "search texts"


def install(app: Flask, readers: Readers) -> None:
    """Let search show what each room's things say."""
    app.extensions[TEXTS] = readers


@blueprint.context_processor
def _words() -> dict[str, object]:
    return wording.words()


@blueprint.get("/search")
@access.audience("signed-in")
def find() -> str:
    """Show what a reader may see with these words in it, or what one kind of it there is."""
    query = readable(request.args.get("q", ""))
    group = places.BY_NAME.get(request.args.get("kind", ""))
    viewer, readers = visitor().viewer, _readers()
    if query and group:
        page = finding.turn_pages(group, query, viewer, paging.asked_place(request.args), readers)
        return render_template("search/group.html", query=query, group=group, page=page)
    found = finding.find(query, viewer, readers) if query else None
    return render_template("search/find.html", query=query, found=found, shape=exact.looks_like(query))


def _readers() -> Readers:
    given: Readers = current_app.extensions[TEXTS]
    return given
