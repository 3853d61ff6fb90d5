"""Who is asking: from the cookie to the visitor at the door, and from a proof to the cookie.

The cookie's value goes out with the answer to the request that opened, proved or ended the session.
"""

from uuid import UUID

import flask
from flask import Flask, Request, Response, g
from flask_login import LoginManager, UserMixin, current_user

from warp_hub import access, config, db
from warp_hub.access import STRANGER, Visitor
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.signin import sessions
from warp_hub.signin.models import Session


class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in person of a request, as Flask-Login carries them."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.id = str(visitor.person)


def install(app: Flask) -> None:
    """Let Flask-Login find the person by our cookie, and send the cookie when it changed."""
    manager = LoginManager()
    # No context processor: an error page must come out while the database is away.
    manager.init_app(app, add_context_processor=False)
    manager.request_loader(_from_cookie)
    app.after_request(_send_cookie)


def load_visitor() -> Visitor:
    """Return who is asking, a stranger for whatever is not a good session."""
    user = current_user._get_current_object()
    return user.visitor if isinstance(user, SignedIn) else STRANGER


def enter(person_id: UUID, proof: Proof, by: sessions.ByAccount | None = None) -> None:
    """Sign a person in on this device, in place of whoever was."""
    leave()
    g.session_cookie = sessions.open_session(person_id, proof, by)


def prove(proof: Proof) -> None:
    """Raise what the session of this request has proved."""
    session_id = access.visitor().session_id
    assert session_id is not None
    g.session_cookie = sessions.prove(session_id, proof)


def leave() -> None:
    """Sign whoever is asking out of this device; what the form cookie held goes too."""
    visitor = access.visitor()
    if visitor.session_id is not None and visitor.person is not None:
        sessions.end(visitor.session_id, visitor.person)
    flask.session.clear()
    g.session_cookie = ""


def open_session_for(person_id: UUID, proof: Proof = Proof.FULL) -> str:
    """Open a session and return the value of its cookie; for the personas of the demonstration and for tests."""
    return sessions.open_session(person_id, proof)


def cookie_name() -> str:
    """Return the name of the cookie: over https one that no other host can set."""
    return "__Host-warp_hub" if config.current().is_https else "warp_hub"


def _from_cookie(request: Request) -> SignedIn | None:
    token = request.cookies.get(cookie_name())
    found = sessions.find(token) if token else None
    if found is None:
        return None
    visitor = _visitor(*found)
    if visitor is None:
        return None
    if access.leaves_trace() and sessions.see(found[0]):
        db.session.commit()
    return SignedIn(visitor)


def _visitor(of: Session, person: Person) -> Visitor | None:
    viewer = viewer_of(person.id, of.proof)
    desks = viewer.keeps - {person.id}
    if not desks <= frozenset(of.desks):
        return None  # someone who runs more than when they signed in signs in anew
    return Visitor(
        viewer=viewer,
        person=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        proof=of.proof.value,
        fresh=sessions.is_fresh(of),
        coordinates=desks,
        session_id=of.id,
    )


def _send_cookie(response: Response) -> Response:
    value = g.pop("session_cookie", None)
    if value == "":
        response.delete_cookie(cookie_name(), path="/", secure=config.current().is_https, httponly=True, samesite="Lax")
    elif value is not None:
        response.set_cookie(
            cookie_name(), value, path="/", secure=config.current().is_https, httponly=True, samesite="Lax"
        )
    return response
