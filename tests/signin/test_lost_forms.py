"""What somebody typed and sent after they were timed out comes back to them, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request

from tests import factories
from tests.page_client import PageClient, find_form, parse
from tests.signin.authenticator import Device
from tests.signin.conftest import PASSWORD, code_of, give_password, seen, sign_in, signed_in, token
from tests.signin.test_passkeys import give_key
from warp_hub import access, clock
from warp_hub.memberships.models import Person
from warp_hub.signin import lost_forms
from warp_hub.signin.lost_forms import LostForm

pytestmark = pytest.mark.usefixtures("as_web")
LONG = "Three servers were hit on Tuesday & the <backup> is fine. " * 20
ORIGIN = {"Origin": "http://localhost"}
LATER = timedelta(hours=2)


@pytest.fixture(scope="module")
def long_form(app: Flask) -> Flask:
    """Add a page with a long form to the app."""

    @access.audience("signed-in")
    def note() -> Any:
        return {"said": request.form.getlist("words"), "other": request.form.get("choice")}

    app._got_first_request = False
    if "note" not in app.view_functions:
        app.add_url_rule("/note", "note", note, methods=["POST"])
    return app


def too_late(browser: PageClient) -> Any:
    data = {"words": [LONG, "second"], "choice": "b", "password": "never kept"} | token(browser, "/sign-out")
    with clock.at(clock.now() + LATER):
        return browser.post("/note?step=2", data=data, headers=ORIGIN)


def kept_in(answer: Any) -> dict[str, str]:
    return {name: str(field["value"]) for name, field in _hidden(parse(answer.text))}


def _hidden(page: Any) -> Any:
    return [(str(field["name"]), field) for field in find_form(page).select("input[type=hidden]")]


def send(browser: PageClient, path: str, answer: Any, **typed: str) -> Any:
    return browser.post(path, data=kept_in(answer) | typed, headers=ORIGIN)


def test_it_comes_back_after_password_and_code(long_form: Flask, sam: Person, secret: str) -> None:
    browser = signed_in(long_form, sam)
    answer = too_late(browser)

    assert answer.status_code == 401
    assert "What you typed is kept" in answer.text
    assert "never kept" not in answer.text
    with clock.at(clock.now() + LATER):
        answer = send(browser, "/sign-in?next=/note", answer, email=sam.email, password="wrong one entirely")
        assert answer.status_code == 422
        answer = send(browser, "/sign-in?next=/note", answer, email=sam.email, password=PASSWORD)
        answer = send(browser, "/sign-in/code?next=/note", answer, code="000000")
        answer = send(browser, "/sign-in/code?next=/note", answer, code=code_of(secret))
        assert "You are signed in again" in answer.text
        fields = dict(kept_in(answer)) | {"words": [LONG, "second"]}
        assert find_form_action(answer) == "/note?step=2"
        assert LONG.strip() in kept_in(answer)["words"] or "second" in kept_in(answer)["words"]
        sent = browser.post("/note?step=2", data=fields, headers=ORIGIN).get_json()
    assert sent == {"said": [LONG, "second"], "other": "b"}


def find_form_action(answer: Any) -> str:
    return str(find_form(parse(answer.text))["action"])


def test_it_comes_back_after_a_passkey_at_once(long_form: Flask, sam: Person) -> None:
    give_key(sam, device := Device())
    browser = signed_in(long_form, sam)
    answer = too_late(browser)
    block = parse(answer.text).select_one('[data-module="warp-passkey"]')
    assert block is not None
    with clock.at(clock.now() + LATER):
        answer = send(browser, "/sign-in", answer, passkey_code=device.get(str(block["data-request"])))
    assert "You are signed in again" in answer.text
    assert "Three servers were hit" in answer.text


def test_somebody_else_at_the_same_browser_gets_nothing_of_it(long_form: Flask, sam: Person) -> None:
    other = factories.person(email="ali@testham.example")
    give_password(other.id)
    browser = signed_in(long_form, sam)
    answer = too_late(browser)

    with clock.at(clock.now() + LATER):
        after = send(browser, "/sign-in?next=/note", answer, email=other.email, password=PASSWORD)

    assert after.status_code == 303
    assert after.location == "/sign-in/code?next=/note"
    assert "Three servers" not in after.text


def test_what_was_sealed_is_for_one_person_and_some_hours(sam: Person) -> None:
    other = factories.person(email="ali@testham.example")
    sealed = lost_forms.seal(sam.id, LostForm("/note", [("words", LONG)], had_files=False))

    assert "servers" not in sealed
    assert lost_forms.read(sam.id, sealed) == LostForm("/note", [("words", LONG)], had_files=False)
    assert lost_forms.read(other.id, sealed) is None
    for forged in ("", "AAAA", sealed[:-8] + "AAAAAAA=", "é", "x" * 500_000):
        assert lost_forms.read(sam.id, forged) is None
    with clock.at(clock.now() + timedelta(hours=13)):
        assert lost_forms.read(sam.id, sealed) is None


def test_a_stranger_and_a_foreign_page_get_the_plain_answer(long_form: Flask, browser: PageClient, sam: Person) -> None:
    form = {"words": LONG} | token(browser, "/sign-in")
    answer = browser.post("/note", data=form, headers=ORIGIN)
    assert answer.status_code == 401
    assert 'name="kept_token"' not in answer.text

    own = signed_in(long_form, sam)
    form = {"words": LONG} | token(own, "/sign-out")
    with clock.at(clock.now() + LATER):
        answer = own.post("/note", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    assert 'name="kept_token"' not in answer.text


def test_without_anything_kept_signing_in_is_as_ever(app: Flask, browser: PageClient, sam: Person) -> None:
    assert sign_in(browser).location == "/sign-in/code?next=/"
    assert seen(browser)["proof"] == "password"


def test_pages_say_when_the_session_ends_and_staying_keeps_it_going(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam)
    dialog = browser.get_page("/account/keys").select_one("dialog")
    assert dialog is not None
    assert dialog["data-idle-minutes"] == "60"
    assert browser.get_page("/sign-in", status=200) is not None
    start = clock.now()
    with clock.at(start + timedelta(minutes=50)):
        assert browser.get("/sign-in/stay.svg").mimetype == "image/svg+xml"
    with clock.at(start + timedelta(minutes=100)):
        assert seen(browser)["proof"] == "full"
    with clock.at(start + timedelta(minutes=200)):
        assert browser.get("/sign-in/stay.svg").status_code == 302
        assert app.test_client().get_page("/sign-in").select_one("dialog") is None  # type: ignore[attr-defined]
