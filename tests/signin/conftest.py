"""The pages of signing in on a small app: the look, the door, and somewhere to go."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from warp_hub import access, clock, db, pages
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import codes, keys, passwords, sessions, visitors
from warp_hub.signin.models import Credential
from warp_hub.signin.views import blueprint

PASSWORD = "coffee train fishbone"
ANOTHER = "violet ladder pancake"
COOKIE = "warp_hub"


@pytest.fixture(autouse=True)
def _light_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at a cost that tests can bear."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def app(hub_settings: object) -> Flask:
    """Return an app with the pages of signing in and a page for each audience."""
    made = Flask("warp_hub", static_folder=None, template_folder=None)
    made.config.from_mapping(SECRET_KEY="for tests alone", BASE_URL="http://localhost:8000")
    pages.install(made)
    visitors.install(made)
    access.admit(made, visitors.load_visitor)
    made.register_blueprint(blueprint)
    for path, kind in (("/", "public"), ("/account", "signed-in"), ("/full", "full"), ("/desk", "coordinator")):
        made.add_url_rule(path, path.strip("/") or "start", _page(kind))
    made.test_client_class = PageClient
    return made


def _page(kind: Any) -> Callable[[], dict[str, Any]]:
    @access.audience(kind)
    def show() -> dict[str, Any]:
        visitor = access.visitor()
        return {
            "email": visitor.email,
            "proof": visitor.proof,
            "fresh": visitor.fresh,
            "is_member": visitor.viewer.is_member,
            "amber": bool(visitor.viewer.amber),
            "desks": len(visitor.coordinates),
        }

    return show


@pytest.fixture
def as_web(database: object) -> Iterator[None]:
    """Act as the web process does."""
    with db.acting("web"):
        yield
        db.leave()


@pytest.fixture
def browser(app: Flask, as_web: None) -> PageClient:
    """Return somebody's browser."""
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


@pytest.fixture
def midshire(database: object) -> Warp:
    """Return a WARP."""
    return factories.warp()


@pytest.fixture
def sam(midshire: Warp) -> Person:
    """Return a lead of a council in Midshire, with a password and no second step."""
    made = factories.member(midshire, lead=True, email="Sam.Lee@testham.example", name="Sam Lee")
    give_password(made.id)
    return made


@pytest.fixture
def secret(sam: Person) -> str:
    """Give Sam a second step and return its secret."""
    return give_second_step(sam.id)


def give_password(person_id: UUID, password: str = PASSWORD) -> None:
    with db.acting("web"):
        hashed = passwords.hash_of(password)
        db.session.add(Credential(person_id=person_id, password_hash=hashed, password_set_at=clock.now()))
        db.session.commit()


def give_second_step(person_id: UUID) -> str:
    secret = pyotp.random_base32()
    with db.acting("web"):
        credential = db.session.scalars(select(Credential).where(Credential.person_id == person_id)).one()
        credential.totp_secret = keys.seal("totp", secret, person_id.bytes)
        credential.totp_confirmed_at = clock.now()
        db.session.commit()
    return secret


def code_of(secret: str, step: int = 0) -> str:
    """Return the code of now, or of so many half minutes later."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + step * codes.STEP_SECONDS)


def sign_in(browser: PageClient, password: str = PASSWORD, email: str = "sam.lee@testham.example") -> Any:
    return browser.post("/sign-in", data={"email": email, "password": password} | token(browser, "/sign-in"))


def give_code(browser: PageClient, code: str) -> Any:
    return browser.post("/sign-in/code", data={"code": code} | token(browser, "/sign-in/code"))


def token(browser: PageClient, path: str) -> dict[str, str]:
    """Return the form token of a page."""
    field = browser.get_page(path).select_one('input[name="csrf_token"]')
    return {"csrf_token": str(field["value"])} if field else {}


def signed_in(app: Flask, person: Person, proof: Proof = Proof.FULL) -> PageClient:
    """Return the browser of somebody who has proved this much."""
    with db.acting("web"):
        value = sessions.open_session(person.id, proof)
        db.session.commit()
        db.leave()
    made = app.test_client()
    assert isinstance(made, PageClient)
    made.set_cookie(COOKIE, value)
    return made


def seen(browser: PageClient) -> dict[str, Any]:
    """Return as whom the app sees this browser."""
    answer: dict[str, Any] = browser.get("/").get_json()
    return answer
