"""What's waiting."""

from flask import Blueprint, render_template

from warp_hub import access
from warp_hub.desk.waiting import waiting

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@access.audience("coordinator")
def whats_waiting() -> str:
    """Show a coordinator what waits, oldest first."""
    visitor = access.visitor()
    return render_template("desk/whats_waiting.html", waiting=waiting(visitor.viewer, visitor.coordinates))
