"""Guesses are slowed down by account and by source; nobody is kept out for good, least of all the owner."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.page_client import PageClient
from tests.signin.conftest import PASSWORD, code_of, give_code, seen, sign_in, token
from warp_hub import clock, db
from warp_hub.memberships.models import Person
from warp_hub.signin import entering, retention, throttle
from warp_hub.signin.models import Attempt
from warp_hub.signin.throttle import LIMITS, TooManyTries, network_of, take_turn

HERE, THERE = "192.0.2.1", "198.51.100.7"
SAM = "sam.lee@testham.example"


def wrong(count: int, email: str = SAM, source: str = HERE) -> int:
    """Try wrong passwords; return how many were looked at before it was enough."""
    for tried in range(count):
        try:
            entering.check_password(email, f"wrong {tried}", source)
        except TooManyTries:
            return tried
        db.session.commit()
    return count


def test_after_five_failures_one_waits_and_then_the_right_one_works(sam: Person, as_web: None) -> None:
    assert wrong(20) == 5
    with pytest.raises(TooManyTries) as refused:
        entering.check_password(SAM, PASSWORD, HERE)
    assert timedelta(seconds=20) < refused.value.wait <= timedelta(seconds=30)

    db.session.rollback()
    with clock.at(clock.now() + timedelta(seconds=31)):
        assert entering.check_password(SAM, PASSWORD, HERE) is not None


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(sam: Person, as_web: None) -> None:
    wrong(5)
    waits = []
    moment = clock.now()
    for _ in range(8):
        with clock.at(moment):
            with pytest.raises(TooManyTries) as refused:
                entering.check_password(SAM, PASSWORD, HERE)
            waits.append(round(refused.value.wait.total_seconds() / 30))
            db.session.rollback()
            moment += refused.value.wait + timedelta(seconds=1)
        with clock.at(moment):
            assert entering.check_password(SAM, "wrong", HERE) is None
            db.session.commit()

    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_tries_while_waiting_do_not_lengthen_the_wait(sam: Person, as_web: None) -> None:
    wrong(5)
    for _ in range(50):
        wrong(1)
        db.session.rollback()

    with clock.at(clock.now() + timedelta(seconds=31)):
        assert entering.check_password(SAM, PASSWORD, HERE) is not None


def test_the_owner_elsewhere_is_not_kept_waiting(sam: Person, as_web: None) -> None:
    wrong(20)

    assert entering.check_password(SAM, PASSWORD, THERE) is not None


def test_guesses_from_everywhere_are_slowed_down_but_not_where_the_owner_is_at_home(sam: Person, as_web: None) -> None:
    entering.check_password(SAM, PASSWORD, THERE)
    db.session.commit()

    looked_at = sum(wrong(1, source=f"192.0.2.{number}") for number in range(80))

    assert looked_at == LIMITS["password"]["account"].free
    with pytest.raises(TooManyTries):
        entering.check_password(SAM, PASSWORD, "203.0.113.9")
    db.session.rollback()
    assert entering.check_password(SAM, PASSWORD, THERE) is not None


def test_one_source_that_tries_many_accounts_is_slowed_down(as_web: None) -> None:
    looked_at = sum(wrong(1, email=f"person{number}@testham.example") for number in range(130))

    assert looked_at == LIMITS["password"]["source"].free


def test_an_account_is_the_same_however_it_is_typed(sam: Person, as_web: None) -> None:
    wrong(2, email="SAM.LEE@testham.example")
    wrong(2, email=" sam.lee@TESTHAM.example. ")

    assert wrong(5) == 1


def test_an_unknown_account_waits_as_a_known_one_does(as_web: None) -> None:
    assert wrong(20, email="nobody@testham.example") == 5


def test_of_twenty_guesses_at_once_only_five_are_looked_at(sam: Person) -> None:
    start, looked_at = threading.Barrier(20), []

    def guess(number: int) -> None:
        with db.acting("web"):
            start.wait()
            try:
                looked_at.append(entering.check_password(SAM, f"wrong {number}", HERE) is None)
                db.session.commit()
            except TooManyTries:
                db.session.rollback()
            finally:
                db.leave()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert looked_at == [True] * 5


def test_codes_have_a_limit_that_a_right_password_does_not_lift(browser: PageClient, sam: Person, secret: str) -> None:
    for _ in range(5):
        sign_in(browser)
        assert give_code(browser, "000000").status_code == 422
        browser.post("/sign-out", data=token(browser, "/sign-out"))
    sign_in(browser)

    answer = give_code(browser, code_of(secret))

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 31
    assert "Too many tries. Wait" in answer.text
    assert seen(browser)["proof"] == "password"
    with clock.at(clock.now() + timedelta(seconds=31)):
        assert give_code(browser, code_of(secret)).status_code == 303


def test_the_page_says_how_long_to_wait_and_keeps_the_address(app: Flask, browser: PageClient, sam: Person) -> None:
    for _ in range(5):
        sign_in(browser, "wrong")

    answer = sign_in(browser)

    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    assert 'value="sam.lee@testham.example"' in answer.text
    assert answer.text.count("<title>\n") <= 1
    assert "Error:" in answer.text


def test_rows_of_tries_tell_neither_account_nor_source(sam: Person, as_web: None) -> None:
    wrong(1)

    stored = repr(db.session.execute(select(Attempt.key)).all())

    assert "sam" not in stored
    assert "192.0.2" not in stored


def test_a_day_later_failures_are_forgotten(sam: Person, as_web: None) -> None:
    wrong(5)
    with clock.at(clock.now() + timedelta(hours=25)):
        assert wrong(20) == 5


def test_what_is_stale_is_swept_and_what_still_counts_stays(sam: Person, as_web: None) -> None:
    wrong(3)
    entering.check_password(SAM, PASSWORD, THERE)
    db.session.commit()

    def swept(after: timedelta) -> tuple[int, int]:
        with db.acting("work"), clock.at(clock.now() + after):
            gone = retention.sweep()
            db.session.commit()
        return gone, db.session.scalar(select(func.count()).select_from(Attempt)) or 0

    assert swept(timedelta(hours=1)) == (0, 5)
    assert swept(timedelta(days=3)) == (4, 1)
    assert swept(timedelta(days=400)) == (1, 0)


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("nonsense\r\n", "unknown"),
    ],
)
def test_a_source_is_an_address_or_what_one_customer_has(source: str, network: str) -> None:
    assert network_of(source) == network


@given(st.integers(min_value=0, max_value=10_000))
def test_no_wait_is_ever_longer_than_its_limit(tries: int) -> None:
    for scopes in LIMITS.values():
        for limit in scopes.values():
            wait = limit.wait(tries)
            assert (wait is None) == (tries < limit.free)
            assert wait is None or limit.first <= wait <= limit.longest


def test_a_turn_that_fails_before_its_end_counts_nothing(as_web: None) -> None:
    throttle.turn_of("password", SAM, HERE).failed()
    db.session.rollback()

    assert take_turn("password", SAM, HERE).waits() == {}
