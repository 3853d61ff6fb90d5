"""What is promised to whoever reports: the only wording there is, on any page, in any letter, in any document."""

from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Promise(StrEnum):
    """How the one who reports is protected."""

    NAMED = "named"
    ANONYMISED = "anonymised"
    SEALED = "sealed"
    NO_RECORD = "no-record"


CHOICES: dict[Promise, LazyString] = {
    Promise.NAMED: _l("Show our name"),
    Promise.ANONYMISED: _l("Do not show our name"),
    Promise.SEALED: _l("Lock our name away"),
    Promise.NO_RECORD: _l("Keep no record"),
}

TEXTS: dict[Promise, LazyString] = {
    Promise.NAMED: _l("Members will see your organisation's name."),
    Promise.ANONYMISED: _l(
        "Other members will not be told who you are. Your WARP coordinators can open the record of who sent this, "
        "must give a reason, and you will be told if they do. People who know your organisation well may still guess."
    ),
    Promise.SEALED: _l("Two named key holders must act together to open the record. Coordinators cannot."),
    Promise.NO_RECORD: _l(
        "We keep no record of who sent this. Only the reply code reconnects you. If you lose it we cannot help. "
        "The computer running this service handles your request while you send it."
    ),
}

NOT_OFFERED = _l(
    "“Do not show our name” needs two key holders in your WARP, who keep the record of who sent a report. "
    "Your WARP does not have them yet."
)
