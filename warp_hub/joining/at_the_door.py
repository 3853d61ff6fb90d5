"""Leading people whose organisation has something to accept to the one page that says so.

Only those are led who receive nothing until it is accepted; every page of theirs leads there, so that none tells
whether what was asked for exists.
"""

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from warp_hub import access
from warp_hub.memberships import agreements

# Open to anyone, but what they show a member is more.
_SHOWN_TO_MEMBERS = ("home.start", "advisories.read_advisory", "incidents.read_incident")
# Whoever has an incident may report it, whatever is left to accept.
_STAYS_OPEN = ("/account", "/agreement", "/sign-in", "/apply", "/report")
_SETTING_UP = "signin.second_step_setup"


def install(app: Flask) -> None:
    """Lead them there; runs behind the door of `access`, which must be installed before."""
    app.before_request(lead_to_agreement)


def lead_to_agreement() -> Response | None:
    """Return the way to the agreement for whoever reads nothing without it, None for everybody else."""
    visitor = access.visitor()
    if visitor.person is None or visitor.viewer.is_member or request.method not in ("GET", "HEAD"):
        return None
    if not _is_concerned() or not agreements.demands(visitor.person):
        return None
    return redirect(url_for("joining_agreement.list_agreements", next=_onward()), 303)


def _is_concerned() -> bool:
    endpoint = request.endpoint or ""
    if endpoint in _SHOWN_TO_MEMBERS:
        return True
    # The agreement comes before the second step, unless somebody chose otherwise.
    if endpoint == _SETTING_UP:
        return request.args.get("agreement") != "later"
    kind = getattr(current_app.view_functions.get(endpoint), "__audience__", None)
    return kind in ("signed-in", "full", "fresh", "coordinator") and not request.path.startswith(_STAYS_OPEN)


def _onward() -> str:
    return request.full_path.rstrip("?") if request.endpoint == _SETTING_UP else "/"
