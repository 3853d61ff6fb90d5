"""Replying to any item, following it, and taking words out again."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.discussions import following, listing, previews, replies, replying, speaking, wording
from warp_hub.discussions.forms import ReasonForm, ReplyForm, WithdrawForm
from warp_hub.discussions.replies import PLACES, place_of
from warp_hub.sharing import looking
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet

blueprint = Blueprint("replies", __name__, url_prefix="/discussions")


@blueprint.route("/<uuid:item_id>/reply", methods=["GET", "POST"])
@access.audience("full")
@access.without_trace
def reply(item_id: UUID) -> ResponseReturnValue:
    """Reply to an item: write, see what members will see, send."""
    viewer = visitor().viewer
    item = replies.find_open(item_id, viewer) or abort(404)
    form = ReplyForm(item.handling())
    if looking.note_look(item, viewer):
        session.commit()

    if not previews.is_filled_in(form):
        return render_template("discussions/reply.html", form=form, item=item, back=wording.back_to(item))

    found = previews.look(form.texts(), is_named=form.is_named, viewer=viewer)
    if not previews.is_sent(found):
        shown = {"found": found, "form": found, "item": item, "asked": form, "seen_by": wording.who_may_see(item)}
        return render_template("discussions/reply_check.html", **shown)

    speaker = speaking.speaker_of(viewer.person) if form.is_named and viewer.person else None
    replying.reply(item, found.texts["words"], speaker, viewer)
    session.commit()
    return _back(item, _("Your reply is sent."))


@blueprint.post("/<uuid:item_id>/follow")
@access.audience("signed-in")
def follow(item_id: UUID) -> ResponseReturnValue:
    """Follow an item, or stop following it."""
    viewer = visitor().viewer
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.PAGE)
    if item is None or item.kind not in PLACES or not viewer.is_member or viewer.person is None:
        abort(404)

    wants = request.form.get("follow") == "yes"
    (following.follow if wants else following.stop_following)(viewer.person, item_id)
    session.commit()
    return _back(item, _("You will get a mail when somebody replies.") if wants else _("You follow it no more."))


@blueprint.post("/replies/<uuid:reply_id>/take-back")
@access.audience("full")
def take_back(reply_id: UUID) -> ResponseReturnValue:
    """Take the words out of one's own named reply."""
    viewer = visitor().viewer
    said = replies.find_said(reply_id, viewer) or abort(404)
    item: Item = find_visible(Item, said.item_id, viewer) or abort(404)

    if not replying.take_back(said, viewer):
        abort(404)
    session.commit()
    return _back(item, _("Your reply is taken back."))


@blueprint.route("/replies/<uuid:reply_id>/hide", methods=["GET", "POST"])
@access.audience("coordinator")
def hide_reply(reply_id: UUID) -> ResponseReturnValue:
    """Remove a reply, with a reason, as a coordinator of a WARP that keeps the item."""
    viewer, form = visitor().viewer, ReasonForm()
    said = replies.find_said(reply_id, viewer, Outlet.DESK) or abort(404)
    item: Item = find_visible(Item, said.item_id, viewer, Outlet.DESK) or abort(404)
    if not form.validate_on_submit():
        return render_template("discussions/hide.html", form=form, item=item, reply=said)

    replying.hide(said, form.because.data, viewer)
    session.commit()
    return _back(item, _("The reply is removed."))


@blueprint.route("/<uuid:item_id>/close", methods=["GET", "POST"])
@access.audience("coordinator")
def close_question(item_id: UUID) -> ResponseReturnValue:
    """Let nobody reply to a question any more."""
    viewer, form = visitor().viewer, ReasonForm()
    found = listing.find_open_on_desk(item_id, viewer) or abort(404)
    if not form.validate_on_submit():
        return render_template("discussions/close.html", form=form, item=found)

    replying.close(item_id, form.because.data, viewer)
    session.commit()
    return _back(found, _("The question is closed."))


@blueprint.route("/<uuid:item_id>/withdraw", methods=["GET", "POST"])
@access.audience("coordinator")
def withdraw_question(item_id: UUID) -> ResponseReturnValue:
    """Take a question back from everybody."""
    viewer, form = visitor().viewer, WithdrawForm()
    found = listing.find_standing_on_desk(item_id, viewer) or abort(404)
    if not form.validate_on_submit():
        return render_template("discussions/withdraw.html", form=form, item=found)

    replying.withdraw(item_id, form.because.data, viewer, tells=form.tells.data)
    session.commit()
    flash(_("The question is withdrawn: nobody can read it any more."), "success")
    return redirect("/discussions", 303)


def _back(item: Item, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(place_of(item), 303)
