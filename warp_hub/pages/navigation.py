"""The way around: which links a page offers to whoever is looking.

A link appears when its page exists and its view admits the visitor, so nothing here is a promise and no room
has to be told of another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Place:
    """An address that must not move, and what the link to it is called."""

    path: str
    label: LazyString


@dataclass(frozen=True)
class Link:
    """A place as one page shows it."""

    path: str
    label: str
    is_current: bool
    is_within: bool


MAIN = (
    Place("/", _l("Home")),
    Place("/advisories", _l("Warnings")),
    Place("/incidents", _l("Incidents")),
    Place("/discussions", _l("Questions")),
    Place("/training", _l("Training")),
    Place("/members", _l("Members")),
    Place("/desk", _l("What's waiting")),
)
RIGHT = (
    Place("/report", _l("Report an incident")),
    Place("/search", _l("Search")),
    Place("/account", _l("My account")),
    Place("/sign-in", _l("Sign in")),
)
FOOT = (
    Place("/help", _l("Help")),
    Place("/handling", _l("Handling")),
    Place("/privacy", _l("Privacy")),
    Place("/cookies", _l("Cookies")),
    Place("/accessibility-statement", _l("Accessibility statement")),
)


def install(app: Flask) -> None:
    """Give every page its links; `navigation` is lazy, so that a letter or an error page costs nothing."""
    app.jinja_env.globals["navigation"] = navigation


def navigation() -> dict[str, list[Link]]:
    """Return the links of the three rows: main, right and foot."""
    return {"main": _shown(MAIN), "right": _shown(RIGHT), "foot": _shown(FOOT)}


def _shown(places: Iterable[Place]) -> list[Link]:
    audiences = _audiences()
    return [
        Link(place.path, str(place.label), _is_current(place), _is_within(place))
        for place in places
        if place.path in audiences and _admits(place, audiences[place.path])
    ]


def _admits(place: Place, audience: str | None) -> bool:
    visitor: Any = g.get("visitor")
    is_known = getattr(visitor, "person", None) is not None
    if place.path == "/sign-in":
        return not is_known
    if audience == "coordinator":
        return bool(getattr(visitor, "coordinates", None))
    return audience == "public" or (is_known and audience is not None)


def _is_current(place: Place) -> bool:
    return _is_marked() and request.path == place.path


def _is_within(place: Place) -> bool:
    return _is_marked() and place.path != "/" and request.path.startswith(f"{place.path}/")


def _is_marked() -> bool:
    # An error page marks no place: what is absent and what is refused must look the same.
    return not g.get("is_error_page", False)


def _audiences() -> dict[str, str | None]:
    """Return each plain address that can be read, with the audience of its view; worked out once."""
    known: dict[str, str | None] | None = current_app.extensions.get("navigation-audiences")
    if known is None:
        known = {
            rule.rule: getattr(current_app.view_functions[rule.endpoint], "__audience__", None)
            for rule in current_app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.arguments
        }
        current_app.extensions["navigation-audiences"] = known
    return known
