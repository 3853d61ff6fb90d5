"""May I: every view says for whom it is, and one that does not say answers nobody.

`admit` runs before each request: it loads the viewer, hands it to the database session and refuses. A view
without an audience is a fault of the house and answers 500, never a page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from warp_hub import db
from warp_hub.tlp import NOBODY, Viewer

Audience = Literal["public", "signed-in", "full", "coordinator", "demo"]
View = TypeVar("View", bound=Callable[..., Any])


class UndeclaredView(Exception):
    """A view was registered without saying for whom it is."""


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


STRANGER = Visitor()
LoadVisitor = Callable[[], Visitor]


def audience(kind: Audience) -> Callable[[View], View]:
    """Declare for whom a view is: anyone, whoever is signed in, fully signed in, or a coordinator."""

    def declare(view: View) -> View:
        view.__audience__ = kind  # type: ignore[attr-defined]
        return view

    return declare


def admit(app: Flask, load_visitor: LoadVisitor) -> None:
    """Install the door: `load_visitor` says who is asking, from unwatched tables alone."""

    @app.before_request
    def at_the_door() -> Response | None:
        g.visitor = STRANGER
        if request.endpoint is None:
            return None
        kind = getattr(app.view_functions[request.endpoint], "__audience__", None)
        if kind is None:
            raise UndeclaredView(request.endpoint)
        if request.endpoint == "static":
            return None
        g.visitor = load_visitor()
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


def _refuse(kind: Audience, asking: Visitor) -> Response | None:
    if kind in ("public", "demo"):
        return None
    if asking.person is None:
        return _to_sign_in()
    if kind in ("full", "coordinator") and asking.proof != "full":
        return _to_second_step()
    if kind == "coordinator" and not asking.coordinates:
        abort(404)
    return None


def _to_sign_in() -> Response:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?")))


def _to_second_step() -> Response:
    if request.method not in ("GET", "HEAD"):
        abort(404)
    return redirect(url_for("signin.second_step", next=request.full_path.rstrip("?")))
