"""Times and counts as people read them: local wall time, in the language of the page."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from warp_hub import clock

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_MONTH = 30 * _DAY


def install(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters.update(
        date_time=date_time, date_only=date_only, time_only=time_only, ago=ago, bounded=bounded, iso=iso
    )


def date_time(moment: datetime) -> str:
    """Return "3 December 2026, 10:00"."""
    return _local(moment, "d MMMM y, HH:mm")


def date_only(moment: datetime) -> str:
    """Return "3 December 2026", the day it is in London."""
    return _local(moment, "d MMMM y")


def day(of: date) -> str:
    """Return "3 December 2026" for a day that has no hour."""
    return format_date(of, "d MMMM y", locale=get_locale() or "en")


def time_only(moment: datetime) -> str:
    """Return "10:00"."""
    return _local(moment, "HH:mm")


def iso(moment: datetime) -> str:
    """Return the moment as a machine reads it, for the `datetime` attribute."""
    return clock.local(moment).isoformat(timespec="seconds")


def ago(moment: datetime) -> str:
    """Return how long ago it was, in one unit; the date when that is more than a month or yet to come."""
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < -_MINUTE or seconds >= _MONTH:
        return date_only(moment)
    if seconds < _MINUTE:
        return str(gettext("just now"))
    if seconds < _HOUR:
        return str(ngettext("%(num)d minute ago", "%(num)d minutes ago", seconds // _MINUTE))
    if seconds < _DAY:
        return str(ngettext("%(num)d hour ago", "%(num)d hours ago", seconds // _HOUR))
    return str(ngettext("%(num)d day ago", "%(num)d days ago", seconds // _DAY))


def bounded(count: int, up_to: int = 1000) -> str:
    """Return the count, or "1,000+" where counting stopped."""
    return f"{up_to:,}+" if count >= up_to else f"{count:,}"


def _local(moment: datetime, pattern: str) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return format_datetime(clock.local(moment), pattern, locale=get_locale() or "en")
