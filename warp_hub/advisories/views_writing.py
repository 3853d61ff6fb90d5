"""Warnings that a coordinator adds by hand: read out of what they give, or written by themselves."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.advisories import forms_writing, queue, reading, reading_given, seeing, writing
from warp_hub.advisories.forms_writing import AddForm, WritingForm
from warp_hub.advisories.reading_given import Given, Unreadable
from warp_hub.advisories.reading_in import read_in
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.pages.forms import choices
from warp_hub.sharing import looking
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Outlet

blueprint = Blueprint("desk_writing", __name__, url_prefix="/desk/warnings")
blueprint.app_context_processor(lambda: {"is_by_hand": lambda item: writing.is_by_hand(item, visitor().viewer)})


@blueprint.route("/add", methods=["GET", "POST"])
@access.audience("coordinator")
def add_warning() -> ResponseReturnValue:
    """Read a warning out of a text, a PDF or a page; it waits on the desk to be checked and decided over."""
    form = AddForm()
    warp = _warp_for(form)
    if not (form.validate_on_submit() and form.gives_one()):
        return _add_page(form)
    given = _given(form)
    if given is None:
        return _add_page(form)

    draft = read_in(given.said, given.name)
    item_id = writing.put_on_desk(draft, warp, original=given.original, by=visitor().viewer.person)
    session.commit()
    return redirect(url_for("desk_writing.edit_warning", item_id=item_id), 303)


@blueprint.route("/write", methods=["GET", "POST"])
@access.audience("coordinator")
def write_warning() -> ResponseReturnValue:
    """Write a warning of one's WARP's own."""
    form = WritingForm()
    warp = _warp_for(form)
    if not _may_go_on(form):
        return _page(form)

    by = visitor().viewer.person or abort(404)
    return _do(form, writing.begin(form.told(), warp, by), warp)


@blueprint.route("/<uuid:item_id>/edit", methods=["GET", "POST"])
@access.audience("coordinator")
def edit_warning(item_id: UUID) -> ResponseReturnValue:
    """Check or change a warning that was added by hand."""
    viewer = visitor().viewer
    item: Item = find_visible(Item, item_id, viewer, Outlet.DESK) or abort(404)
    own = writing.find(item, viewer) or abort(404)
    if item.withdrawn_at is not None:
        abort(404)
    form = WritingForm(data=_as_typed(own, item))
    if not _may_go_on(form, item, own.stamp):
        return _page(form, item, own)

    writing.change(item, form.told(), viewer)
    return _do(form, item, own.warp, own)


def _as_typed(own: writing.Own, item: Item) -> dict[str, str]:
    typed = forms_writing.as_typed(own.told) | {"seen": own.stamp}
    return typed if item.published_at else typed | forms_writing.named_as_typed(own.told)


def _may_go_on(form: WritingForm, item: Item | None = None, stamp: str = "") -> bool:
    """Say whether the form was sent and all is there for what was pressed."""
    if not form.validate_on_submit():
        return False
    if form.seen.data != stamp:
        form.form_errors = [
            _("Somebody has changed this warning meanwhile. Open it anew, and put your changes in again.")
        ]
        return False
    is_out = item is not None and item.published_at is not None
    return (request.form.get("go") == "save" and not is_out) or form.may_go_out(is_out=is_out)


def _do(form: WritingForm, item: Item, warp: UUID, own: writing.Own | None = None) -> ResponseReturnValue:
    """Do what was pressed with what was written, which a preview leaves unwritten."""
    go, is_out = request.form.get("go"), item.published_at is not None
    if go == "preview":
        return _preview(form, item, warp, own)
    if go == "publish" and not is_out:
        queue.pass_on(item, warp, visitor().viewer)
    session.commit()

    flash(_("Saved as a new version. Members can read it now.") if is_out else _done(go), "success")
    where = "desk_writing.edit_warning" if go == "save" and not is_out else "desk_warnings.decide_warning"
    return redirect(url_for(where, item_id=item.id), 303)


def _done(go: str | None) -> str:
    return str(
        _("Passed on to members.") if go == "publish" else _("Saved. Nobody but you and your WARP's desk sees it.")
    )


def _preview(form: WritingForm, item: Item, warp: UUID, own: writing.Own | None) -> str:
    session.flush()
    session.expire_all()
    shown = reading.find_warning(item.id, visitor().viewer, Outlet.DESK) or abort(404)
    page = _rendered(form, shown.item, own, preview=shown, seen=seeing.who_sees(shown.item, warp))
    session.rollback()
    return page


def _page(form: WritingForm, item: Item | None = None, own: writing.Own | None = None) -> ResponseReturnValue:
    page = _rendered(form, item, own)
    if item is not None and looking.note_look(item, visitor().viewer, item.marking):
        session.commit()
    return page, 422 if form.errors or form.form_errors else 200


def _rendered(form: WritingForm, item: Item | None, own: writing.Own | None, **shown: object) -> str:
    context = {"preview": None, "seen": (), **shown}
    language = str(get_locale() or "en")[:2]
    return render_template("advisories/write.html", form=form, item=item, own=own, language=language, **context)


def _add_page(form: AddForm) -> ResponseReturnValue:
    return render_template("advisories/add.html", form=form), 422 if form.errors else 200


def _given(form: AddForm) -> Given | None:
    """Return what was given to be read; note on its field why it cannot be."""
    file, link = form.file.data, (form.link.data or "").strip()
    try:
        if file:
            return reading_given.from_pdf(file.read(), file.filename)
        return reading_given.from_link(link) if link else reading_given.from_text(form.pasted.data)
    except Unreadable as error:
        (form.file if file else form.link).errors = [str(error)]
        return None


def _warp_for(form: AddForm | WritingForm) -> UUID:
    """Let the coordinator choose among the WARPs they run, and return the one they chose."""
    found = session.scalars(select(Warp).where(Warp.id.in_(visitor().coordinates)).order_by(Warp.name))
    warps = {str(warp.id): warp for warp in found}
    form.warp.choices = choices({name: warp.name for name, warp in warps.items()})
    form.warp.data = form.warp.data or next(iter(warps), "")
    return warps[form.warp.data].id if form.warp.data in warps else abort(404)
