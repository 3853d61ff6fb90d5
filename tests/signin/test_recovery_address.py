"""The day the council's mail is down: a link to another address and a recovery code, neither worth a thing alone."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.page_client import PageClient, check_letter
from tests.signin.conftest import ANOTHER, seen, sign_in, signed_in, token
from tests.signin.test_letters import button, delivered, parts
from warp_hub import clock, db
from warp_hub.mail import LetterState
from warp_hub.mail.models import Letter
from warp_hub.memberships import people
from warp_hub.memberships.models import OrganisationDomain, Person, Post
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import link_requests, recovery, recovery_addresses
from warp_hub.signin.models import LinkRequest
from warp_hub.signin.recovery_models import RecoveryAddress

pytestmark = pytest.mark.usefixtures("as_web")

HOME = "sam@home.example"
PAGE = "/account/keys/recovery-address"


@pytest.fixture(autouse=True)
def _light_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "cost", 2)


def kept(person: Person) -> RecoveryAddress | None:
    with db.acting("web"):
        found = recovery_addresses.find(person.id)
        db.leave()
    return found


def letters() -> list[str]:
    with db.acting("work"):
        found = list(db.session.scalars(select(Letter.kind).order_by(Letter.created_at, Letter.kind)))
        db.leave()
    return found


def path_of(app: Flask, kind: str, person: Person) -> str:
    """Return where the letter of this kind leads that goes to the recovery address."""
    with db.acting("work"):
        letter, message = delivered(app, kind, person)
    assert letter.state is LetterState.SENT
    assert message["To"].endswith(f"<{HOME}>")
    check_letter(parts(message)[1], kind)
    address = urlsplit(button(message))
    return f"{address.path}?{address.query}"


def codes_of(person: Person) -> list[str]:
    with db.acting("web"):
        made = recovery.make(person.id)
        db.session.commit()
    return made


@pytest.fixture
def ready(app: Flask, sam: Person, secret: str) -> list[str]:
    """Give Sam a recovery address that was confirmed three days ago, and return recovery codes."""
    with time_machine.travel(clock.now() - timedelta(days=3)):
        mine = signed_in(app, sam)
        mine.post(PAGE, data={"address": HOME} | token(mine, PAGE))
        other = app.test_client()
        other.get(path_of(app, "recovery_address_confirm", sam))
        other.post("/recovery-address", data=token(other, "/recovery-address"))  # type: ignore[arg-type]
    return codes_of(sam)


def give(browser: Any, code: str) -> Any:
    page = "/sign-in/recovery-address/code"
    return browser.post(page, data={"recovery_code": code} | token(browser, page))


def test_a_link_and_a_recovery_code_sign_in_fully_once_and_a_new_password_follows(
    app: Flask, sam: Person, ready: list[str], browser: PageClient
) -> None:
    way_in = path_of(app, "recovery_link", sam)
    assert browser.get(way_in).location == "/sign-in/recovery-address/code"
    assert "S•••@testham.example" in browser.get_page("/sign-in/recovery-address/code").text
    assert seen(browser)["proof"] == "nothing"  # the link alone opens nothing
    assert give(browser, "00000-00000").status_code == 422
    assert seen(browser)["proof"] == "nothing"

    assert give(browser, ready[0]).location == "/sign-in/recovery-address/password"

    assert seen(browser)["proof"] == "full"
    assert {"recovery_address_used", "recovery_code_used"} <= set(letters())
    again = app.test_client()
    again.get(way_in)
    assert again.get("/sign-in/recovery-address/code").status_code == 410
    browser.post_form("/sign-in/recovery-address/password", new_password=ANOTHER)
    assert sign_in(again, ANOTHER).status_code == 303  # type: ignore[arg-type]


def test_an_address_sleeps_for_two_days_and_dies_with_what_makes_everything_void(
    app: Flask, sam: Person, ready: list[str]
) -> None:
    way_in = path_of(app, "recovery_link", sam)
    with time_machine.travel(clock.now() - timedelta(days=1, hours=1)):
        early = app.test_client()
        early.get(way_in)
        assert early.get("/sign-in/recovery-address/code").status_code == 410
    late = app.test_client()
    late.get(way_in)
    with time_machine.travel(clock.now() + timedelta(hours=1, minutes=1)):
        assert late.get("/sign-in/recovery-address/code").status_code == 410
    with db.acting("work"):
        held = db.session.scalars(select(Person).where(Person.id == sam.id)).one()
        people.suspend(held, "a stolen laptop")
        people.restore(held)
        db.session.commit()
    assert late.get("/sign-in/recovery-address/code").status_code == 410
    with db.acting("web"):
        assert recovery_addresses.link_for_letter("recovery_link", sam.id) is None


def test_an_address_is_given_with_a_fresh_full_proof_outside_the_councils_mail_and_confirmed_there(
    app: Flask, sam: Person, secret: str
) -> None:
    for proof in (Proof.MAILBOX, Proof.PASSWORD):
        assert "/sign-in/" in signed_in(app, sam, proof).get(PAGE).location
    with db.acting("work"):
        at = db.session.scalars(select(Post.organisation_id).where(Post.person_id == sam.id)).one()
        db.session.add(OrganisationDomain(organisation_id=at, domain="testham.gov.example"))
        db.session.commit()
    mine = signed_in(app, sam)
    for same in ("me@testham.example", "me@mail.testham.gov.example", "me@gov.example", "nonsense"):
        assert mine.post(PAGE, data={"address": same} | token(mine, PAGE)).status_code == 422
    assert kept(sam) is None
    assert mine.post(PAGE, data={"address": HOME} | token(mine, PAGE)).status_code == 303
    assert sorted(letters()) == ["recovery_address_added", "recovery_address_confirm"]

    other = app.test_client()
    other.get(path_of(app, "recovery_address_confirm", sam))
    other.get_page("/recovery-address")  # type: ignore[attr-defined]
    made = kept(sam)
    assert made is not None
    assert made.confirmed_at is None  # looking changes nothing
    assert mine.post(f"{PAGE}/remove", data=token(mine, PAGE)).status_code == 303
    assert kept(sam) is None
    assert other.get("/recovery-address").status_code == 410


def test_whoever_asks_for_the_link_is_told_the_same_and_only_a_ready_address_is_written_to(
    app: Flask, sam: Person, ready: list[str], midshire: Any
) -> None:
    from tests import factories

    with db.acting("work"):
        factories.member(midshire, email="no-address@testham.example")
    told = set()
    for typed in ("sam.lee@testham.example", "no-address@testham.example", "nobody@testham.example"):
        browser = app.test_client()
        page = "/sign-in/recovery-address"
        answer = browser.post(page, data={"email": typed} | token(browser, page))  # type: ignore[arg-type]
        told.add((answer.status_code, answer.get_data(as_text=True).replace(typed, "")))
    assert len(told) == 1

    before = len(letters())
    with db.acting("work"):
        asked = list(db.session.scalars(select(LinkRequest)))
        assert [link_requests.answer(request.id) for request in asked].count(True) == 1
        db.session.commit()
    assert letters().count("recovery_link") == len(letters()) - before == 1


def test_a_letter_to_the_other_address_goes_where_the_councils_mailbox_takes_none(
    app: Flask, sam: Person, ready: list[str]
) -> None:
    from warp_hub.jobs.people import load

    with db.acting("work"):
        db.session.scalars(select(Person).where(Person.id == sam.id)).one().mail_suspended = "550 gone"
        db.session.commit()
        recipient = load(sam.id)
        assert recipient is not None
        assert recipient.stopped
        elsewhere, _ = delivered(app, "recovery_link", sam, recipient)
        own, _ = delivered(app, "reset_link", sam, recipient)
    assert elsewhere.state is LetterState.SENT
    assert own.state is LetterState.CANCELLED


def test_an_address_that_no_longer_works_is_not_shown_as_one_that_does(
    app: Flask, sam: Person, secret: str, ready: list[str]
) -> None:
    assert HOME in signed_in(app, sam).get_page(PAGE).text
    with db.acting("work"):
        own = db.session.scalars(select(Person).where(Person.id == sam.id)).one()
        people.suspend(own, "the account was somebody else's for an hour")
        people.restore(own)
        db.session.commit()
    again = signed_in(app, sam)
    assert HOME not in again.get_page(PAGE).text

    again.post(PAGE, data={"address": HOME} | token(again, PAGE))

    assert "It waits for the button" in again.get_page(PAGE).text
