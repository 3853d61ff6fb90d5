"""The agreement as a WARP's coordinators write and publish it, and who has accepted it."""

from textwrap import shorten

import wtforms
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.joining import wording
from warp_hub.joining.agreement_forms import PublishForm, TextForm
from warp_hub.memberships import agreement_writing, agreements, authority
from warp_hub.memberships.agreement_models import Agreement
from warp_hub.memberships.agreement_writing import NothingToPublish
from warp_hub.memberships.editions import ChangedMeanwhile
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.pages.components import trusted

blueprint = Blueprint("desk_agreement", __name__, url_prefix="/desk/agreement")


@blueprint.route("", methods=["GET", "POST"])
@access.audience("coordinator")
def write_agreement() -> ResponseReturnValue:
    """Show how members stand to the agreement, and write its next version."""
    warp = _warp()
    form = TextForm(data={**_written(warp), "seen": agreement_writing.standing_text(warp.id)})
    may_write = authority.runs_for_good(visitor().person, warp.id)
    if not may_write or not form.validate_on_submit():
        return _page(warp, form, may_write)

    try:
        agreement_writing.write(warp, form.text(), visitor().person, seen=form.seen.data)
    except ChangedMeanwhile:
        _overtaken(warp, form.seen, form.english)
        return _page(warp, form, may_write, 409)
    session.commit()

    return redirect(url_for("desk_agreement.publish_agreement", warp=warp.slug), 303)


@blueprint.route("/preview", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def publish_agreement() -> ResponseReturnValue:
    """Show what members will read, and publish it with the day from which it binds."""
    warp = _warp()
    form = PublishForm(seen=agreement_writing.standing_text(warp.id))
    draft = agreement_writing.draft(warp.id)
    if draft is None or not authority.runs_for_good(visitor().person, warp.id):
        abort(404)
    form.zone = settings_of(warp).zone_info
    if not form.validate_on_submit():
        return _preview(warp, form, draft)

    try:
        agreement_writing.publish(warp, form.binds_from, visitor().person, seen=form.seen.data)
    except NothingToPublish:
        abort(409)
    except ChangedMeanwhile:
        _overtaken(warp, form.seen, form.day)
        return _preview(warp, form, draft, 409)
    session.commit()

    flash(_("Published. The main contacts of your members get a letter."), "success")
    return redirect(url_for("desk_agreement.write_agreement", warp=warp.slug), 303)


def _preview(warp: Warp, form: PublishForm, draft: Agreement, status: int = 200) -> ResponseReturnValue:
    page = render_template("joining/desk_preview.html", form=form, warp=warp, draft=draft, cleaned=trusted)
    return page, 422 if form.errors and status == 200 else status


def _overtaken(warp: Warp, seen: wtforms.Field, beside: wtforms.Field) -> None:
    """Say what stands there now, by its beginning; what was typed stays, and may be sent again."""
    seen.data = agreement_writing.standing_text(warp.id)
    begins = shorten(_written(warp).get("english", ""), 200, placeholder="…")
    beside.errors = [_("Somebody changed it meanwhile, to: %(name)s", name=begins)]


def _page(warp: Warp, form: TextForm, may_write: bool, status: int = 200) -> ResponseReturnValue:
    told = {
        "versions": agreement_writing.versions(warp.id),
        "standings": agreement_writing.standings(warp.id),
        "draft": agreement_writing.draft(warp.id),
        "others": [one for one in _my_warps() if one.id != warp.id],
    }
    page = render_template(
        "joining/desk_agreement.html",
        form=form,
        warp=warp,
        may_write=may_write,
        words_of=wording.in_language,
        cleaned=trusted,
        **told,
    )
    return page, 422 if form.errors and status == 200 else status


def _written(warp: Warp) -> dict[str, str]:
    """Return what is being written, or the newest version to begin from."""
    begun = agreement_writing.draft(warp.id) or agreements.newest(warp.id)
    return {"english": begun.text.get("en", ""), "welsh": begun.text.get("cy", "")} if begun else {}


def _warp() -> Warp:
    """Return the WARP of the address, or the first of one's own."""
    mine = _my_warps()
    slug = request.args.get("warp")
    return next((one for one in mine if slug in (None, one.slug)), None) or abort(404)


def _my_warps() -> list[Warp]:
    held = select(Warp).where(Warp.id.in_(visitor().coordinates)).order_by(Warp.name)
    return list(session.scalars(held))
