"""May I: every view says for whom it is, and one that does not say answers nobody.

`admit` runs before each request: it loads the viewer, hands it to the database session and refuses. A view
without an audience is a fault of the house and answers 500, never a page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from warp_hub import db
from warp_hub.tlp import NOBODY, Viewer

Audience = Literal["public", "signed-in", "full", "fresh", "coordinator", "token", "demo"]
View = TypeVar("View", bound=Callable[..., Any])


# What every personal token begins with, so that programs that look for secrets know one when they see it.
TOKEN_PREFIX = "warp_"  # noqa: S105 - the beginning of a secret
_LOOKS_LIKE_A_TOKEN = re.compile(rf"{TOKEN_PREFIX}[A-Za-z0-9_-]{{20}}")
_NAMES_OF_SECRETS = frozenset({"token", "access_token", "password", "key", "apikey", "api_key", "auth"})


class UndeclaredView(Exception):
    """A view was registered without saying for whom it is."""


class NotNow(Exception):
    """A tool has been refused too often; `wait` says how long it has to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True)
class Visitor:
    """Who is asking: a viewer, and what pages need to greet them. `coordinates` are WARP ids."""

    viewer: Viewer = NOBODY
    person: UUID | None = None
    name: str = ""
    email: str = ""
    language: str | None = None
    proof: str = "nothing"
    fresh: bool = False
    coordinates: frozenset[UUID] = frozenset()
    session_id: UUID | None = None
    session_ends: datetime | None = None
    token_id: UUID | None = None


STRANGER = Visitor()
LoadVisitor = Callable[[], Visitor]


def audience(kind: Audience) -> Callable[[View], View]:
    """Declare for whom a view is: anyone, whoever is signed in, fully signed in, a moment ago, or a coordinator.

    A "token" view is for tools: it takes e-mail and personal token by HTTP Basic and knows no session, and no
    other view knows a token.
    """

    def declare(view: View) -> View:
        view.__audience__ = kind  # type: ignore[attr-defined]
        return view

    return declare


def freshly_proved(view: View) -> View:
    """Ask for the password or a code again unless one was given within the last ten minutes."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if visitor().fresh else elsewhere("signin.prove_again")

    return cast(View, wrapper)


def elsewhere(endpoint: str) -> AnyResponse:
    """Go and prove it, then come back; what changes something is asked for again."""
    back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path
    return redirect(url_for(endpoint, next=back), 303)


def without_trace(view: View) -> View:
    """Let nothing be noted about who comes to a view and when: where somebody is promised not to be named."""
    view.__without_trace__ = True  # type: ignore[attr-defined]
    return view


def leaves_trace() -> bool:
    """Say whether this request may be noted: when a session was last seen, who asked for what."""
    return not hasattr(current_app.view_functions.get(request.endpoint or ""), "__without_trace__")


def admit(app: Flask, load_visitor: LoadVisitor, load_tool: LoadVisitor = lambda: STRANGER) -> None:
    """Install the door: `load_visitor` says who is asking, from unwatched tables alone; `load_tool` whose tool is.

    `load_tool` returns a stranger for whatever is no good token, and raises NotNow after too many of those.
    """

    @app.before_request
    def at_the_door() -> AnyResponse | None:
        g.visitor = STRANGER
        if request.endpoint is None:
            return None
        kind = getattr(app.view_functions[request.endpoint], "__audience__", None)
        if kind is None:
            raise UndeclaredView(request.endpoint)
        if request.endpoint == "static":
            return None
        if kind == "token" and (refusal := _refuse_in_address()):
            return refusal
        try:
            g.visitor = load_tool() if kind == "token" else load_visitor()
        except NotNow as error:
            return _to_wait(error.wait)
        db.enter(g.visitor.viewer.settings())
        return _refuse(kind, g.visitor)

    @app.teardown_request
    def give_back(_error: BaseException | None) -> None:
        db.leave()


def visitor() -> Visitor:
    """Return who is asking."""
    found: Visitor = g.get("visitor", STRANGER)
    return found


def viewer() -> Viewer:
    """Return who is asking, as the rule sees them."""
    return visitor().viewer


def _refuse(kind: Audience, asking: Visitor) -> AnyResponse | None:
    if kind in ("public", "demo"):
        return None
    if asking.person is None:
        return _to_present_a_token() if kind == "token" else _to_sign_in()
    if kind in ("full", "fresh", "coordinator") and asking.proof != "full":
        return _to_second_step()
    if kind == "fresh" and not asking.fresh:
        return elsewhere("signin.prove_again")
    if kind == "coordinator" and not asking.coordinates:
        abort(404)
    return None


def _to_sign_in() -> AnyResponse:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?")))


def _to_second_step() -> AnyResponse:
    if request.method not in ("GET", "HEAD"):
        abort(404)
    return redirect(url_for("signin.second_step", next=request.full_path.rstrip("?")))


def _to_present_a_token() -> AnyResponse:
    """Say the same of an unknown address, a wrong token and one that is over."""
    answer = _plainly(401, "Send your e-mail address and a personal token of yours by HTTP Basic.")
    answer.headers["WWW-Authenticate"] = 'Basic realm="WARP Hub", charset="UTF-8"'
    return answer


def _to_wait(wait: timedelta) -> AnyResponse:
    answer = _plainly(429, "This was refused too often. Wait, and look whether the token is still good.")
    answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return answer


def _refuse_in_address() -> AnyResponse | None:
    """Refuse a secret that stands in the address, good or not: addresses are kept in logs."""
    names = {name.lower() for name in request.args}
    if not names & _NAMES_OF_SECRETS and not _LOOKS_LIKE_A_TOKEN.search(request.full_path):
        return None
    return _plainly(400, "A token goes into the header, never into the address. Stop this one and make another.")


def _plainly(status: int, sentence: str) -> Response:
    return Response(f"{sentence}\n", status, mimetype="text/plain")
