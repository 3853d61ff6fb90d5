"""Buttons that matter are for who has just proved who they are; who has not does so and comes back to the page."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from warp_hub.access import visitor


def prove_first(back: str) -> Response | None:
    """Return the way to proving who one is, and back to this page; None for who did so a moment ago."""
    return None if visitor().fresh else redirect(url_for("signin.prove_again", next=back), 303)
