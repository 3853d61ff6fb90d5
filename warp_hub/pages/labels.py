"""The five labels in plain words: who may have it, what I may do with it, where it can appear here.

The words follow from the label alone; what a source adds (Chatham House Rule, its own limits) stands beside them.
"""

import sys
from collections.abc import Mapping
from typing import Protocol

from flask import Flask
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub import clock
from warp_hub.tlp import TRAVELS, Handling, Marking, Outlet

MAY_DO: dict[Marking, LazyString] = {
    Marking.CLEAR: _l("You may share this with anyone."),
    Marking.GREEN: _l("You may share this with other public bodies and partners in the community, but not in public."),
    Marking.AMBER: _l("You may share this inside your council and with your IT supplier."),
    Marking.AMBER_STRICT: _l("You may share this inside your council only, not with suppliers."),
    Marking.RED: _l("This is for you alone. Do not pass it on to anyone, not even inside your council."),
}

MEANS: dict[Marking, LazyString] = {
    Marking.CLEAR: _l(
        "There is little or no risk of misuse. It may go to anyone and be published. Copyright still applies."
    ),
    Marking.GREEN: _l(
        "It helps the wider community stay safe. Share it with people in your own and other public bodies, their "
        "security partners and other WARPs. Do not put it on a website, on social media or anywhere the public can "
        "find it."
    ),
    Marking.AMBER: _l(
        "It needs others to act on it, but would do harm if it spread further. Share it with people in your "
        "organisation who need to know, and with those who protect or run your systems for you, as far as they need it "
        "to protect you or themselves."
    ),
    Marking.AMBER_STRICT: _l(
        "As TLP:AMBER, but for your own organisation only. Suppliers, contractors and other clients do not receive it."
    ),
    Marking.RED: _l(
        "It is for the people it names and nobody else, because passing it on could put someone's privacy, reputation "
        "or work at risk. Talk about it only with people who were named as well."
    ),
}

WHO: dict[Marking, LazyString] = {
    Marking.CLEAR: _l("Everyone who belongs to a WARP on this hub, and anyone at all where a WARP publishes it"),
    Marking.GREEN: _l("Everyone who belongs to a WARP on this hub"),
    Marking.AMBER: _l("The WARPs, organisations and people it is addressed to"),
    Marking.AMBER_STRICT: _l("Full members among those it is addressed to, never associates such as suppliers"),
    Marking.RED: _l("Only the people named"),
}

# How soon to act; the stored word is the English one.
SEVERITIES: dict[str, LazyString] = {
    "Act today": _l("Act today"),
    "This week": _l("This week"),
    "For information": _l("For information"),
}

_PLACES: tuple[tuple[Outlet, LazyString], ...] = (
    (Outlet.PAGE, _l("Pages, when you are signed in")),
    (Outlet.SEARCH, _l("Search results")),
    (Outlet.TAXII, _l("Tools you connect")),
    (Outlet.FILE, _l("Files you download")),
    (Outlet.MAIL, _l("E-mails, in full")),
    (Outlet.PUBLIC, _l("Public pages, where a WARP publishes it")),
)
_NOTICE_ONLY = _l("E-mails only say that something is waiting for you")


class Titled(Protocol):
    """Something with a title under a handling."""

    title: str

    def handling(self) -> Handling:
        """Return under which handling it stands."""


class Limited(Protocol):
    """Something that bears limits of its source's beside its label."""

    chatham_house: bool
    pap: str | None
    restrictions: str


def install(app: Flask) -> None:
    """Let templates ask for the words by `labels.may_do(marking)` and the like."""
    app.jinja_env.globals["labels"] = sys.modules[__name__]


def title_for_browser(of: Titled, otherwise: str) -> str:
    """Return what may stand where browsers keep it: the title, or only what kind of thing it is."""
    return of.title if of.handling().may_stand_in_title(clock.now()) else otherwise


def may_do(marking: Marking) -> str:
    """Return the one sentence on what a reader may do with something under this label."""
    return str(MAY_DO[marking])


def limits_of(of: Limited, *, is_assumed: bool = False, paps: Mapping[str, object] | None = None) -> list[str]:
    """Return what is asked for beside the label; `paps` are the words for a PAP label, where it is put in words."""
    limits = [_("The source gave no label; this one is assumed.")] if is_assumed else []
    limits += [_("The Chatham House Rule applies: do not say who said it.")] if of.chatham_house else []
    pap = (paps or {}).get(of.pap, of.pap) if of.pap else ""
    limits += [_("What you may do with these addresses: %(pap)s", pap=str(pap))] if pap else []
    return [str(limit) for limit in [*limits, of.restrictions] if limit]


def means(marking: Marking) -> str:
    """Return what the label means, in a few sentences."""
    return str(MEANS[marking])


def who(marking: Marking) -> str:
    """Return who receives it here."""
    return str(WHO[marking])


def appears_in(marking: Marking) -> list[str]:
    """Return where something under this label can appear here, as the rule has it."""
    travels = TRAVELS[marking]
    places = [str(words) for outlet, words in _PLACES if outlet in travels]
    if Outlet.MAIL not in travels and Outlet.NOTICE in travels:
        places.append(str(_NOTICE_ONLY))
    return places


def severity(word: str) -> str:
    """Return a severity in the language of the page."""
    return str(SEVERITIES[word])


def all_labels() -> list[Marking]:
    """Return the five labels, widest first."""
    return sorted(Marking, key=lambda marking: marking.rank)
