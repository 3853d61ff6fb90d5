"""Ten codes on paper: each good once, in place of the second step, and told of by letter."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import give_password, seen, sign_in, signed_in, token
from warp_hub import clock, db
from warp_hub.mail.models import Letter
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import recovery
from warp_hub.signin.models import RecoveryCode
from warp_hub.signin.throttle import LIMITS

pytestmark = pytest.mark.usefixtures("as_web")


@pytest.fixture(autouse=True)
def _light_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash codes at a cost that tests can bear."""
    monkeypatch.setattr(recovery, "cost", 2)


@pytest.fixture
def paper(app: Flask, sam: Person, secret: str) -> list[str]:
    """Return what Sam printed."""
    page = signed_in(app, sam).post_form("/account/recovery-codes")
    return [code.text for code in page.select("ol code")]


def give(browser: PageClient, code: str) -> int:
    form = {"recovery_code": code} | token(browser, "/sign-in/recovery")
    return int(browser.post("/sign-in/recovery", data=form).status_code)


def letters() -> list[str]:
    with db.acting("work"):
        return sorted(db.session.scalars(select(Letter.kind)))


def test_ten_codes_are_shown_once_and_only_their_hashes_kept(app: Flask, sam: Person, paper: list[str]) -> None:
    assert len(set(paper)) == recovery.COUNT == 10
    assert len(recovery.LETTERS) ** recovery.LENGTH > 2**20
    stored = b"".join(db.session.scalars(select(RecoveryCode.code_hash)))
    assert not any(code.replace("-", "").encode() in stored for code in paper)
    page = signed_in(app, sam).get_page("/account/recovery-codes")
    assert "You have 10 left." in page.text
    assert page.select("ol code") == []
    assert letters() == ["recovery_codes_made"]


def test_a_code_stands_in_for_the_second_step_once_and_its_owner_hears(
    app: Flask, browser: PageClient, sam: Person, paper: list[str]
) -> None:
    sign_in(browser)
    assert "Use a recovery code" in browser.get_page("/sign-in/code").text
    typed = paper[3].upper().replace("-", " ").replace("0", "O").replace("1", "l")

    assert give(browser, f" {typed}\u00a0") == 303

    assert seen(browser)["proof"] == "full"
    assert letters() == ["new_device", "recovery_code_used", "recovery_codes_made"]
    other: PageClient = app.test_client()  # type: ignore[assignment]
    sign_in(other)
    for again in (paper[3], f" {paper[3]} ", typed):
        assert give(other, again) == 422
    assert seen(other)["proof"] == "password"
    assert recovery.left(sam.id) == 9
    assert give(other, paper[4]) == 303


def test_codes_need_the_password_first_and_are_somebodys_own(
    app: Flask, browser: PageClient, sam: Person, paper: list[str]
) -> None:
    assert browser.get("/sign-in/recovery").location == "/sign-in?next=/sign-in/recovery"
    other = factories.person(email="ali@testham.example")
    give_password(other.id)
    theirs = signed_in(app, other, Proof.PASSWORD)
    assert give(theirs, paper[0]) == 422
    assert give(signed_in(app, sam, Proof.MAILBOX), paper[0]) == 303  # to sign in
    assert recovery.left(sam.id) == 10


def test_new_codes_end_the_old_ones_and_few_left_is_said(app: Flask, sam: Person, paper: list[str]) -> None:
    for code in paper[:7]:
        assert recovery.accept(sam.id, code)
    db.session.commit()
    browser = signed_in(app, sam)
    assert "Make new ones soon." in browser.get_page("/account/keys").text

    browser.post_form("/account/recovery-codes")

    assert not recovery.accept(sam.id, paper[9])
    assert recovery.left(sam.id) == 10


def test_guessing_is_slowed_down_and_the_owner_gets_in_after_the_wait(
    app: Flask, browser: PageClient, sam: Person, paper: list[str]
) -> None:
    sign_in(browser)
    assert [give(browser, f"wrong-{number:05}") for number in range(6)][-1] == 429
    assert give(browser, paper[0]) == 429
    assert give(browser, "") == 422
    with clock.at(clock.now() + recovery_wait()):
        assert give(browser, paper[0]) == 303


def recovery_wait() -> timedelta:

    return LIMITS["recovery"]["pair"].longest


def test_of_twenty_who_use_a_code_at_once_exactly_one_gets_in(sam: Person, paper: list[str]) -> None:
    start, accepted = threading.Barrier(20), []

    def use() -> None:
        with db.acting("web"):
            start.wait()
            try:
                accepted.append(recovery.accept(sam.id, paper[0]))
                db.session.commit()
            finally:
                db.leave()

    threads = [threading.Thread(target=use) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(accepted) == [False] * 19 + [True]


def test_a_password_alone_makes_no_codes(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam, Proof.PASSWORD)
    assert browser.get("/account/recovery-codes").location.startswith("/sign-in/code")
    browser.post("/account/recovery-codes", data=token(browser, "/account/second-step"))
    assert recovery.left(sam.id) is None
