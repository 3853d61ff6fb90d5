"""The letter to somebody for whose account a token was made: it says neither what it is called nor what it fetches."""

from warp_hub.mail import Cancelled, Letter, Rendered, rendering
from warp_hub.memberships import tokens
from warp_hub.tlp import Viewer


def token_made(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter that says that a token was made, and where to stop it."""
    return rendering.letter("exports/email/token_made", at=letter.created_at)


LETTERS = {tokens.LETTER: token_made}
