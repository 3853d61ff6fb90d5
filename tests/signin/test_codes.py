"""A code is good once, for a moment, however it is typed and however many try it at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import code_of, give_code, give_password, give_second_step, seen, sign_in
from warp_hub import clock, config, db
from warp_hub.memberships.models import Person
from warp_hub.signin import codes, keys
from warp_hub.signin.models import Credential

FAULT = "This code is not right or has been used. Wait for the next one."


@pytest.mark.parametrize("again", ["{}", " {}", "{}\u00a0", "{} \r\n", "\u200b{}"])
def test_a_code_that_was_used_is_refused_however_it_is_padded(
    app: Flask, browser: PageClient, sam: Person, secret: str, again: str
) -> None:
    code = code_of(secret)
    sign_in(browser)
    assert give_code(browser, code).status_code == 303

    other: PageClient = app.test_client()  # type: ignore[assignment]
    sign_in(other)
    answer = give_code(other, again.format(code))

    assert answer.status_code == 422
    assert FAULT in answer.text
    assert seen(other)["proof"] == "password"


def test_a_code_that_was_used_stays_used_after_a_failed_try(
    app: Flask, browser: PageClient, sam: Person, secret: str
) -> None:
    code = code_of(secret)
    sign_in(browser)
    give_code(browser, code)

    other: PageClient = app.test_client()  # type: ignore[assignment]
    sign_in(other)
    give_code(other, "000000")

    assert give_code(other, code).status_code == 422
    with clock.at(clock.now() + timedelta(seconds=30)):
        assert give_code(other, code_of(secret)).status_code == 303


def test_a_code_of_before_the_last_one_used_is_refused(sam: Person, secret: str, as_web: None) -> None:
    assert codes.accept(sam.id, code_of(secret, +1))
    assert not codes.accept(sam.id, code_of(secret))
    assert not codes.accept(sam.id, code_of(secret, -1))


@pytest.mark.parametrize(("step", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(sam: Person, secret: str, as_web: None, step: int, is_right: bool) -> None:
    assert codes.accept(sam.id, code_of(secret, step)) is is_right


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}\u2009{1}", "{0}\t{1}"])
def test_spaces_in_a_code_do_not_matter(sam: Person, secret: str, as_web: None, typed: str) -> None:
    code = code_of(secret)
    assert codes.accept(sam.id, typed.format(code[:3], code[3:]))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "-12345", "１２３４５６", "١٢٣٤٥٦", "0x1234"])
def test_what_is_no_code_is_refused(sam: Person, secret: str, as_web: None, typed: str) -> None:
    assert not codes.accept(sam.id, typed)


def test_a_code_in_other_digits_than_ours_is_refused(sam: Person, secret: str, as_web: None) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    assert not codes.accept(sam.id, code_of(secret).translate(wide))


def test_somebody_elses_code_is_refused(sam: Person, secret: str, as_web: None) -> None:
    other = factories.person(email="ali@testham.example")
    give_password(other.id)
    theirs = give_second_step(other.id)

    assert not codes.accept(sam.id, code_of(theirs))
    assert not codes.accept(uuid4(), code_of(secret))


def test_of_twenty_who_use_a_code_at_once_exactly_one_gets_in(sam: Person, secret: str) -> None:
    code, start = code_of(secret), threading.Barrier(20)
    accepted: list[bool] = []

    def use() -> None:
        with db.acting("web"):
            start.wait()
            try:
                accepted.append(codes.accept(sam.id, code))
                db.session.commit()
            finally:
                db.leave()

    threads = [threading.Thread(target=use) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(accepted) == [False] * 19 + [True]


def test_a_code_in_use_makes_the_next_who_has_it_wait_and_then_refuses(sam: Person, secret: str, as_web: None) -> None:
    code = code_of(secret)
    assert codes.accept(sam.id, code)  # not committed yet

    def use() -> bool:
        with db.acting("web"):
            try:
                return codes.accept(sam.id, code)
            finally:
                db.leave()

    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(use)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        db.session.commit()
        assert second.result(timeout=10) is False


def test_the_secret_is_encrypted_for_its_owner_alone(sam: Person, secret: str, as_web: None) -> None:
    stored = db.session.scalars(select(Credential.totp_secret)).one()

    assert stored is not None
    assert secret.encode() not in stored
    assert keys.unseal("totp", stored, sam.id.bytes) == secret
    with pytest.raises(keys.Unsealable):
        keys.unseal("totp", stored, uuid4().bytes)
    with pytest.raises(keys.Unsealable):
        keys.unseal("other", stored, sam.id.bytes)
    with pytest.raises(keys.Unsealable):
        keys.unseal("totp", stored[:5], sam.id.bytes)


def test_a_secret_copied_into_another_persons_row_opens_nothing(sam: Person, secret: str, as_web: None) -> None:
    other = factories.person(email="ali@testham.example")
    give_password(other.id)
    stored = db.session.scalars(select(Credential.totp_secret).where(Credential.person_id == sam.id)).one()
    db.session.execute(
        update(Credential)
        .where(Credential.person_id == other.id)
        .values(totp_secret=stored, totp_confirmed_at=clock.now())
    )

    assert not codes.accept(other.id, code_of(secret))


def test_after_a_change_of_the_installations_secret_no_code_is_right_and_nothing_breaks(
    browser: PageClient, sam: Person, secret: str, hub_settings: config.Settings
) -> None:
    sign_in(browser)
    config.use(config.load_settings(data_dir=hub_settings.data_dir, secret_key="quite another secret 0123456789 abc"))
    try:
        answer = give_code(browser, code_of(secret))
    finally:
        config.use(hub_settings)

    assert answer.status_code == 422


def test_the_worker_may_not_read_credentials(sam: Person, secret: str) -> None:
    with db.acting("work"), pytest.raises(Exception, match="permission denied"):
        db.session.scalars(select(Credential.totp_secret)).all()


def test_a_lost_phone_is_forgotten_at_the_console_and_set_up_anew(
    browser: PageClient, sam: Person, secret: str
) -> None:
    with db.acting("work"):
        codes.forget_second_step(sam.id)
        db.session.commit()

    sign_in(browser)

    assert browser.get("/sign-in/code").location == "/account/second-step?next=/"
    assert browser.get("/full", follow_redirects=True).request.path == "/account/second-step"
    assert not pyotp.TOTP(secret).verify("x")
