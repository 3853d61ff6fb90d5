"""The letter to somebody whose record was opened: that there is something to read, and no word of what.

A mail server on the way would otherwise learn who sent a report.
"""

from warp_hub.custody import opening
from warp_hub.mail import Cancelled, Letter, Rendered, rendering
from warp_hub.tlp import Viewer


def record_opened(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter that asks somebody to sign in and read a message."""
    return rendering.letter("custody/email/record_opened")


LETTERS = {opening.KIND: record_opened}
