"""In by password and code: step by step, each step renewing the cookie, nothing told to guessers."""

import re
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import (
    COOKIE,
    PASSWORD,
    code_of,
    give_code,
    give_password,
    seen,
    sign_in,
    signed_in,
    token,
)
from warp_hub import db
from warp_hub.memberships.models import Person, State, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import passwords
from warp_hub.signin.models import Credential, Session

NOT_RIGHT = "The e-mail address or the password is not right"


def test_a_password_and_a_code_sign_somebody_in_fully(browser: PageClient, sam: Person, secret: str) -> None:
    page = browser.post_form("/sign-in?next=/full", email="sam.lee@testham.example", password=PASSWORD)
    assert page.h1 is not None
    assert page.h1.text == "Enter your code"
    assert seen(browser)["proof"] == "password"

    answer = browser.post(
        "/sign-in/code?next=/full", data={"code": code_of(secret)} | token(browser, "/sign-in/code?next=/full")
    )

    assert answer.status_code == 303
    assert answer.location == "/full"
    assert seen(browser) == {
        "email": "Sam.Lee@testham.example",
        "proof": "full",
        "fresh": True,
        "is_member": True,
        "amber": True,
        "desks": 0,
    }


def test_a_password_alone_reads_what_may_be_printed_and_no_more(browser: PageClient, sam: Person, secret: str) -> None:
    sign_in(browser)

    assert seen(browser)["is_member"]
    assert not seen(browser)["amber"]
    assert browser.get("/full").location.startswith("/sign-in/code")
    assert browser.get("/desk").location.startswith("/sign-in/code")


def test_the_last_step_alone_is_nothing(browser: PageClient, sam: Person, secret: str) -> None:
    assert browser.get("/sign-in/code").location.startswith("/sign-in?")
    assert browser.post("/sign-in/code", data={"code": code_of(secret)}).status_code in (400, 401)
    assert seen(browser)["proof"] == "nothing"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("sam.lee@testham.example", "wrong"),
        ("sam.lee@testham.example", PASSWORD.upper()),
        ("sam.lee@testham.example", f" {PASSWORD}"),
        ("nobody@testham.example", PASSWORD),
        ("sam.lee@testham.example.evil.example", PASSWORD),
        ("sam.le_@testham.example", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_page_says_the_same(browser: PageClient, sam: Person, email: str, password: str) -> None:
    page = browser.post_form("/sign-in", status=422, email=email, password=password)

    assert page.title is not None
    assert page.title.text.strip().startswith("Error:")
    assert [link.text for link in page.select(".govuk-error-summary a")] == [NOT_RIGHT]
    field = page.select_one("#email")
    assert field is not None
    assert field["value"] == email
    assert "value" not in page.select_one("#password").attrs  # type: ignore[union-attr]
    assert seen(browser)["proof"] == "nothing"


def test_pages_for_known_and_unknown_addresses_are_equal_to_the_byte(
    app: Flask, browser: PageClient, sam: Person
) -> None:
    never_redeemed = factories.person(email="new.one@testham.example")
    suspended = factories.person(email="old.one@testham.example", state=State.SUSPENDED)
    give_password(suspended.id, "wrong but kept")
    pages = set()
    for email in ("sam.lee@testham.example", "nob.ody@testham.example", never_redeemed.email, suspended.email):
        fresh: PageClient = app.test_client()  # type: ignore[assignment]
        answer = sign_in(fresh, "wrong but kept", email=email)
        # The form's token has the second in it, and a passkey is asked for something else each time.
        text = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text.replace(email, ""))
        text = re.sub(r"(challenge&#34;: &#34;)[^&]+", r"\1", text)
        pages.add((answer.status_code, text))

    assert len(pages) == 1


def test_an_unknown_address_costs_a_hash_too(browser: PageClient, sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(PasswordHasher):
        def verify(self, stored: str | bytes, given: str | bytes) -> Literal[True]:
            verified.append((str(stored).rpartition(",")[0], given))
            return super().verify(stored, given)

    verified: list[tuple[str, str | bytes]] = []
    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))

    sign_in(browser, "wrong", email="nobody@testham.example")
    sign_in(browser, "wrong")

    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_what_a_browser_held_before_signing_in_is_worth_nothing_after(
    browser: PageClient, sam: Person, secret: str
) -> None:
    before = token(browser, "/sign-in")
    sign_in(browser)

    assert browser.post("/sign-in/code", data={"code": code_of(secret)} | before).status_code == 400


@pytest.mark.parametrize("email", ["", "sam", "sam@localhost", "sam@x.example\r\nBcc: y@z.example"])
def test_what_is_no_address_is_said_beside_the_field(browser: PageClient, email: str) -> None:
    page = browser.post_form("/sign-in", status=422, email=email, password="x")

    assert page.select_one("#email-error") is not None


def test_a_password_of_a_megabyte_never_reaches_the_hash(browser: PageClient, sam: Person) -> None:
    browser.post_form("/sign-in", status=422, email="sam.lee@testham.example", password="x" * 10_000)


def test_the_cookie_is_new_at_each_step_and_the_old_ones_are_worth_nothing(
    app: Flask, browser: PageClient, sam: Person, secret: str
) -> None:
    browser.set_cookie(COOKIE, "chosen-by-somebody-else")
    sign_in(browser)
    first = browser.get_cookie(COOKIE).value  # type: ignore[union-attr]
    give_code(browser, code_of(secret))
    second = browser.get_cookie(COOKIE).value  # type: ignore[union-attr]

    assert len({"chosen-by-somebody-else", first, second}) == 3
    for old in ("chosen-by-somebody-else", first):
        other = app.test_client()
        other.set_cookie(COOKIE, old)
        assert other.get("/").get_json()["proof"] == "nothing"


def test_signing_in_ends_the_session_that_the_browser_had(app: Flask, sam: Person, as_web: None) -> None:
    reader = signed_in(app, sam, Proof.MAILBOX)
    old = reader.get_cookie(COOKIE).value  # type: ignore[union-attr]

    sign_in(reader)

    other = app.test_client()
    other.set_cookie(COOKIE, old)
    assert other.get("/").get_json()["proof"] == "nothing"
    assert seen(reader)["proof"] == "password"


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: PageClient, sam: Person) -> None:
    cookie = next(c for c in sign_in(browser).headers.getlist("Set-Cookie") if c.startswith("warp_hub="))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie


def test_only_the_hash_of_the_cookie_is_stored(browser: PageClient, sam: Person) -> None:
    sign_in(browser)
    value = browser.get_cookie(COOKIE).value  # type: ignore[union-attr]

    stored = db.session.scalars(select(Session.token_hash)).one()

    assert len(value) >= 43
    assert value.encode() not in stored
    assert len(stored) == 32


def test_a_code_is_asked_of_nobody_twice(browser: PageClient, sam: Person, secret: str) -> None:
    sign_in(browser)
    give_code(browser, code_of(secret))

    assert browser.get("/sign-in?next=/full").location == "/sign-in/code?next=/full"
    assert browser.get("/sign-in/code?next=/full").location == "/full"


@pytest.mark.parametrize(
    "next_page",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x=y\r\nSet-Cookie: x=y",
        " //evil.example",
        "evil.example",
        "http://localhost@evil.example/",
        "///evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(
    app: Flask, browser: PageClient, sam: Person, secret: str, next_page: str
) -> None:
    answer = browser.post(
        "/sign-in",
        query_string={"next": next_page},
        data={"email": "sam.lee@testham.example", "password": PASSWORD} | token(browser, "/sign-in"),
    )
    assert answer.location == "/sign-in/code?next=/"
    answer = browser.post(
        "/sign-in/code",
        query_string={"next": next_page},
        data={"code": code_of(secret)} | token(browser, "/sign-in/code"),
    )
    assert answer.location == "/"
    assert "x=y" not in str(answer.headers)


def test_fields_that_no_form_has_are_ignored(browser: PageClient, sam: Person, secret: str) -> None:
    extra = {"proof": "full", "person_id": "1", "role": "coordinator", "fresh_at": "2030-01-01", "warp_id": "x"}
    form = {"email": "sam.lee@testham.example", "password": PASSWORD} | extra | token(browser, "/sign-in")

    browser.post("/sign-in?proof=full&email=other@testham.example", data=form)

    assert seen(browser)["proof"] == "password"
    assert seen(browser)["email"] == "Sam.Lee@testham.example"


def test_json_and_other_methods_open_no_other_door(browser: PageClient, sam: Person) -> None:
    given = {"email": "sam.lee@testham.example", "password": PASSWORD}

    assert browser.post("/sign-in", json=given).status_code == 400
    assert browser.post("/sign-in", data=given).status_code == 400
    assert browser.put("/sign-in", data=given).status_code == 405
    assert browser.post(
        "/sign-in", data=given | token(browser, "/sign-in"), headers={"Origin": "https://evil.example"}
    ).status_code in (400, 403)
    assert seen(browser)["proof"] == "nothing"


def test_passwords_are_kept_as_argon2id(sam: Person, as_web: None) -> None:
    stored = db.session.scalars(select(Credential.password_hash)).one()

    assert stored.startswith("$argon2id$v=19$")


def test_a_hash_of_other_costs_is_renewed_at_sign_in(
    browser: PageClient, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "hasher", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))

    sign_in(browser)

    db.session.rollback()
    assert "m=16,t=2" in db.session.scalars(select(Credential.password_hash)).one()
    assert sign_in(browser.application.test_client()).status_code == 303  # type: ignore[arg-type]


def test_a_coordinator_reaches_the_desk(app: Flask, midshire: Warp, as_web: None) -> None:
    boss = signed_in(app, factories.coordinator(midshire))

    assert boss.get("/desk").get_json()["desks"] == 1


def test_a_member_does_not_reach_the_desk(app: Flask, sam: Person, as_web: None) -> None:
    assert signed_in(app, sam).get("/desk").status_code == 404
