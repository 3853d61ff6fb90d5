"""A session ends by itself, by its person, and at once when its person is shut out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import COOKIE, code_of, give_code, seen, sign_in, signed_in, token
from warp_hub import clock, config, db
from warp_hub.memberships import organisations, people
from warp_hub.memberships.models import Organisation, Person, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import retention
from warp_hub.signin.models import Session

pytestmark = pytest.mark.usefixtures("as_web")


def shut_out(how: str, person: Person) -> None:
    with db.acting("work"):
        held = db.session.scalars(select(Person).where(Person.id == person.id)).one()
        if how == "suspend":
            people.suspend(held, "stolen laptop")
        else:
            getattr(people, how)(held)
        db.session.commit()


@pytest.mark.parametrize("how", ["suspend", "lapse", "leave"])
@pytest.mark.parametrize("proof", [Proof.MAILBOX, Proof.PASSWORD, Proof.FULL])
def test_whoever_is_shut_out_is_a_stranger_at_the_next_request(app: Flask, sam: Person, how: str, proof: Proof) -> None:
    browser = signed_in(app, sam, proof)
    assert seen(browser)["proof"] == proof

    shut_out(how, sam)

    assert seen(browser) == seen(app.test_client())  # type: ignore[arg-type]
    assert browser.get("/account").location.startswith("/sign-in?")
    assert browser.post("/account/sessions/end-others", data={}).status_code in (400, 401)


def test_a_session_made_for_somebody_shut_out_is_nobodys(app: Flask, sam: Person) -> None:
    shut_out("suspend", sam)

    assert seen(signed_in(app, sam))["proof"] == "nothing"


def test_a_restored_person_signs_in_anew(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam)
    shut_out("suspend", sam)
    shut_out("restore", sam)

    assert seen(browser)["proof"] == "nothing"
    assert sign_in(browser).status_code == 303


def test_a_lapsed_membership_leaves_somebody_signed_in_who_receives_nothing(
    app: Flask, sam: Person, midshire: Warp
) -> None:
    browser = signed_in(app, sam)
    with db.acting("work"):
        council = db.session.scalars(select(Organisation)).one()
        organisations.lapse(council, midshire)
        db.session.commit()

    assert seen(browser)["email"] == sam.email
    assert not seen(browser)["is_member"]
    assert not seen(browser)["amber"]


def test_an_idle_session_ends(app: Flask, sam: Person, hub_settings: config.Settings) -> None:
    browser = signed_in(app, sam)
    start = clock.now()

    with clock.at(start + timedelta(minutes=hub_settings.idle_minutes - 1)):
        assert seen(browser)["proof"] == "full"
    with clock.at(start + timedelta(minutes=2 * hub_settings.idle_minutes - 2)):
        assert seen(browser)["proof"] == "full"
    with clock.at(start + timedelta(minutes=3 * hub_settings.idle_minutes + 2)):
        assert seen(browser)["proof"] == "nothing"


def test_a_session_in_constant_use_ends_all_the_same(app: Flask, sam: Person, hub_settings: config.Settings) -> None:
    browser = signed_in(app, sam)
    start = clock.now()
    proofs = []
    for half_hours in range(2 * hub_settings.session_hours + 2):
        with clock.at(start + timedelta(minutes=30 * half_hours)):
            proofs.append(seen(browser)["proof"])

    assert proofs[2 * hub_settings.session_hours - 1] == "full"
    assert proofs[-1] == "nothing"


def test_being_seen_is_noted_once_a_minute_and_cut_to_the_minute(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam)
    noted = set()
    start = clock.now().replace(second=0) + timedelta(minutes=5)
    for seconds in (1, 20, 59, 61):
        with clock.at(start + timedelta(seconds=seconds)):
            seen(browser)
        noted.add(db.session.scalars(select(Session.last_seen)).one())
        db.session.rollback()

    assert len(noted) == 2
    assert all(moment.second == moment.microsecond == 0 for moment in noted)


def test_signing_out_ends_the_session_at_the_server(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam)
    value = browser.get_cookie(COOKIE).value  # type: ignore[union-attr]
    assert browser.get("/sign-out").status_code == 200
    assert seen(browser)["proof"] == "full"

    answer = browser.post("/sign-out", data=token(browser, "/sign-out"))

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get_cookie(COOKIE) is None
    browser.set_cookie(COOKIE, value)
    assert seen(browser)["proof"] == "nothing"


def test_a_session_of_before_somebody_ran_a_warp_must_be_signed_in_anew(
    app: Flask, sam: Person, midshire: Warp
) -> None:
    browser = signed_in(app, sam)
    with db.acting("work"):
        held = db.session.scalars(select(Person).where(Person.id == sam.id)).one()
        people.appoint_coordinator(held, midshire)
        db.session.commit()

    assert seen(browser)["proof"] == "nothing"
    assert signed_in(app, sam).get("/desk").status_code == 200


def test_a_coordinator_who_steps_down_stays_signed_in_without_the_desk(app: Flask, midshire: Warp) -> None:
    boss = factories.coordinator(midshire, at=factories.organisation(midshire))
    factories.coordinator(midshire)
    browser = signed_in(app, boss)
    with db.acting("work"):
        people.step_down(boss, midshire, by=boss.id)
        db.session.commit()

    assert seen(browser)["proof"] == "full"
    assert browser.get("/desk").status_code == 404


@pytest.mark.parametrize("value", ["", "x", "x" * 5000, "é", "null", "\udce9"])
def test_a_cookie_that_we_never_gave_is_nobodys(app: Flask, sam: Person, value: str) -> None:
    browser = app.test_client()
    answer = browser.get(
        "/", headers={"Cookie": f"{COOKIE}={value}".encode(errors="surrogateescape").decode("latin-1")}
    )

    assert answer.get_json()["proof"] == "nothing"


def test_a_remember_me_cookie_opens_nothing(app: Flask, sam: Person) -> None:
    browser = app.test_client()
    browser.set_cookie("remember_token", f"{sam.id}|0123")

    assert browser.get("/").get_json()["proof"] == "nothing"


def test_everyone_sees_and_ends_their_own_sessions_only(app: Flask, sam: Person, midshire: Warp) -> None:
    here, there = signed_in(app, sam), signed_in(app, sam)
    other = signed_in(app, factories.member(midshire))
    theirs, ours = (
        db.session.scalars(select(Session.id).where(Session.person_id != sam.id)).one(),
        db.session.scalars(select(Session.id).where(Session.person_id == sam.id).order_by(Session.started)).all(),
    )
    page = here.get_page("/account/sessions")
    assert len(page.select(".warp-sessions li")) == 2
    form = token(here, "/account/sessions")

    assert here.post(f"/account/sessions/{theirs}/end", data=form).status_code == 404
    assert seen(other)["proof"] == "full"
    assert here.post(f"/account/sessions/{ours[1]}/end", data=form).status_code == 303
    assert seen(there)["proof"] == "nothing"
    assert here.post(f"/account/sessions/{ours[1]}/end", data=form).status_code == 404
    assert here.post(f"/account/sessions/{ours[0]}/end", data=form).location == "/sign-out"
    assert seen(here)["proof"] == "full"


def test_all_other_sessions_end_with_one_button(app: Flask, sam: Person) -> None:
    here, there, phone = (signed_in(app, sam) for _ in range(3))

    here.post("/account/sessions/end-others", data=token(here, "/account/sessions"))

    assert [seen(browser)["proof"] for browser in (here, there, phone)] == ["full", "nothing", "nothing"]


def test_a_reader_by_mail_meets_no_page_of_password_second_step_or_sessions(app: Flask, sam: Person) -> None:
    reader = signed_in(app, sam, Proof.MAILBOX)
    for path in (
        "/account/password",
        "/account/second-step",
        "/account/second-step/picture.svg",
        "/account/sessions",
        "/sign-in/code",
        "/sign-in/again",
    ):
        assert reader.get(path).location.startswith("/sign-in?next="), path
    form = token(reader, "/sign-in")
    for path in ("/account/password", "/account/second-step", "/account/sessions/end-others", "/sign-in/again"):
        assert reader.post(path, data=form | {"code": "123456"}).location.startswith("/sign-in?next="), path
    assert seen(reader)["proof"] == "mailbox"


def test_whoever_signs_in_by_mail_may_sign_in_properly(app: Flask, sam: Person, secret: str) -> None:
    reader = signed_in(app, sam, Proof.MAILBOX)
    field = reader.get_page("/sign-in").select_one("#email")
    assert field is not None
    assert field["value"] == sam.email

    sign_in(reader)
    give_code(reader, code_of(secret))

    assert seen(reader)["proof"] == "full"


def test_over_https_the_cookie_belongs_to_this_host_alone(
    app: Flask, sam: Person, hub_settings: config.Settings
) -> None:
    config.use(config.load_settings(**hub_settings.model_dump() | {"base_url": "https://hub.example"}))
    try:
        browser: PageClient = app.test_client()  # type: ignore[assignment]
        cookies = sign_in(browser).headers.getlist("Set-Cookie")
    finally:
        config.use(hub_settings)

    (cookie,) = [cookie for cookie in cookies if cookie.startswith("__Host-warp_hub=")]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


def test_sessions_that_nobody_can_use_are_swept(app: Flask, sam: Person) -> None:
    signed_in(app, sam)
    with db.acting("work"), clock.at(clock.now() + timedelta(days=31)):
        retention.sweep()
        db.session.commit()

    assert db.session.scalar(select(func.count()).select_from(Session)) == 0
