"""See what members will see: the steps between writing and sending, the same for questions and replies.

Nothing is stored between the steps; what was typed travels with the form.
"""

from collections.abc import Mapping
from typing import Any

from flask import request

from warp_hub.memberships.recognising import known_of
from warp_hub.pages.checking import Check, Piece, check
from warp_hub.tlp import Viewer

STEP, SEND, CHANGE = "step", "send", "change"


def is_filled_in(form: Any) -> bool:
    """Say whether a form was sent complete, and not to be changed once more."""
    return request.form.get(STEP) != CHANGE and bool(form.validate_on_submit())


def look(texts: Mapping[str, str], *, is_named: bool, viewer: Viewer) -> Check:
    """Return the texts as members will see them; whoever is not named is asked about what could name them."""
    if is_named or viewer.person is None:
        return Check(dict(texts), [], {name: [Piece(text)] for name, text in texts.items()})
    return check(texts, known_of(viewer.person), request.form)


def is_sent(found: Check) -> bool:
    """Say whether the button that sends was pressed and nothing is left to choose."""
    return request.form.get(STEP) == SEND and found.is_settled
