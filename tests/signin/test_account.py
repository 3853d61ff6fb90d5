"""Password and second step change only by whoever proved it a moment ago, and the owner is told."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import ANOTHER, PASSWORD, code_of, give_password, seen, sign_in, signed_in, token
from warp_hub import clock, db
from warp_hub.mail.models import Letter
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import codes
from warp_hub.signin.models import Credential

pytestmark = pytest.mark.usefixtures("as_web")


def change(browser: PageClient, now: str = PASSWORD, new: str = ANOTHER) -> Any:
    form = {"password": now, "new_password": new} | token(browser, "/account/password")
    return browser.post("/account/password", data=form)


def letters() -> list[str]:
    with db.acting("work"):
        return sorted(db.session.scalars(select(Letter.kind)))


def shown_secret(browser: PageClient) -> str:
    found = browser.get_page("/account/second-step").select_one("code")
    assert found is not None
    return "".join(found.text.split())


def enrol(browser: PageClient, code: str) -> Any:
    return browser.post("/account/second-step", data={"code": code} | token(browser, "/account/second-step"))


def test_a_new_password_signs_out_everywhere_else_and_tells_the_owner(app: Flask, sam: Person, secret: str) -> None:
    here, there = signed_in(app, sam), signed_in(app, sam)

    assert change(here).location == "/account/keys"

    assert seen(here)["proof"] == "full"
    assert seen(there)["proof"] == "nothing"
    assert letters() == ["password_changed"]
    other: PageClient = app.test_client()  # type: ignore[assignment]
    assert sign_in(other, PASSWORD).status_code == 422
    assert sign_in(other, ANOTHER).status_code == 303


def test_a_new_password_needs_the_old_one(app: Flask, sam: Person, secret: str) -> None:
    browser = signed_in(app, sam)

    answer = change(browser, now="wrong")

    assert answer.status_code == 422
    assert "The password is not right" in answer.text
    assert letters() == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("", "Enter a new password"),
        ("fourteen chars", "15 or more"),
        ("aaaaaaaaaaaaaaaaaaaa", "repeats itself"),
        ("abcabcabcabcabcabc", "repeats itself"),
        ("passwordpassword", "repeats itself"),
        ("qwertyuiopasdfghjkl", "follows the keyboard"),
        ("123456789012345", "follows the keyboard"),
        ("Password1234567890", "people try first"),
        ("Summer2024!Winter2025", "people try first"),
        ("samlee@testham.example", "people try first"),
        ("SamLee-SamLee-1999", "people try first"),
        ("correcthorsebatterystaple", "people try first"),
        ("MidshireWarpHub warp hub", "people try first"),
        ("x" * 1001, "no more than 1,000"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_with_a_reason(
    app: Flask, sam: Person, secret: str, new: str, said: str
) -> None:
    browser = signed_in(app, sam)
    answer = change(browser, new=new)

    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "new",
    [
        "coffee-train-fishbone",
        "  spaces are kept  ",
        "Llanfairpwllgwyngyll yn y bore",
        "🐉🐉 dreigiau coch 🐉🐉 mawr",
        "83920174650912837465",
        "x9$kQ2!mZp7#vB4w",
        "w" + "ordinary sentence that goes on and on " * 25,
    ],
)
def test_any_long_password_is_taken_exactly_as_typed(app: Flask, sam: Person, secret: str, new: str) -> None:
    assert change(signed_in(app, sam), new=new).status_code == 303

    other: PageClient = app.test_client()  # type: ignore[assignment]
    assert sign_in(other, new.strip() + "x").status_code == 422
    assert sign_in(other, new).status_code == 303


def test_ten_minutes_later_one_proves_it_again_by_a_code(app: Flask, sam: Person, secret: str) -> None:
    browser = signed_in(app, sam)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert browser.get("/account/password").location == "/sign-in/again?next=/account/password"
        assert browser.post("/account/password", data=token(browser, "/sign-in/again")).location.startswith(
            "/sign-in/again"
        )
        page = browser.get_page("/account/password")
        assert page.select_one("#code") is not None
        assert not seen(browser)["fresh"]
        answer = browser.post(
            "/sign-in/again?next=/account/password",
            data={"code": code_of(secret)} | token(browser, "/sign-in/again"),
        )
        assert answer.location == "/account/password"
        assert seen(browser)["fresh"]
        assert change(browser).location == "/account/keys"


def test_without_a_second_step_one_proves_it_again_by_the_password(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam, Proof.PASSWORD)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert browser.get("/account/second-step").location == "/sign-in/again?next=/account/second-step"
        form = token(browser, "/sign-in/again")
        assert browser.post("/sign-in/again", data={"password": "wrong"} | form).status_code == 422
        assert browser.post("/sign-in/again", data={"password": PASSWORD} | form).status_code == 303
        assert seen(browser)["fresh"]
        assert seen(browser)["proof"] == "password"


def test_a_second_step_is_set_up_with_a_picture_or_a_key(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam, Proof.PASSWORD)
    page = browser.get_page("/account/second-step?next=/full")
    image = page.select_one("main img")
    assert image is not None
    picture = browser.get(str(image["src"]))
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
    assert b"style=" not in picture.data
    secret = shown_secret(browser)

    answer = browser.post(
        "/account/second-step?next=/full",
        data={"code": code_of(secret)} | token(browser, "/account/second-step"),
    )

    assert answer.location == "/full"
    assert seen(browser)["proof"] == "full"
    assert letters() == ["second_step_changed"]
    assert not codes.accept(sam.id, code_of(secret))
    assert codes.accept(sam.id, code_of(secret, 1))


def test_a_wrong_code_sets_nothing_up_and_the_key_stays_the_same(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam, Proof.PASSWORD)
    before = shown_secret(browser)

    answer = enrol(browser, "000000")

    assert answer.status_code == 422
    assert "This code is not right" in answer.text
    assert shown_secret(browser) == before
    assert not codes.is_enrolled(sam.id)


def test_looking_at_the_key_stores_nothing(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam, Proof.PASSWORD)
    shown_secret(browser)
    browser.get("/account/second-step/picture.svg")

    assert db.session.scalars(select(Credential.totp_secret)).one() is None


def test_every_session_is_shown_another_key(app: Flask, sam: Person) -> None:
    one, two = signed_in(app, sam, Proof.PASSWORD), signed_in(app, sam, Proof.PASSWORD)
    theirs = shown_secret(one)

    assert theirs != shown_secret(two)
    assert enrol(two, code_of(theirs)).status_code == 422


def test_a_stolen_password_alone_replaces_no_second_step(app: Flask, sam: Person, secret: str) -> None:
    thief = signed_in(app, sam, Proof.PASSWORD)

    assert thief.get("/account/second-step").location.startswith("/sign-in/code?")
    answer = thief.post("/account/second-step", data={"code": "123456"} | token(thief, "/sign-in/code"))
    assert answer.location.startswith("/sign-in/code?")
    assert codes.accept(sam.id, code_of(secret))


def test_a_new_phone_replaces_the_old_one(app: Flask, sam: Person, secret: str) -> None:
    browser = signed_in(app, sam)
    new = shown_secret(browser)

    assert enrol(browser, code_of(new)).status_code == 303

    with clock.at(clock.now() + timedelta(seconds=60)):
        assert not codes.accept(sam.id, code_of(secret))
        assert codes.accept(sam.id, code_of(new))
    assert shown_secret(browser) != new


def test_others_cannot_be_named_in_the_form(app: Flask, sam: Person) -> None:
    other = factories.person(email="ali@testham.example")
    give_password(other.id)
    browser = signed_in(app, sam, Proof.PASSWORD)
    form = {"code": code_of(shown_secret(browser)), "person_id": str(other.id), "person": str(other.id)}

    browser.post(f"/account/second-step?person_id={other.id}", data=form | token(browser, "/account/second-step"))

    assert codes.is_enrolled(sam.id)
    assert not codes.is_enrolled(other.id)


@pytest.mark.parametrize("path", ["/account/password", "/account/second-step", "/account/sessions"])
def test_strangers_are_sent_to_sign_in(browser: PageClient, path: str) -> None:
    assert browser.get(path).location == f"/sign-in?next={path}"
    assert browser.post(path).status_code in (400, 401, 405)
