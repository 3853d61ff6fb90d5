"""Questions: the list, one question, and asking one."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.discussions import asking, listing, previews, replies, speaking, wording
from warp_hub.discussions.addressing import Address, addresses_for
from warp_hub.discussions.asking import Asked
from warp_hub.discussions.forms import AskForm
from warp_hub.discussions.listing import Show
from warp_hub.pages import paging
from warp_hub.sharing import looking
from warp_hub.sharing.models import Item
from warp_hub.tlp import Viewer

blueprint = Blueprint("discussions", __name__, url_prefix="/discussions")
blueprint.app_context_processor(wording.words)


@blueprint.get("")
@access.audience("signed-in")
def list_questions() -> str:
    """List the questions a member may read, newest first."""
    viewer, place, show = visitor().viewer, paging.asked_place(request.args), _asked_show()
    asked = paging.turn_to(listing.select_questions(viewer, show), Item.published_at, Item.id, place)
    page = paging.cut(session.execute(asked).all(), place, lambda row: (row[1].published_at, row[1].id))

    return render_template("discussions/list.html", page=page, filters=_filters(show), may_ask=viewer.is_member)


@blueprint.get("/<uuid:item_id>")
@access.audience("signed-in")
def read_question(item_id: UUID) -> str:
    """Show one question with its replies."""
    viewer = visitor().viewer
    found = listing.find_question(item_id, viewer) or abort(404)

    if looking.note_look(found.item, viewer):
        session.commit()

    return render_template("discussions/question.html", found=found, thread=replies.thread_of(found.item, viewer))


@blueprint.route("/ask", methods=["GET", "POST"])
@access.audience("full")
@access.without_trace
def ask_members() -> ResponseReturnValue:
    """Ask other members: fill in, see what they will see, send."""
    viewer, about = visitor().viewer, _asked_about()
    addresses = {one.value: one for one in addresses_for(viewer, about)} or abort(404)
    form = AskForm(addresses, {value: wording.address_words(one) for value, one in addresses.items()})
    if not previews.is_filled_in(form):
        return render_template("discussions/ask.html", form=form, about=about, addresses=addresses)

    found = previews.look(form.texts(), is_named=form.is_named, viewer=viewer)
    address = addresses[form.to.data]
    if not previews.is_sent(found):
        seen_by = wording.who_will_see(address.handling())
        shown = {"found": found, "form": found, "address": address, "asked": form, "seen_by": seen_by}
        return render_template("discussions/ask_check.html", **shown)
    return _ask(form, found.texts, address, about, viewer)


def _ask(
    form: AskForm, texts: dict[str, str], address: Address, about: Item | None, viewer: Viewer
) -> ResponseReturnValue:
    speaker = speaking.speaker_of(viewer.person) if form.is_named and viewer.person else None
    item_id = asking.ask(Asked(texts["title"], texts["words"], address, speaker, about), viewer)
    session.commit()

    flash(_("Your question is sent."), "success")
    return redirect(url_for("discussions.read_question", item_id=item_id), 303)


def _asked_about() -> Item | None:
    asked = request.args.get("about")
    if asked is None:
        return None
    try:
        return replies.find_open(UUID(asked), visitor().viewer) or abort(404)
    except ValueError:
        abort(404)


def _asked_show() -> Show:
    asked = request.args.get("show")
    return Show(asked) if asked in set(Show) else Show.ALL


def _filters(show: Show) -> list[tuple[str, str, bool]]:
    words = {Show.ALL: _("All"), Show.OPEN: _("Not answered yet"), Show.ANSWERED: _("Answered")}
    asked = {Show.ALL: None}
    return [(text, paging.same_page(show=asked.get(one, one.value)), one is show) for one, text in words.items()]
