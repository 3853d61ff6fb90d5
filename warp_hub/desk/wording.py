"""What the numbers of a day are called on a page."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from warp_hub.desk.counting import Count

COUNTS: Mapping[Count, LazyString] = {
    Count.WARNINGS_CAME: _l("Warnings that came"),
    Count.PASSED_ON: _l("Warnings passed on"),
    Count.KEPT: _l("Warnings kept for later"),
    Count.SET_ASIDE: _l("Warnings not for us"),
    Count.DIGESTS: _l("Digests sent"),
    Count.NOTICES: _l("Urgent warnings sent by mail"),
    Count.FAILED: _l("Letters that failed"),
    Count.INCIDENTS: _l("Incidents passed on"),
    Count.ASKED: _l("Questions asked"),
    Count.ANSWERED: _l("Questions answered"),
    Count.HELD: _l("Training sessions that took place"),
    Count.PLACES: _l("Places booked in training"),
    Count.ATTENDED: _l("People who came to training"),
    Count.FULL: _l("Members"),
    Count.ASSOCIATES: _l("Associates"),
    Count.OPENED: _l("Records opened of who sent a report"),
}
