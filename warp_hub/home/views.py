"""What anyone meets first."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, render_template

from warp_hub import access, clock
from warp_hub.alerts import interests
from warp_hub.discussions.latest import latest_questions
from warp_hub.home import account, welcome
from warp_hub.memberships import agreements
from warp_hub.tlp import MAILED, Marking
from warp_hub.training.coming import coming_up

blueprint = Blueprint("home", __name__)

EXPLAINED = {
    "/privacy": "privacy",
    "/cookies": "cookies",
    "/help": "help",
    "/handling": "handling",
    "/accessibility-statement": "accessibility_statement",
}


@blueprint.get("/")
@access.audience("public")
def start() -> str:
    """Show a member what is new, and a stranger what this is."""
    visitor = access.visitor()
    if visitor.person is None:
        return render_template("home/welcome.html", warps=welcome.warps())

    return render_template(
        "home/home.html",
        hour=clock.local(clock.now()).hour,
        first_name=visitor.name.split()[0] if visitor.name.split() else "",
        lists=welcome.lists(visitor.viewer),
        was_asked=interests.was_asked(visitor.viewer),
        coming=coming_up(visitor.viewer, welcome.SHOWN_BESIDE),
        questions=latest_questions(visitor.viewer, welcome.SHOWN_BESIDE),
        may_ask=visitor.viewer.is_member and visitor.proof == "full",
        belongs=visitor.viewer.is_member or bool(visitor.coordinates),
        withheld=[marking for marking in Marking if marking not in MAILED] if visitor.proof != "full" else [],
        waiting=welcome.waiting(visitor.viewer) if visitor.coordinates else 0,
        to_accept=[*agreements.demands(visitor.person), *agreements.coming(visitor.person)],
    )


@blueprint.get("/warps/<slug>")
@access.audience("public")
def read_warp(slug: str) -> str:
    """Show the public page of one WARP."""
    warp = welcome.find_warp(slug)
    if warp is None:
        abort(404)
    return render_template("home/warp.html", warp=warp, warnings=welcome.public_warnings(warp.id))


@blueprint.get("/account")
@access.audience("signed-in")
def my_account() -> str:
    """Show someone what the hub knows of them."""
    visitor = access.visitor()
    assert visitor.person is not None
    return render_template("home/account.html", visitor=visitor, belonging=account.belonging(visitor.person))


def _explain(path: str, template: str) -> None:
    @access.audience("public")
    def page() -> str:
        return render_template(f"pages/{template}.html")

    blueprint.add_url_rule(path, template, page)


for _path, _template in EXPLAINED.items():
    _explain(_path, _template)


@blueprint.get("/.well-known/security.txt")
@access.audience("public")
def security_txt() -> Response:
    """Say how to report a weakness of this service (RFC 9116)."""
    base = current_app.config["BASE_URL"]
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:security@{urlsplit(base).hostname}",
        f"Expires: {expires}",
        "Preferred-Languages: en, cy",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
