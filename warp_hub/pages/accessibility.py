"""The facts of the accessibility statement: what works, what does not, when it was looked at.

Keep this true: change it in the commit that mends a gap or finds one, and at each yearly review.
"""

import sys
from datetime import UTC, datetime

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

PREPARED = datetime(2026, 11, 22, tzinfo=UTC)
REVIEWED = datetime(2026, 11, 22, tzinfo=UTC)
TESTED = datetime(2026, 11, 22, tzinfo=UTC)

ABILITIES: tuple[LazyString, ...] = (
    _l("change colours, contrast levels and fonts using browser or device settings"),
    _l("zoom in up to 400% without the text spilling off the screen"),
    _l("navigate all of the website using a keyboard or speech recognition software"),
    _l("listen to the website using a screen reader"),
    _l("use every page without JavaScript"),
)
GAPS: tuple[LazyString, ...] = (
    _l("warnings are in the language and style of their source, often English and technical"),
    _l("the Welsh pages have not yet been reviewed by a Welsh speaker"),
)
FAILINGS: tuple[LazyString, ...] = (
    _l(
        "On Welsh pages, text that has not been translated is not marked as English, so a screen reader may read it "
        "with Welsh pronunciation. This fails WCAG 2.2 success criterion 3.1.2 (language of parts). We mend it by "
        "translating the rest."
    ),
)


def install(app: Flask) -> None:
    """Let the statement's page ask for the facts."""
    app.jinja_env.globals["accessibility"] = sys.modules[__name__]


def abilities() -> list[str]:
    """Return what everyone should be able to do here."""
    return [str(text) for text in ABILITIES]


def gaps() -> list[str]:
    """Return, in plain words, what does not work for everyone."""
    return [str(text) for text in GAPS]


def failings() -> list[str]:
    """Return the same by success criterion."""
    return [str(text) for text in FAILINGS]


def prepared() -> datetime:
    """Return when the statement was first written."""
    return PREPARED


def reviewed() -> datetime:
    """Return when it was last read against the website."""
    return REVIEWED


def tested() -> datetime:
    """Return when the website was last tested."""
    return TESTED
