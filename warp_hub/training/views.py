"""Training as members meet it: what is coming, one session, a place in it, and a calendar that follows."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.mail import rendering
from warp_hub.pages import paging
from warp_hub.tlp import NOBODY, Viewer
from warp_hub.training import bookings, following, reading, wording
from warp_hub.training.models import BookingState, TrainingSession

Done = TypeVar("Done")

blueprint = Blueprint("training", __name__, url_prefix="/training")
blueprint.app_context_processor(wording.words)


@blueprint.get("")
@access.audience("signed-in")
def list_sessions() -> str:
    """List what is coming, soonest first, or what has been, newest first."""
    viewer, past = visitor().viewer, request.args.get("show") == "past"
    place = paging.asked_place(request.args) if past else None
    asked = reading.select_coming(viewer)
    if past:
        asked = paging.turn_to(reading.select_past(viewer), TrainingSession.starts_at, TrainingSession.id, place)
    rows = session.execute(asked).all()
    size = paging.ROWS_ON_A_PAGE if past else reading.MOST_COMING
    page = paging.cut(rows, place, lambda row: (row[0].starts_at, row[0].id), size)

    states = reading.states_of([row[0].id for row in page.rows], viewer)
    return render_template("training/list.html", page=page, past=past, states=states)


@blueprint.get("/<uuid:item_id>")
@access.audience("signed-in")
def read_session(item_id: UUID) -> str:
    """Show one session to whoever may have it; anyone else meets what is not there."""
    shown = reading.find_shown(item_id, visitor().viewer) or abort(404)

    return render_template("training/session.html", shown=shown, language=wording.language())


@blueprint.post("/<uuid:item_id>/book")
@access.audience("signed-in")
def book(item_id: UUID) -> ResponseReturnValue:
    """Take a place, or the next one in the waiting list."""
    booking = _tried(lambda viewer: bookings.book(item_id, viewer))
    session.commit()

    if booking.state is BookingState.BOOKED:
        flash(_("Your place is booked. A letter with a calendar entry is on its way."), "success")
    else:
        flash(_("All places are taken. You are in the waiting list, and we write as soon as one is yours."))
    return redirect(url_for("training.read_session", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/cancel")
@access.audience("signed-in")
def give_back(item_id: UUID) -> ResponseReturnValue:
    """Give one's place back, or leave the waiting list."""
    _tried(lambda viewer: bookings.give_back(item_id, viewer))
    session.commit()

    flash(_("Your booking is cancelled."), "success")
    return redirect(url_for("training.read_session", item_id=item_id), 303)


@blueprint.get("/calendar")
@access.audience("full")
def calendar() -> str:
    """Say how one's own calendar can follow one's bookings."""
    return _calendar_page()


@blueprint.post("/calendar")
@access.audience("full")
def make_address() -> str:
    """Make a new secret address and show it, this once."""
    secret = following.make_address(_person())
    session.commit()

    return _calendar_page(rendering.hub_url("training.feed", secret=secret))


@blueprint.post("/calendar/stop")
@access.audience("full")
def stop_address() -> ResponseReturnValue:
    """End the secret address."""
    following.stop(_person())
    session.commit()

    flash(_("Your calendar address is ended. Nothing follows your bookings any more."), "success")
    return redirect(url_for("training.calendar"), 303)


@blueprint.get("/calendar/<secret>.ics")
@access.audience("public")
def feed(secret: str) -> Response:
    """Give a calendar program the bookings of whoever the secret belongs to."""
    viewer = following.reader_of(secret)
    if viewer == NOBODY:
        abort(404)
    db.enter(viewer.settings())

    return Response(following.calendar_of(viewer), mimetype="text/calendar")


def _calendar_page(address: str = "") -> str:
    return render_template("training/calendar.html", address=address, has_address=following.has_address(_person()))


def _tried(verb: Callable[[Viewer], Done]) -> Done:
    try:
        return verb(visitor().viewer)
    except (bookings.NoSuchSession, bookings.NotForThem):
        abort(404)
    except bookings.NotOpen:
        abort(409)


def _person() -> UUID:
    person = visitor().person
    assert person is not None
    return person
