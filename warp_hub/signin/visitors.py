"""Who is asking: from the cookie to the visitor at the door, and from a proof to the cookie.

The cookie's value goes out with the answer to the request that opened, proved or ended the session.
"""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import flask
from flask import Flask, Request, Response, g
from flask_login import LoginManager, UserMixin, current_user

from warp_hub import access, clock, config, db, mail
from warp_hub.access import STRANGER, Visitor
from warp_hub.memberships import arrivals
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.signin import devices, factors, sessions
from warp_hub.signin.entering import NOTICE_LIVES
from warp_hub.signin.models import Session, Way

BROWSER_KNOWN_FOR = timedelta(days=395)  # browsers keep nothing longer than 400 days


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


def enter(
    person_id: UUID,
    proof: Proof,
    by: sessions.ByAccount | None = None,
    *,
    way: Way | None = None,
    tell: bool = True,
) -> None:
    """Sign a person in on this device, in place of whoever was; without `tell` no letter says that a browser is new."""
    leave()
    way = Way.PROVIDER if by else way
    g.session_cookie = sessions.open_session(person_id, proof, by, way)
    _arrived(person_id, proof, way, tell=tell)


def prove(proof: Proof, way: Way | None = None, *, tell: bool = True) -> None:
    """Raise what the session of this request has proved; without a `way` only renew it."""
    visitor = access.visitor()
    assert visitor.session_id is not None
    assert visitor.person is not None
    g.session_cookie = sessions.prove(visitor.session_id, proof, way)
    _arrived(visitor.person, proof, way, tell=tell)


def leave() -> None:
    """Sign whoever is asking out of this device; what the form cookie held goes too."""
    visitor = access.visitor()
    if visitor.session_id is not None and visitor.person is not None:
        sessions.end(visitor.session_id, visitor.person)
    flask.session.clear()
    g.pop("csrf_token", None)  # a page that this very answer shows needs a token of the new session
    g.session_cookie = ""


def open_session_for(person_id: UUID, proof: Proof = Proof.FULL) -> str:
    """Open a session and return the value of its cookie; for the personas of the demonstration and for tests."""
    return sessions.open_session(person_id, proof)


def cookie_name() -> str:
    """Return the name of the cookie: over https one that no other host can set."""
    return "__Host-warp_hub" if config.current().is_https else "warp_hub"


def browser_cookie_name() -> str:
    """Return the name of the cookie by which a browser is known again, also after signing out."""
    return f"{cookie_name()}_browser"


def own_secret() -> str:
    """Return what tells this browser's visit from any other's: what a passkey is asked in one is answered in it."""
    if "visit" not in flask.session:
        flask.session["visit"] = secrets.token_urlsafe(16)
    told: str = flask.session["visit"]
    return told


def proved_by_now() -> Proof:
    """Return what the session of this request has proved, also where its pages ask for more."""
    session_id = access.visitor().session_id
    return Proof.NOTHING if session_id is None else sessions.proof_of(session_id)


def must_come_by_account() -> bool:
    """Say whether whoever is asking signs in by an account at a provider, has no second step here, and came without."""
    visitor = access.visitor()
    if visitor.person is None or visitor.session_id is None or sessions.is_by_account(visitor.session_id):
        return False
    return factors.is_guarded(visitor.person) and not factors.has_second_step(visitor.person)


def _arrived(person_id: UUID, proof: Proof, way: Way | None, *, tell: bool) -> None:
    """Do what follows a full sign-in; a letter goes where the browser is not known for this person."""
    if proof is not Proof.FULL or way is None:
        return
    arrivals.after_full_sign_in(person_id)
    known = flask.request.cookies.get(browser_cookie_name(), "")
    if tell and not devices.knows(known, person_id):
        mail.post("new_device", person_id, expires_at=clock.now() + NOTICE_LIVES)
    g.browser_cookie = devices.remember(known, person_id)


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
    viewer, proof = viewer_of(person.id, of.proof), of.proof
    desks = viewer.keeps - {person.id}
    if not desks <= frozenset(of.desks):
        return None  # someone who runs more than when they signed in signs in anew
    if of.way is not Way.PASSKEY and factors.must_show_passkey(desks):
        viewer, proof, desks = viewer_of(person.id, Proof.PASSWORD), Proof.PASSWORD, frozenset()
    return Visitor(
        viewer=viewer,
        person=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        proof=proof.value,
        fresh=sessions.is_fresh(of),
        coordinates=desks,
        session_id=of.id,
        session_ends=sessions.ends_at(of),
    )


def _send_cookie(response: Response) -> Response:
    value, known = g.pop("session_cookie", None), g.pop("browser_cookie", None)
    guarded: dict[str, Any] = {"path": "/", "secure": config.current().is_https, "httponly": True, "samesite": "Lax"}
    if value == "":
        response.delete_cookie(cookie_name(), **guarded)
    elif value is not None:
        response.set_cookie(cookie_name(), value, **guarded)
    if known is not None:
        response.set_cookie(browser_cookie_name(), known, max_age=BROWSER_KNOWN_FOR, **guarded)
    return response
