"""What pages show of training, all of it by the rule."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from warp_hub.db import app_now, session
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Outlet, Viewer
from warp_hub.training.models import Booking, BookingState, TrainingSession


def select_sessions(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of the sessions this viewer may receive through an outlet, each with its item."""
    return select_visible(TrainingSession, viewer, outlet).add_columns(Item)


def select_coming(viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> Select[Any]:
    """Return the select of the sessions that are not over, soonest first."""
    asked = select_sessions(viewer, outlet).where(TrainingSession.ends_at > app_now())
    return asked.order_by(TrainingSession.starts_at, TrainingSession.id)


def states_of(ids: Collection[UUID], viewer: Viewer) -> dict[UUID, BookingState]:
    """Return where this viewer stands with each of these sessions; those without a booking are left out."""
    if viewer.person is None or not ids:
        return {}
    mine = select_visible(Booking, viewer, Outlet.PAGE).where(
        Booking.person_id == viewer.person, Booking.item_id.in_(ids), Booking.state != BookingState.CANCELLED
    )
    return {row.item_id: row.state for row in session.scalars(mine)}
