"""Training as its organisers meet it: their sessions, one of them with who comes, announcing, changing, calling off."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.pages import paging
from warp_hub.pages.forms import choices
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking, Outlet, Viewer
from warp_hub.training import bookings, forms, organising, reading, wording
from warp_hub.training.forms import NewSessionForm, SessionForm
from warp_hub.training.models import OpenTo, TrainingSession

blueprint = Blueprint("desk_training", __name__, url_prefix="/desk/training")
Done = TypeVar("Done")
MOST_TICKED = 1000


@blueprint.get("")
@access.audience("coordinator")
def list_sessions() -> str:
    """List the sessions of one's WARPs, those to come first."""
    viewer, past = visitor().viewer, request.args.get("show") == "past"
    place = paging.asked_place(request.args) if past else None
    asked = reading.select_desk(viewer, past=past)
    if past:
        asked = paging.turn_to(asked, TrainingSession.starts_at, TrainingSession.id, place)
    rows = session.execute(asked).all()
    size = paging.ROWS_ON_A_PAGE if past else reading.MOST_COMING
    page = paging.cut(rows, place, lambda row: (row[0].starts_at, row[0].id), size)

    counts = reading.counts_of([row[0].id for row in page.rows], viewer)
    return render_template("training/desk_list.html", page=page, past=past, counts=counts)


@blueprint.route("/new", methods=["GET", "POST"])
@access.audience("coordinator")
def announce() -> ResponseReturnValue:
    """Announce a session."""
    warps, form = _my_warps(), NewSessionForm()
    form.warp.choices = choices({str(warp.id): warp.name for warp in warps.values()})
    if request.method == "POST" and form.warp.data not in warps:
        abort(404)
    form.zone = forms.zone_of(warps.get(form.warp.data or ""))
    if not form.validate_on_submit():
        return _form_page("announce", form)

    label, whom = Marking(form.marking.data), OpenTo(form.open_to.data)
    made = organising.announce(form.details(), warps[form.warp.data], label, whom, visitor().viewer)
    session.commit()

    flash(_("The session is announced."), "success")
    return redirect(url_for("desk_training.read_session", item_id=made.id), 303)


@blueprint.get("/<uuid:item_id>")
@access.audience("coordinator")
def read_session(item_id: UUID) -> str:
    """Show a session to its organisers, with who comes."""
    of, item = _found(item_id)
    booked, waiting = reading.guests_of(item_id, visitor().viewer)
    link = bookings.joining_link(of, visitor().viewer, Outlet.DESK)

    return render_template(
        "training/desk_session.html",
        of=of,
        item=item,
        booked=booked,
        waiting=waiting,
        join_link=link,
        is_open=of.cancelled_at is None and not reading.has_begun(of),
        has_begun=reading.has_begun(of),
        language=wording.language(),
    )


@blueprint.route("/<uuid:item_id>/change", methods=["GET", "POST"])
@access.audience("coordinator")
def change(item_id: UUID) -> ResponseReturnValue:
    """Change a session; those who come are told of a new time or place."""
    of, item = _found(item_id)
    link = bookings.joining_link(of, visitor().viewer, Outlet.DESK)
    form = SessionForm(data=forms.as_typed(of, item.title, item.chatham_house, link))
    form.zone = forms.zone_of_session(of)
    if not form.validate_on_submit():
        return _form_page("change", form, of=of, item=item)

    is_told = _tried(lambda viewer: organising.change(item_id, form.details(), viewer))
    session.commit()

    flash(_("Saved. Those who come are told.") if is_told else _("Saved."), "success")
    return redirect(url_for("desk_training.read_session", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/call-off")
@access.audience("coordinator")
def call_off(item_id: UUID) -> ResponseReturnValue:
    """Call a session off."""
    _tried(lambda viewer: organising.call_off(item_id, viewer))
    session.commit()

    flash(_("The session is called off. Those who would have come are told."), "success")
    return redirect(url_for("desk_training.read_session", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/attendance")
@access.audience("coordinator")
def tick(item_id: UUID) -> ResponseReturnValue:
    """Note who came."""
    came = {_uuid(text) for text in request.form.getlist("came")[:MOST_TICKED]}
    count = _tried(lambda viewer: organising.tick(item_id, came, viewer))
    session.commit()

    flash(ngettext("Saved: %(num)d person came.", "Saved: %(num)d people came.", count), "success")
    return redirect(url_for("desk_training.read_session", item_id=item_id), 303)


def _found(item_id: UUID) -> tuple[TrainingSession, Item]:
    asked = reading.select_sessions(visitor().viewer, Outlet.DESK).where(TrainingSession.id == item_id)
    of, item = session.execute(asked).one_or_none() or abort(404)
    return of, item


def _form_page(template: str, form: SessionForm, **context: object) -> ResponseReturnValue:
    return render_template(f"training/desk_{template}.html", form=form, **context), 422 if form.errors else 200


def _my_warps() -> dict[str, Warp]:
    found = session.scalars(select(Warp).where(Warp.id.in_(visitor().coordinates)).order_by(Warp.name))
    return {str(warp.id): warp for warp in found}


def _tried(verb: Callable[[Viewer], Done]) -> Done:
    try:
        return verb(visitor().viewer)
    except bookings.NoSuchSession:
        abort(404)
    except bookings.NotOpen:
        abort(409)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)
