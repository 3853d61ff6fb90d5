"""Saying that two warnings tell the same, or that they do not."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, text
from warp_hub.access import visitor
from warp_hub.advisories import merging, queue, reading
from warp_hub.db import session
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet

blueprint = Blueprint("desk_same", __name__, url_prefix="/desk/warnings")

LONGEST_WORDS = 100
Done = TypeVar("Done")


@blueprint.get("/<uuid:item_id>/same")
@access.audience("coordinator")
def choose_other(item_id: UUID) -> str:
    """Show which other warnings may tell the same, and find more of them."""
    item, viewer = _item(item_id), visitor().viewer
    words = text.one_line(request.args.get("words", ""), LONGEST_WORDS)

    return render_template(
        "advisories/same.html",
        item=item,
        words=words,
        waiting=reading.decisions_of(item, viewer),
        offered=merging.offered(item, viewer),
        found=merging.search(item, words, viewer) if words else [],
    )


@blueprint.post("/<uuid:item_id>/same")
@access.audience("coordinator")
def say_same(item_id: UUID) -> ResponseReturnValue:
    """Put a warning under another, for one WARP."""
    item, viewer = _item(item_id), visitor().viewer
    other = _said(lambda: merging.say_same(item, _asked("warp"), _asked("other"), viewer)) or abort(404)
    session.commit()

    if item.same_as_id == other.id:
        flash(_("Members meet the two as one."), "success")
    else:
        flash(_("Settled for your WARP. Other WARPs have it too, so their members still meet both."), "success")
    return redirect(url_for("desk_warnings.list_waiting"), 303)


@blueprint.post("/<uuid:item_id>/apart")
@access.audience("coordinator")
def say_apart(item_id: UUID) -> ResponseReturnValue:
    """Say that a warning is not the same as the one it was put under."""
    item = _item(item_id)
    _said(lambda: merging.part(item, _asked("warp"), visitor().viewer))
    session.commit()

    flash(_("It stands by itself now."), "success")
    return redirect(url_for("desk_warnings.decide_warning", item_id=item_id), 303)


def _said(verb: Callable[[], Done]) -> Done:
    """Do what a coordinator says; of what is not on their desk nothing is said."""
    try:
        return verb()
    except queue.NotOnThisDesk:
        abort(404)


def _item(item_id: UUID) -> Item:
    found: Item = find_visible(Item, item_id, visitor().viewer, Outlet.DESK) or abort(404)
    return found


def _asked(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        abort(404)
