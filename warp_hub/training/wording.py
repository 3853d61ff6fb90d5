"""The words and marks that the pages and letters of this room need."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub import clock
from warp_hub.memberships.models import Warp
from warp_hub.pages.components import trusted
from warp_hub.sharing.models import Item
from warp_hub.training.models import BookingState, OpenTo, SessionKind, TrainingSession

KINDS = {
    SessionKind.BRIEFING: _l("Briefing"),
    SessionKind.EXERCISE: _l("Exercise"),
    SessionKind.LUNCH_AND_LEARN: _l("Lunch and learn"),
    SessionKind.MEETING: _l("Meeting"),
}
STATES = {BookingState.BOOKED: _l("Booked"), BookingState.WAITING: _l("Waiting list")}


def words() -> dict[str, Any]:
    """Return what the templates of this room call."""
    return {
        "kind_words": lambda of: str(KINDS[of.kind]),
        "when_words": when,
        "where_words": where,
        "for_whom": for_whom,
        "tag_of": tag_of,
        "facts_of_session": facts_of,
        # Stored text was cleaned once, when it was written.
        "cleaned": trusted,
    }


def when(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return "Friday 4 December 2026, 10:00 to 11:30", the wall time of the session's own zone."""
    starts, ends = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    pattern = "HH:mm" if starts.date() == ends.date() else "EEEE d MMMM y, HH:mm"
    begins, until = _format(starts, "EEEE d MMMM y, HH:mm"), _format(ends, pattern)
    said = str(_("%(start)s to %(end)s", start=begins, end=until))
    return said if ZoneInfo(zone) == clock.LONDON else f"{said} ({get_timezone_name(starts, locale=_locale())})"


def where(of: TrainingSession) -> str:
    """Return where it is: "Online", a place, or both."""
    if of.is_online:
        return f"{_('Online')}, {of.place}" if of.place else str(_("Online"))
    return of.place


def for_whom(of: TrainingSession, warp_name: str) -> str:
    """Return who may take a place."""
    if of.open_to is OpenTo.ALL:
        return str(_("Members of all WARPs"))
    return str(_("Members of %(warp)s", warp=warp_name))


def tag_of(of: TrainingSession, state: BookingState | None) -> str:
    """Return the word that matters most about a session in a list, empty for none."""
    if of.cancelled_at is not None:
        return str(_("Cancelled"))
    return str(STATES[state]) if state in STATES else ""


def facts_of(of: TrainingSession, item: Item) -> list[str]:
    """Return the small print of a session in a list."""
    place = where(of)
    return [
        when(of.starts_at, of.ends_at, of.zone),
        *([place] if place else []),
        str(KINDS[of.kind]),
        for_whom(of, item.originator_name),
    ]


def language() -> str:
    """Return the language of the moment as a key of stored text."""
    return _locale()[:2]


def name_of(warp: Warp) -> str:
    """Return the name of a WARP in the language of the moment."""
    return (warp.name_cy or warp.name) if _locale().startswith("cy") else warp.name


def _format(moment: datetime, pattern: str) -> str:
    return format_datetime(moment, pattern, locale=_locale())


def _locale() -> str:
    return str(get_locale() or "en")
