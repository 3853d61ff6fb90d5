"""Answering "Does this affect you?" on a page or by a letter's link, "We saw this too", and asking from the desk."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.access import visitor
from warp_hub.alerts import answer_links, answers, askings, seen_too, wording_answers
from warp_hub.alerts.answer_links import ANSWER_PATH, Offer
from warp_hub.alerts.answer_models import AskedOf
from warp_hub.alerts.forms_answers import AnswerForm, form_for
from warp_hub.alerts.printing import PLACES
from warp_hub.db import session
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet, Viewer

blueprint = Blueprint("answers", __name__)
blueprint.app_context_processor(wording_answers.words)
_KEPT = "answer token"


@blueprint.route("/advisories/<uuid:item_id>/answer", methods=["GET", "POST"])
@access.audience("signed-in")
def answer(item_id: UUID) -> ResponseReturnValue:
    """Answer for one's organisation; nobody else is told who of it did."""
    viewer = visitor().viewer
    item = _item(item_id)
    asked = [one for one in answers.standing(item_id, viewer) if one.is_open] or abort(404)
    form = form_for(asked)
    if not form.validate_on_submit():
        return render_template("alerts/answer.html", item=item, asked=asked, form=form)

    said = _given(item_id, form, viewer, Outlet.PAGE)
    session.commit()
    return _back(item, said)


@blueprint.get(ANSWER_PATH)
@access.audience("public")
def look_at_link() -> ResponseReturnValue:
    """Show what a letter's link is about; programs that open every link change nothing by it."""
    if "link" in request.args:
        browser[_KEPT] = request.args["link"]
        return redirect(ANSWER_PATH, 303)
    token = browser.get(_KEPT, "")
    offer = answer_links.read(token)
    return _over() if offer is None else _letter_page(offer, token)


@blueprint.post(ANSWER_PATH)
@access.audience("public")
def answer_by_link() -> ResponseReturnValue:
    """Keep the answer of whoever a letter was for; it opens no session."""
    token = request.form.get("link", "")
    offer = answer_links.read(token)
    return _over() if offer is None else _letter_page(offer, token)


@blueprint.post("/advisories/<uuid:item_id>/seen-too")
@access.audience("signed-in")
def say_seen_too(item_id: UUID) -> ResponseReturnValue:
    """Say that one's organisation saw this too, or take it back; nobody is named."""
    viewer, item = visitor().viewer, _item(item_id)
    says = request.form.get("seen") == "yes"

    try:
        (seen_too.say if says else seen_too.take_back)(item_id, viewer)
    except seen_too.NotForThem:
        abort(404)
    session.commit()
    return _back(item, _("Counted, without your name.") if says else _("Taken back: you are not counted."))


@blueprint.post("/desk/warnings/<uuid:item_id>/ask")
@access.audience("coordinator")
def ask_members(item_id: UUID) -> ResponseReturnValue:
    """Ask the members of a WARP whether a warning affects them, or ask them no more."""
    whom = request.form.get("whom", "")
    chosen = AskedOf(whom) if whom in set(AskedOf) else abort(400)
    return _on_desk(item_id, lambda item, warp, by: askings.ask(item, warp, by, chosen), _("Saved."))


@blueprint.post("/desk/warnings/<uuid:item_id>/close-answers")
@access.audience("coordinator")
def close_question(item_id: UUID) -> ResponseReturnValue:
    """Take no more answers."""
    said = _("No more answers are taken. Those given are removed after 30 days.")
    return _on_desk(item_id, lambda item, warp, by: askings.close(item.id, warp, by), said)


def _letter_page(offer: Offer, token: str) -> ResponseReturnValue:
    """Show the form of a link, or keep what was sent with it, reading as the person the letter was for."""
    db.enter(offer.viewer.settings())
    item, asked = offer.item(), offer.asked()
    if item is None or not asked:
        return _over()
    form = form_for(asked, link=token)
    if not form.validate_on_submit():
        return render_template("alerts/answer_by_link.html", item=item, asked=asked, form=form)

    _given(item.id, form, offer.viewer, Outlet.MAIL)
    session.commit()
    browser.pop(_KEPT, None)
    return render_template("alerts/answered.html", item=item)


def _given(item_id: UUID, form: AnswerForm, viewer: Viewer, outlet: Outlet) -> str:
    organisation, choice, may_know = form.said()
    try:
        kept = answers.give(item_id, viewer, organisation, choice, may_know=may_know, outlet=outlet)
    except answers.NotAsked:
        abort(404)
    if may_know and not kept.named:
        return str(_("Your answer is saved. It was counted without your name before, so it stays without it."))
    return str(_("Your answer is saved."))


def _on_desk(item_id: UUID, verb: Callable[[Item, UUID, Viewer], object], said: str) -> ResponseReturnValue:
    item: Item = find_visible(Item, item_id, visitor().viewer, Outlet.DESK) or abort(404)
    try:
        verb(item, UUID(request.form.get("warp", "")), visitor().viewer)
    except (askings.NotOnThisDesk, ValueError):
        abort(404)
    session.commit()
    flash(said, "success")
    return redirect(f"/desk/warnings/{item_id}#answers", 303)


def _item(item_id: UUID) -> Item:
    found: Item = find_visible(Item, item_id, visitor().viewer) or abort(404)
    return found


def _back(item: Item, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(f"{PLACES[item.kind]}/{item.id}", 303)


def _over() -> ResponseReturnValue:
    return render_template("alerts/link_over.html"), 410
