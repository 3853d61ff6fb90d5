"""A change of address: the new mailbox says yes, the old one can say no for seven days, and nobody else can."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import ANOTHER, seen, sign_in, signed_in, token
from tests.signin.test_letters import Postbox, button
from warp_hub import clock, db, mail
from warp_hub.db import new_id
from warp_hub.mail import Recipient, links
from warp_hub.mail.models import Letter
from warp_hub.memberships import people
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import addresses, factors, recovery
from warp_hub.signin.entering import password_version
from warp_hub.signin.letters import LETTERS
from warp_hub.signin.models import Passkey
from warp_hub.tlp import NOBODY

pytestmark = pytest.mark.usefixtures("as_web")
NEW = "Sam.Newname@testham.example"


def ask(browser: PageClient, new: str = NEW) -> Any:
    return browser.post("/account/address", data={"new_email": new} | token(browser, "/account/address"))


def delivered(app: Flask) -> dict[str, str]:
    """Deliver what waits and return {the address it went to: where its button leads}."""
    box = Postbox()
    with db.acting("work"), app.app_context():
        kinds = (addresses.TO_NEW, addresses.TO_OLD)
        waiting = select(Letter.id).where(Letter.kind.in_(kinds), Letter.finished_at.is_(None))
        for letter_id in db.session.scalars(waiting).all():
            load = mail.People(lambda _: Recipient("sam.lee@testham.example", "Sam", "en", NOBODY), lambda *_: None)
            mail.deliver(letter_id, LETTERS, load, box)
    return {str(one["To"].addresses[0].addr_spec): button(one) for one in box.messages}


def press(browser: PageClient, link: str) -> Any:
    path = link.partition("localhost:8000")[2]
    plain = browser.get(path).location
    assert "token" not in plain
    return browser.post(plain, data=token(browser, plain))


def address_of(person: Person) -> str:
    return str(db.session.scalar(select(Person.email).where(Person.id == person.id)))


def test_the_new_mailbox_makes_the_change_and_the_old_one_takes_it_back(
    app: Flask, browser: PageClient, sam: Person, secret: str
) -> None:
    own = signed_in(app, sam)
    assert ask(own).location == "/account/keys"
    links = delivered(app)
    assert set(links) == {NEW, "Sam.Lee@testham.example"}
    assert address_of(sam) == "Sam.Lee@testham.example"
    assert "It is to change to" in own.get_page("/account/keys").text

    assert press(browser, links[NEW]).status_code == 303
    db.session.rollback()
    assert address_of(sam) == NEW
    assert press_is_over(browser, links[NEW])

    with clock.at(clock.now() + timedelta(days=6)):
        assert press(browser, links["Sam.Lee@testham.example"]).location == "/sign-in/password"
        db.session.rollback()
        assert address_of(sam) == "Sam.Lee@testham.example"
        assert press_is_over(browser, links["Sam.Lee@testham.example"])
    assert seen(own)["proof"] == "nothing"


def press_is_over(browser: PageClient, link: str) -> bool:
    path = link.partition("localhost:8000")[2]
    return browser.get(path, follow_redirects=True).status_code == 410


def test_the_old_mailbox_stops_a_change_before_it_is_made(app: Flask, browser: PageClient, sam: Person) -> None:
    ask(signed_in(app, sam, Proof.PASSWORD))
    links = delivered(app)
    press(browser, links["Sam.Lee@testham.example"])

    assert press_is_over(browser, links[NEW])
    db.session.rollback()
    assert address_of(sam) == "Sam.Lee@testham.example"


def test_links_run_out_and_an_older_request_gives_way(app: Flask, browser: PageClient, sam: Person) -> None:
    own = signed_in(app, sam)
    ask(own, "sam.other@testham.example")
    older = delivered(app)
    ask(own)
    links = delivered(app)
    assert press_is_over(browser, older["sam.other@testham.example"])
    with clock.at(clock.now() + timedelta(days=1, seconds=2)):
        assert press_is_over(browser, links[NEW])
    press(browser, links[NEW])
    with clock.at(clock.now() + timedelta(days=7, seconds=2)):
        assert press_is_over(browser, links["Sam.Lee@testham.example"])


def test_only_an_address_of_ones_own_organisation_will_do(app: Flask, sam: Person) -> None:
    own = signed_in(app, sam)
    for wrong, said in (
        ("sam@gmail.example", "Use an address of your organisation."),
        ("sam@testham.example.evil.example", "Use an address of your organisation."),
        ("SAM.LEE@testham.example", "This is your address already"),
        ("nonsense", "correct format"),
    ):
        answer = ask(own, wrong)
        assert answer.status_code == 422
        assert said in answer.text
    assert addresses.pending(sam.id) is None


def test_an_address_of_somebody_else_is_neither_told_nor_taken(app: Flask, browser: PageClient, sam: Person) -> None:
    factories.person(email=NEW)
    assert ask(signed_in(app, sam)).location == "/account/keys"
    answer = press(browser, delivered(app)[NEW])
    assert answer.status_code == 410
    db.session.rollback()
    assert address_of(sam) == "Sam.Lee@testham.example"


def test_it_takes_a_fresh_proof_and_the_second_step(app: Flask, sam: Person, secret: str) -> None:
    thief = signed_in(app, sam, Proof.PASSWORD)
    assert thief.get("/account/address").location == "/sign-in/code?next=/account/address"
    own = signed_in(app, sam)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert own.get("/account/address").location == "/sign-in/again?next=/account/address"


def test_taking_it_back_ends_everything_that_a_thief_did_since(
    app: Flask, browser: PageClient, sam: Person, secret: str
) -> None:
    """Somebody at Sam's open computer moves the account to another mailbox, and makes themselves at home there."""
    thief = signed_in(app, sam)
    own_key = passkey(sam, "Sam's laptop", clock.now() - timedelta(days=1))
    ask(thief, "thief@testham.example")
    links = delivered(app)
    press(browser, links["thief@testham.example"])
    passkey(sam, "Thief's key", clock.now())
    with db.acting("web"):
        recovery.make(sam.id)
        db.session.commit()
    ask(thief, "thief.again@testham.example")
    onward = delivered(app)

    assert press(browser, links["Sam.Lee@testham.example"]).location == "/sign-in/password"
    for link in onward.values():
        assert press_is_over(browser, link)
    db.session.rollback()
    assert address_of(sam) == "Sam.Lee@testham.example"
    held = factors.of(sam.id)
    assert [key.id for key in held.passkeys] == [own_key]
    assert held.codes_left is None
    assert held.has_app  # the app of before asks as ever
    db.session.rollback()
    assert sign_in(app.test_client()).status_code == 422  # type: ignore[arg-type]


def test_whoever_loses_every_second_step_by_taking_it_back_has_none_that_a_mailbox_could_give(
    app: Flask, browser: PageClient, sam: Person
) -> None:
    ask(signed_in(app, sam))
    links = delivered(app)
    passkey(sam, "Whose is this?", clock.now())
    press(browser, links["Sam.Lee@testham.example"])
    with_new_password = signed_in(app, sam, Proof.PASSWORD)
    for path in ("/account/second-step", "/account/keys/new"):
        assert with_new_password.get(path).location == f"/sign-in/code?next={path}"


def test_a_change_asked_for_before_somebody_was_shut_out_is_over(app: Flask, browser: PageClient, sam: Person) -> None:
    ask(signed_in(app, sam))
    links = delivered(app)
    with db.acting("work"):
        own = db.session.scalars(select(Person).where(Person.id == sam.id)).one()
        people.suspend(own, "somebody else has the account")
        people.restore(own)
        db.session.commit()
    assert press_is_over(browser, links[NEW])
    assert addresses.pending(sam.id) is None


def test_a_new_password_by_letter_stops_a_change_that_waits(app: Flask, browser: PageClient, sam: Person) -> None:
    """Letters tell whoever did not do it themselves to choose a new password."""
    ask(signed_in(app, sam, Proof.PASSWORD))
    waiting = delivered(app)
    reset = links.sign("reset", sam.id, version=password_version(sam.id))
    browser.get(f"/reset?token={reset}")
    assert browser.post("/reset", data={"new_password": ANOTHER} | token(browser, "/reset")).status_code == 303

    assert press_is_over(browser, waiting[NEW])
    assert addresses.pending(sam.id) is None


def test_nobody_has_the_hub_write_to_other_peoples_mailboxes_over_and_over(app: Flask, sam: Person) -> None:
    for page, field, domain in (
        ("/account/address", "new_email", "testham.example"),
        ("/account/keys/recovery-address", "address", "elsewhere.example"),
    ):
        own = signed_in(app, sam)
        answers = [own.post(page, data={field: f"victim{n}@{domain}"} | token(own, page)) for n in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429], page
        assert answers[-1].headers["Retry-After"]
        assert "Too many tries" in answers[-1].text


def passkey(person: Person, name: str, made_at: datetime) -> UUID:
    with db.acting("web"):
        made = Passkey(
            id=new_id(),
            person_id=person.id,
            credential_id=name.encode(),
            public_key=b"",
            sign_count=0,
            name=name,
            is_synced=False,
            made_at=made_at,
        )
        db.session.add(made)
        db.session.commit()
        db.leave()
    return made.id
