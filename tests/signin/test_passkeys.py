"""Passkeys: the first way in, for whoever holds one, here and now, and for nobody else."""

import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories
from tests.page_client import PageClient
from tests.signin.authenticator import Device
from tests.signin.conftest import (
    PASSWORD,
    code_of,
    give_code,
    give_password,
    seen,
    sign_in,
    signed_in,
    token,
)
from warp_hub import clock, config, db
from warp_hub.mail.models import Letter
from warp_hub.memberships import people
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import challenges, passkeys, recovery
from warp_hub.signin.models import Credential, Passkey, Session, UsedChallenge, Way

pytestmark = pytest.mark.usefixtures("as_web")


@pytest.fixture
def device(sam: Person) -> Device:
    """Return a key of Sam's."""
    made = Device()
    give_key(sam, made)
    return made


@pytest.fixture
def elsewhere(app: Flask) -> Iterator[PageClient]:
    """Return another browser."""
    return app.test_client()  # type: ignore[return-value]


def give_key(person: Person, device: Device, name: str = "Laptop") -> None:
    with db.acting("web"):
        passkeys.add(person, device.create(passkeys.request_to_add(person, "a visit")), "a visit", name)
        db.session.commit()


def asked_by(browser: PageClient, path: str = "/sign-in") -> str:
    block = browser.get_page(path).select_one('[data-module="warp-passkey"]')
    assert block is not None
    return str(block["data-request"])


def show_key(browser: PageClient, answer: str, path: str = "/sign-in", **more: str) -> Any:
    return browser.post(path, data={"passkey_code": answer, **more} | token(browser, path))


def use(browser: PageClient, device: Device, path: str = "/sign-in", **more: str) -> Any:
    return show_key(browser, device.get(asked_by(browser, path)), path, **more)


def letters() -> list[str]:
    with db.acting("work"):
        return sorted(db.session.scalars(select(Letter.kind)))


def test_a_passkey_alone_signs_in_fully_without_an_address(browser: PageClient, sam: Person, device: Device) -> None:
    assert use(browser, device, "/sign-in").location == "/"

    assert seen(browser)["email"] == sam.email
    assert seen(browser)["proof"] == "full"
    held = db.session.scalars(select(Passkey)).one()
    assert (held.last_used_on, held.sign_count) == (clock.now().date(), 1)
    assert db.session.scalars(select(Session.way)).one() is Way.PASSKEY


def test_with_an_address_it_must_be_the_owners(browser: PageClient, sam: Person, device: Device) -> None:
    assert use(browser, device, typed_address="nobody@testham.example").status_code == 422
    assert use(browser, device, typed_address=" SAM.LEE@testham.example ").status_code == 303


def test_the_page_asks_the_same_of_everybody_and_names_no_key(browser: PageClient, device: Device) -> None:
    asked = json.loads(asked_by(browser))

    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "localhost"
    assert asked_by(browser) != asked_by(browser)


def test_a_challenge_is_answered_once_however_many_answer_it(browser: PageClient, sam: Person, device: Device) -> None:
    answer = device.get(asked_by(browser))
    assert show_key(browser, answer).status_code == 303

    browser.post("/sign-out", data=token(browser, "/sign-out"))
    assert show_key(browser, answer).status_code == 422
    challenge = challenges.issue("sign in", "visit")

    def answered(_number: int) -> bool:
        with db.acting("web"):
            try:
                challenges.use_up("sign in", "visit", challenge)
                db.session.commit()
            except challenges.ChallengeOver:
                return False
            finally:
                db.leave()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(answered, range(8))) == [False] * 7 + [True]


def test_a_failed_answer_uses_its_challenge_up_too(browser: PageClient, device: Device) -> None:
    asked = asked_by(browser)
    good, device.origin = device.get(asked), "https://evil.example"
    assert show_key(browser, device.get(asked)).status_code == 422

    assert show_key(browser, good).status_code == 422
    assert len(db.session.scalars(select(UsedChallenge)).all()) == 2  # one was used when the key was made


def test_a_challenge_of_another_browser_or_of_five_minutes_ago_is_refused(
    browser: PageClient, elsewhere: PageClient, device: Device
) -> None:
    stolen = device.get(asked_by(elsewhere))
    assert show_key(browser, stolen).status_code == 422

    asked = asked_by(browser)
    with clock.at(clock.now() + timedelta(minutes=5, seconds=2)):
        assert show_key(browser, device.get(asked)).status_code == 422
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert show_key(browser, device.get(asked)).status_code == 303


def test_what_is_not_a_key_of_ours_for_this_name_is_refused(browser: PageClient, sam: Person, device: Device) -> None:
    stranger = Device(handle=sam.id.bytes)
    forged = copy.copy(device)
    forged._key = stranger._key
    wrong = [
        stranger.get(asked_by(browser)),
        forged.get(asked_by(browser)),
        copy.copy(device).get(asked_by(browser), challenge="AAAA"),
    ]
    for change in ({"origin": "http://localhost:8001"}, {"rp_id": "evil.example"}, {"handle": uuid4().bytes}):
        bad = copy.copy(device)
        bad.__dict__.update(change)
        wrong.append(bad.get(asked_by(browser)))
    wrong += ["", "{}", "null", "[]", "\x00", '{"id": 1}', '{"response": {"clientDataJSON": "%%%"}}', "9" * 30_000]
    for answer in wrong:
        assert show_key(browser, answer).status_code in (422, 429), answer[:80]
        assert seen(browser)["proof"] == "nothing"
    assert use(browser, device).status_code == 303


def test_an_answer_to_adding_does_not_sign_in_nor_the_other_way_round(
    app: Flask, browser: PageClient, sam: Person, device: Device
) -> None:
    assert show_key(browser, Device().create(passkeys.request_to_add(sam, "a visit"))).status_code == 422
    own = signed_in(app, sam)
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.add(sam, device.get(passkeys.request_to_sign_in("a visit")), "a visit", "x")
    assert seen(own)["proof"] == "full"


def test_a_copied_key_is_refused_and_its_owner_told(
    app: Flask, browser: PageClient, elsewhere: PageClient, sam: Person, device: Device
) -> None:
    copied = copy.copy(device)
    use(elsewhere, device)
    use(app.test_client(), device)  # type: ignore[arg-type]

    answer = use(browser, copied)

    assert answer.status_code == 422
    assert "may have been copied" in answer.text
    assert "passkey_copied" in letters()
    assert seen(browser)["proof"] == "nothing"


def test_a_key_that_never_counts_is_no_copy(browser: PageClient, sam: Person) -> None:
    synced = Device(counts=False)
    give_key(sam, synced)
    for _ in range(2):
        assert use(browser, synced).status_code == 303
        browser.post("/sign-out", data=token(browser, "/sign-out"))


def test_without_finger_face_or_pin_a_key_is_one_factor_and_cannot_be_added(
    browser: PageClient, sam: Person, device: Device
) -> None:
    device.verifies = False
    assert use(browser, device).location == "/sign-in/code?next=/"
    assert seen(browser)["proof"] == "password"
    assert use(browser, device, "/sign-in/code").status_code == 303
    assert seen(browser)["proof"] == "password"
    with pytest.raises(passkeys.PasskeyRefused):
        give_key(sam, Device(verifies=False))


def test_it_is_a_second_step_after_the_password_and_a_password_alone_sets_no_other_up(
    browser: PageClient, sam: Person, device: Device
) -> None:
    sign_in(browser)
    assert browser.get("/account/second-step").location == "/sign-in/code?next=/account/second-step"
    assert browser.get("/account/keys/new").location == "/sign-in/code?next=/account/keys/new"
    assert browser.post("/account/second-step", data=token(browser, "/sign-in/code")).status_code == 303
    assert db.session.scalars(select(Credential.totp_secret)).one() is None

    assert use(browser, device, "/sign-in/code?next=/full").location == "/full"
    assert seen(browser)["proof"] == "full"


def test_somebody_elses_key_proves_nothing_in_my_session(app: Flask, sam: Person, device: Device) -> None:
    other = factories.person(email="ali@testham.example")
    give_password(other.id)
    give_key(other, theirs := Device())
    browser = signed_in(app, sam, Proof.PASSWORD)

    assert use(browser, theirs, "/sign-in/code").status_code == 422

    assert seen(browser)["email"] == sam.email
    assert seen(browser)["proof"] == "password"


def test_a_key_is_added_renamed_and_removed_and_the_owner_told(app: Flask, sam: Person, secret: str) -> None:
    browser, device = signed_in(app, sam), Device()
    for name in ("Work laptop", "Work  laptop"):
        new = Device()
        answer = new.create(asked_by(browser, "/account/keys/new"))
        posted = browser.post(
            "/account/keys/new", data={"name": name, "passkey_code": answer} | token(browser, "/account/keys/new")
        )
        assert posted.location == "/account/keys"
        device = new
    first, second = passkeys.passkeys_of(sam.id)
    assert (first.name, second.name) == ("Work laptop", "Work laptop (2)")

    browser.post_form(f"/account/keys/{second.id}", name="Blue key")
    assert "Blue key" in browser.get_page("/account/keys").text
    browser.post_form(f"/account/keys/{first.id}/remove")
    assert [key.name for key in passkeys.passkeys_of(sam.id)] == ["Blue key"]
    assert letters() == ["passkey_added", "passkey_added", "passkey_removed"]
    other: PageClient = app.test_client()  # type: ignore[assignment]
    assert use(other, device).status_code == 303


def test_the_last_way_in_and_the_last_second_step_stay(app: Flask, sam: Person, device: Device) -> None:
    browser = signed_in(app, sam)
    (only,) = passkeys.passkeys_of(sam.id)
    page = browser.get_page(f"/account/keys/{only.id}/remove")
    assert "You cannot remove this yet" in page.text
    browser.post(f"/account/keys/{only.id}/remove", data=token(browser, "/account/keys/new"))
    assert passkeys.has_any(sam.id)

    browser.post_form("/account/password/remove")
    assert db.session.scalars(select(Credential)).all() == []
    assert letters() == ["password_removed"]
    assert use(app.test_client(), device).status_code == 303  # type: ignore[arg-type]
    assert sign_in(app.test_client()).status_code == 422  # type: ignore[arg-type]
    assert "You cannot remove this yet" in browser.get_page(f"/account/keys/{only.id}/remove").text


def test_without_a_passkey_neither_password_nor_app_can_go(app: Flask, sam: Person, secret: str) -> None:
    browser = signed_in(app, sam)
    for path in ("/account/password/remove", "/account/second-step/remove"):
        assert "You cannot remove this yet" in browser.get_page(path).text
        browser.post(path, data=token(browser, "/account/keys/new"))
    other: PageClient = app.test_client()  # type: ignore[assignment]
    assert sign_in(other).status_code == 303
    assert give_code(other, code_of(secret)).status_code == 303


def test_keys_of_others_are_not_there(app: Flask, sam: Person, device: Device) -> None:
    other = factories.person(email="ali@testham.example")
    (key,) = passkeys.passkeys_of(sam.id)
    give_password(other.id)
    browser = signed_in(app, other)

    for path in (f"/account/keys/{key.id}", f"/account/keys/{key.id}/remove", f"/account/keys/{uuid4()}"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, data=token(browser, "/account/keys/new")).status_code == 404
    assert "Laptop" not in browser.get_page("/account/keys").text


def test_ten_minutes_later_a_passkey_proves_it_again(app: Flask, sam: Person, device: Device) -> None:
    browser = signed_in(app, sam)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert browser.get("/account/keys/new").location == "/sign-in/again?next=/account/keys/new"
        assert use(browser, device, "/sign-in/again?next=/account/keys/new").location == "/account/keys/new"
        assert seen(browser)["fresh"]


def test_whoever_is_shut_out_is_so_with_a_passkey_too(browser: PageClient, sam: Person, device: Device) -> None:
    with db.acting("work"):
        people.suspend(db.session.scalars(select(Person).where(Person.id == sam.id)).one(), "stolen")
        db.session.commit()

    assert use(browser, device).status_code == 422


def test_a_hub_reached_by_number_offers_none_and_says_so(
    app: Flask, browser: PageClient, sam: Person, device: Device, hub_settings: config.Settings
) -> None:
    own = signed_in(app, sam)
    config.use(hub_settings.model_copy(update={"base_url": "http://127.0.0.1:8000"}))
    try:
        assert browser.get_page("/sign-in").select_one('[data-module="warp-passkey"]') is None
        assert "Passkeys cannot be used here" in own.get_page("/account/keys").text
        assert own.get("/account/keys/new").status_code == 404
        answer = device.get('{"challenge": "AAAA"}')
        assert browser.post("/sign-in", data={"passkey_code": answer} | token(browser, "/sign-in")).status_code == 422
    finally:
        config.use(hub_settings)


def test_a_warp_may_ask_its_coordinators_for_a_passkey(app: Flask, midshire: Warp, elsewhere: PageClient) -> None:
    boss = factories.coordinator(midshire, email="boss@testham.example")
    give_password(boss.id)
    with db.acting("work"):
        db.session.execute(update(Warp).values(settings={"coordinators_need_passkeys": True}))
        db.session.commit()
    browser = signed_in(app, boss)

    assert seen(browser)["desks"] == 0
    assert not seen(browser)["amber"]
    assert browser.get("/desk").location == "/sign-in/code?next=/desk"
    assert "Your WARP asks for a passkey" in browser.get_page("/sign-in/code?next=/desk").text
    device = Device()
    path = "/account/keys/new?next=/desk"
    answer = device.create(asked_by(browser, path))
    posted = browser.post(path, data={"name": "Laptop", "passkey_code": answer} | token(browser, path))
    assert posted.location == "/desk"
    assert browser.get("/desk").status_code == 200
    use(elsewhere, device)
    assert seen(elsewhere)["desks"] == 1


def test_a_lost_device_is_forgotten_at_the_console_with_its_passkeys(sam: Person, device: Device) -> None:
    from warp_hub.operations import lost_devices

    with db.acting("work"):
        lost_devices.forget_second_step(sam.email)
        db.session.commit()

    assert not passkeys.has_any(sam.id)


def test_a_new_browser_is_told_of_once_for_each_person(
    app: Flask, browser: PageClient, sam: Person, secret: str, device: Device
) -> None:
    sign_in(browser)
    assert letters() == []
    give_code(browser, code_of(secret))
    assert letters() == ["new_device"]
    known = browser.get_cookie("warp_hub_browser")
    assert known is not None
    assert str(sam.id) not in known.value
    browser.post("/sign-out", data=token(browser, "/sign-out"))

    use(browser, device)
    assert letters() == ["new_device"]
    other = factories.person(email="ali@testham.example")
    give_key(other, theirs := Device())
    browser.post("/sign-out", data=token(browser, "/sign-out"))
    use(browser, theirs)
    assert letters() == ["new_device"] * 2
    assert PASSWORD not in known.value


def test_signing_in_by_passkey_leaves_nothing_of_the_session_before(
    browser: PageClient, sam: Person, device: Device
) -> None:
    browser.set_cookie("warp_hub", "chosen by somebody else")
    asked = asked_by(browser)
    use(browser, device)
    now = browser.get_cookie("warp_hub")

    assert now is not None
    assert now.value != "chosen by somebody else"
    browser.set_cookie("warp_hub", "chosen by somebody else")
    assert seen(browser)["proof"] == "nothing"
    assert show_key(browser, device.get(asked)).status_code == 422
    assert recovery.left(sam.id) is None
