"""A coordinator's desk: who asked to share wider, and putting something under a wider label."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.memberships.people import find_person
from warp_hub.pages import paging
from warp_hub.resharing import answering, asking
from warp_hub.resharing.forms import NO, AnswerForm, LowerForm
from warp_hub.resharing.models import ShareRequest, Wish
from warp_hub.sharing.grants import ChangedMeanwhile, NotByAddress, NotWider
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking

blueprint = Blueprint("desk_sharing", __name__, url_prefix="/desk/sharing")
CHANGED = (ChangedMeanwhile, NotByAddress, NotWider)


@blueprint.get("")
@access.audience("coordinator")
def list_requests() -> str:
    """List who asked to share something wider."""
    place = paging.asked_place(request.args)
    asked = paging.turn_to(answering.select_requests(visitor().viewer), ShareRequest.asked_at, ShareRequest.id, place)
    page = paging.cut(session.execute(asked).all(), place, lambda row: (row[0].asked_at, row[0].id))

    return render_template("resharing/requests.html", page=page)


@blueprint.route("/<uuid:request_id>", methods=["GET", "POST"])
@access.audience("coordinator")
def answer_request(request_id: UUID) -> ResponseReturnValue:
    """Say yes or no to somebody who asked."""
    asked, item = answering.find_request(request_id, visitor().viewer) or abort(404)
    wishes, warps = asking.wishes_for(item), asking.other_warps(item)
    form = AnswerForm().about(item).offer(wishes, warps, asking.labels_below(item.marking))
    if not form.validate_on_submit() or not _is_answered(form, asked, item):
        asker = find_person(asked.person_id)
        return render_template("resharing/answer.html", form=form, asked=asked, item=item, asker=asker)
    session.commit()

    flash(_("Your answer is sent."), "success")
    return redirect(url_for("desk_sharing.list_requests"), 303)


@blueprint.route("/lower/<uuid:item_id>", methods=["GET", "POST"])
@access.audience("coordinator")
def lower_label(item_id: UUID) -> ResponseReturnValue:
    """Put something under a wider label, with the recorded consent of its source."""
    viewer = visitor().viewer
    item = answering.find_lowerable(item_id, viewer) or abort(404)
    form = LowerForm().about(item).offer(asking.labels_below(item.marking))
    if not form.validate_on_submit():
        return render_template("resharing/lower.html", form=form, item=item)

    try:
        answering.lower(item, Marking(form.label.data), form.consent(), viewer)
    except CHANGED:
        abort(409)
    session.commit()

    flash(_("The label is changed."), "success")
    again = url_for("desk_sharing.lower_label", item_id=item_id)
    return redirect(again if answering.can_be_lowered(item) else "/desk", 303)


def _is_answered(form: AnswerForm, asked: ShareRequest, item: Item) -> bool:
    """Answer as the form says; say whether that could be done."""
    viewer, because = visitor().viewer, form.because.data or ""
    try:
        if form.answer.data == NO:
            answering.decline(asked, because, viewer)
        elif form.answer.data == Wish.LABEL:
            answering.grant_label(asked, item, Marking(form.label.data), form.consent(), because, viewer)
        else:
            answering.grant(asked, item, form.to, form.consent(), because, viewer)
    except (answering.AnsweredBefore, *CHANGED):
        abort(409)
    except answering.NotAFullMember:
        form.organisation.errors = [_("It is an associate: TLP:AMBER+STRICT never goes to associates")]
        return False
    return True
