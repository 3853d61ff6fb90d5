"""Adding a source and changing one, with a test that keeps nobody waiting."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from feeds.contract import FeedError
from warp_hub import access
from warp_hub.access import visitor
from warp_hub.advisories import forms_sources, intake, source_reading, sources
from warp_hub.advisories.forms_sources import ASK, BY_ITSELF, ChangeSourceForm, NewSourceForm, SourceForm
from warp_hub.advisories.models import Source, SourceKind
from warp_hub.advisories.source_changes import change
from warp_hub.advisories.source_details import SourceRefused
from warp_hub.advisories.views_sources import find_mine
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.tlp import Marking

blueprint = Blueprint("desk_source_forms", __name__, url_prefix="/desk/sources")


@blueprint.route("/new", methods=["GET", "POST"])
@access.audience("coordinator")
def add_source() -> ResponseReturnValue:
    """Add a source for WARPs that one runs."""
    form = NewSourceForm(data={"marking": Marking.AMBER.value, "passing_on": ASK, "interval_minutes": 60})
    form.offer(_my_warps())
    if not form.validate_on_submit():
        return _page(form)
    if "test" in request.form:
        return _page(form, tested=_test(form, form.kind.data))

    source = _add(form)
    if source is None:
        return _page(form)
    session.commit()

    flash(_("The source is added. It is asked within a minute."), "success")
    return redirect(url_for("desk_sources.read_source", source_id=source.id), 303)


@blueprint.route("/<uuid:source_id>/change", methods=["GET", "POST"])
@access.audience("coordinator")
def change_source(source_id: UUID) -> ResponseReturnValue:
    """Change a source that a WARP of one's own keeps."""
    source, served = _kept(source_id)
    form = ChangeSourceForm(data=forms_sources.as_typed(source, served))
    form.offer([*served, *(warp for warp in _my_warps() if warp not in served)])
    if not form.validate_on_submit():
        return _page(form, source)
    if "test" in request.form:
        return _page(form, source, tested=_test_anew(form, source))

    if not _change(form, source, served):
        session.rollback()
        return _page(form, _kept(source_id)[0])
    session.commit()

    flash(_("Saved."), "success")
    return redirect(url_for("desk_sources.read_source", source_id=source_id), 303)


def _add(form: NewSourceForm) -> Source | None:
    given = form.access()
    try:
        return sources.add(
            form.name.data,
            given.url,
            SourceKind(form.kind.data),
            form.warps.data,
            form.marking.data,
            username=given.username,
            password=given.password,
            certificate=given.certificate,
            authority=given.authority,
            interval_minutes=form.interval_minutes.data,
            early_days=form.early_days.data,
            trusted=form.passing_on.data == BY_ITSELF,
            by=visitor().person,
        )
    except SourceRefused as refused:
        form.refused(refused)
        return None


def _change(form: ChangeSourceForm, source: Source, served: list[Warp]) -> bool:
    """Change a source; its first WARP stays its keeper whatever is ticked."""
    keeper, ticked = served[0].slug, form.warps.data
    wanted = form.changes(source).for_warps([keeper, *(slug for slug in ticked if slug != keeper)])
    try:
        change(source, wanted, by=visitor().person)
    except SourceRefused as refused:
        form.refused(refused)
        return False
    return True


def _test(form: SourceForm, kind: str) -> str:
    """Return what a source says, or put beside the form why it says nothing."""
    try:
        return intake.try_out(kind, form.access())
    except FeedError as error:
        form.url.errors = [*form.url.errors, error.sentence]
        return ""


def _test_anew(form: ChangeSourceForm, source: Source) -> str:
    """Test with what is entered: what is kept cannot be read by a page."""
    if not form.url.data:
        form.url.errors = [_("Enter the address to test it: the one that is kept is not shown, not even to this page.")]
    elif source.has_password and not (form.username.data or form.password.data or form.remove_login.data):
        form.username.errors = [_("Enter the user name and password to test with them.")]
    else:
        return _test(form, source.kind.value)
    return ""


def _page(form: SourceForm, source: Source | None = None, tested: str = "") -> str:
    form.without_secrets()
    is_free = source is None or forms_sources.is_free_to_move(source)
    return render_template("advisories/source_form.html", form=form, source=source, tested=tested, is_free=is_free)


def _kept(source_id: UUID) -> tuple[Source, list[Warp]]:
    source = find_mine(source_id)
    served = list(source_reading.served(source))
    if not source_reading.about(source, visitor().coordinates).may_change:
        abort(404)
    return source, served


def _my_warps() -> list[Warp]:
    mine = select(Warp).where(Warp.id.in_(visitor().coordinates)).order_by(Warp.name)
    return list(session.scalars(mine))
