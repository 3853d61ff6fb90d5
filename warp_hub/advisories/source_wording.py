"""What is said of a source on pages: what it speaks, how it is doing and how long it has been silent."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub import clock
from warp_hub.advisories.health import CERTIFICATE_ENDS, Health, health_of, is_silent
from warp_hub.advisories.models import Source, SourceKind
from warp_hub.pages.dates import date_only, date_time

KINDS: Mapping[SourceKind, LazyString] = {
    SourceKind.TAXII21: _l("TAXII 2.1 server"),
    SourceKind.TAXII20: _l("TAXII 2.0 server"),
    SourceKind.BUNDLE: _l("STIX file at a web address"),
    SourceKind.CSAF: _l("CSAF advisories"),
    SourceKind.RSS: _l("News feed (RSS or Atom)"),
    SourceKind.KEV: _l("List of what attackers are using now"),
    SourceKind.MISP: _l("MISP feed"),
}
TAGS: Mapping[Health, tuple[LazyString, str]] = {
    Health.FAILED: (_l("Needs attention"), "red"),
    Health.PAUSED: (_l("Paused"), "grey"),
    Health.NOT_ASKED: (_l("Not asked yet"), "grey"),
    Health.EMPTY: (_l("Empty"), "yellow"),
    Health.REMARKABLE: (_l("Well, with a remark"), "yellow"),
    Health.WELL: (_l("Well"), "green"),
}


def tag_of(source: Source) -> tuple[LazyString, str]:
    """Return the tag of a source with its colour."""
    return TAGS[health_of(source)]


def health_sentence(source: Source) -> str:
    """Say in one sentence how a source is doing: well, empty and why, or failed, why, since when and what is next."""
    match health_of(source):
        case Health.PAUSED:
            return str(_("It is paused: nobody asks it."))
        case Health.FAILED:
            return _failed(source)
        case Health.NOT_ASKED:
            return str(_("It was not asked yet."))
        case Health.EMPTY:
            return str(_("It answers, but brings nothing: %(why)s.", why=_(source.empty)))
        case Health.REMARKABLE:
            return str(_("It was read %(when)s. %(remark)s", when=_last_read(source), remark=source.remark))
    return str(_("All is well. It was last read %(when)s.", when=_last_read(source)))


def attention_sentence(source: Source) -> str:
    """Say why somebody should look at a source, for the list of what waits; "" where it only has not ended its work."""
    if health_of(source) is Health.FAILED:
        return source.health
    if silence := silence_sentence(source):
        return silence
    if health_of(source) is Health.EMPTY:
        return health_sentence(source)
    if source.certificate_until and source.certificate_until < clock.now() + CERTIFICATE_ENDS:
        return str(_("Its certificate is good until %(when)s only.", when=date_only(source.certificate_until)))
    return ""


def silence_sentence(source: Source) -> str:
    """Say that nothing new has come for much longer than usual, or nothing."""
    now = clock.now()
    if not is_silent(source, now):
        return ""
    assert source.last_new_at is not None
    assert source.usual_gap_minutes is not None
    since, usual = now - source.last_new_at, timedelta(minutes=source.usual_gap_minutes)
    return str(_("Nothing new for %(since)s, usually every %(usual)s.", since=span(since), usual=span(usual)))


def lag_sentence(source: Source) -> str:
    """Say how long the newest thing of a source took to get here."""
    if source.newest_at is None or source.newest_came_at is None:
        return ""
    took = span(max(source.newest_came_at - source.newest_at, timedelta()))
    return str(_("It is of %(when)s and was here %(took)s later.", when=date_time(source.newest_at), took=took))


def every(source: Source) -> str:
    """Say how often a source is asked."""
    return str(_("every %(span)s", span=span(timedelta(minutes=source.interval_minutes))))


def span(of: timedelta) -> str:
    """Return "3 days", "5 hours" or "10 minutes"."""
    minutes = max(int(of.total_seconds() // 60), 1)
    if minutes < 2 * 60:
        return str(ngettext("%(num)d minute", "%(num)d minutes", minutes))
    hours = minutes // 60
    return str(ngettext("%(num)d hour", "%(num)d hours", hours)) if hours < 48 else _days(hours // 24)


def _days(days: int) -> str:
    return str(ngettext("%(num)d day", "%(num)d days", days))


def _failed(source: Source) -> str:
    said = source.health
    if source.failing_since:
        said = _("%(why)s It fails since %(since)s.", why=said, since=date_time(source.failing_since))
    if source.next_try_at is None:
        return said
    return str(_("%(said)s Next try %(when)s.", said=said, when=date_time(source.next_try_at)))


def _last_read(source: Source) -> str:
    return date_time(source.last_ok_at) if source.last_ok_at else ""
