"""Nobody learns here whether the hub knows an address: same status, same page but for what was typed, same headers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.signin.conftest import PASSWORD, give_password, token
from warp_hub import db
from warp_hub.memberships import invitations, people
from warp_hub.memberships.models import Person, Warp

pytestmark = pytest.mark.usefixtures("as_web")

# As long as each other, so that the length of an answer tells nothing by itself.
KNOWN, READER, GONE, UNKNOWN = (f"{name}@testham.example" for name in ("knownone", "readonly", "whogoner", "nobodyis"))
TOKENS = re.compile(r'(name="csrf_token"[^>]*value|data-request)="[^"]*"')


@pytest.fixture
def addresses(midshire: Warp) -> list[str]:
    """Return addresses of which the hub knows everything, something, too much and nothing."""
    known, gone = (factories.member(midshire, email=email) for email in (KNOWN, GONE))
    factories.member(midshire, email=READER)
    for person in (known, gone):
        give_password(person.id)
    with db.acting("work"):
        people.suspend(db.session.scalars(select(Person).where(Person.id == gone.id)).one(), "away")
        db.session.commit()
    return [KNOWN, READER, GONE, UNKNOWN]


def told(answer: Any, *typed: str) -> tuple[object, ...]:
    """Return everything of an answer that somebody could compare."""
    text = TOKENS.sub("", answer.get_data(as_text=True))
    for secret in typed:
        text = text.replace(secret, "")
    headers = {name: value for name, value in answer.headers if name not in ("Set-Cookie", "Date")}
    cookies = sorted(cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie"))
    return answer.status_code, text, tuple(sorted(headers.items())), tuple(cookies)


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("/sign-in", {"password": "not this one at all"}),
        ("/sign-in/link", {}),
        ("/sign-in/password", {}),
        ("/sign-in/recovery-address", {}),
    ],
)
def test_every_address_is_answered_alike(app: Flask, addresses: list[str], page: str, more: dict[str, str]) -> None:
    answers = set()
    for address in addresses:
        for typed in (address, address.upper()):
            browser: Any = app.test_client()
            answer = browser.post(page, data={"email": typed, **more} | token(browser, page))
            answers.add(told(answer, typed))
    assert len(answers) == 1, answers


def test_a_suspended_persons_right_password_is_as_wrong_as_any(app: Flask, addresses: list[str]) -> None:
    answers = set()
    for address in (GONE, UNKNOWN):
        browser: Any = app.test_client()
        answer = browser.post("/sign-in", data={"email": address, "password": PASSWORD} | token(browser, "/sign-in"))
        answers.add(told(answer, address))
    assert len(answers) == 1


def test_a_link_that_is_over_says_nothing_of_why(app: Flask, midshire: Warp) -> None:
    with db.acting("work"):
        guest, gone = factories.member(midshire), factories.member(midshire)
        spent, void = invitations.mint(guest), invitations.mint(gone)
        over = invitations.mint(factories.member(midshire), ttl=timedelta(seconds=-1))
        invitations.redeem(spent)
        people.suspend(gone, "away")
        db.session.commit()
    for view, secrets in (
        ("/invitation", (spent, void, over, "x" * len(spent))),
        ("/reset", ("x" * 40, "y" * 40)),
        ("/sign-in/recovery-address/code", ("x" * 40, "y" * 40)),
        ("/recovery-address", ("x" * 40, "y" * 40)),
    ):
        answers = set()
        for secret in secrets:
            fresh: Any = app.test_client()
            moved = fresh.get(f"{view}?token={secret}")
            assert moved.status_code == 303
            assert secret not in moved.location
            answers.add(told(fresh.get(view)))
        assert len(answers) == 1, view
        assert {answer[0] for answer in answers} == {410}
