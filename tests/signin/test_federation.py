"""Signing in with an account at a provider: who is let in, by what, and what is never believed."""

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from joserfc import jwt
from pydantic import SecretStr
from sqlalchemy import select

from tests import factories
from tests.page_client import PageClient
from tests.signin import provider as at_provider
from tests.signin.conftest import seen, signed_in, token
from tests.signin.provider import CLIENT, OTHER, OTHER_TENANT, SAM, SECRET, TENANT, Handler, Provider
from warp_hub import clock, config, db, outbound
from warp_hub.db import new_id
from warp_hub.memberships import invitations, people
from warp_hub.memberships.authority import NotTheirs
from warp_hub.memberships.models import Coordinator, Membership, MembershipKind, Organisation, Person, Post, State, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import recovery, throttle
from warp_hub.signin.federation import accounts, bindings, providers
from warp_hub.signin.federation.identities import Identity
from warp_hub.signin.federation.models import Account, Binding

pytestmark = pytest.mark.usefixtures("as_web")


@pytest.fixture(scope="module")
def listening() -> Iterator[Provider]:
    with at_provider.running() as made:
        yield made


@pytest.fixture(autouse=True)
def provider(listening: Provider, hub_settings: config.Settings) -> Iterator[Provider]:
    """Return a provider that behaves, known to the hub as Microsoft and as another one."""
    generic = {
        "slug": "generic",
        "name": "Council login",
        "issuer": f"{listening.url}/generic",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "second_factor_acr": ["two-factors"],
    }
    given = {"microsoft_client_id": CLIENT, "microsoft_client_secret": SecretStr(SECRET)}
    given |= {"microsoft_authority": listening.url, "sign_in_providers": (config.Provider.model_validate(generic),)}
    config.use(hub_settings.model_copy(update=given))
    providers.forget()
    listening.behave()
    yield listening
    config.use(hub_settings)


@pytest.fixture
def council(sam: Person) -> Organisation:
    """Return Sam's council."""
    with db.acting("work"):
        at = select(Organisation).join(Post, Post.organisation_id == Organisation.id)
        return db.session.scalars(at.where(Post.person_id == sam.id)).one()


def bind(council: Organisation, by: Person, slug: str = "microsoft", *, second_factor: bool = False) -> None:
    to = providers.find(slug)
    assert to is not None
    with db.acting("web"):
        bindings.bind(council.id, to, TENANT, by.id, second_factor=second_factor)
        db.session.commit()
    if second_factor:
        let_it_count(council)


def let_it_count(council: Organisation) -> Person:
    """Have a coordinator say yes to what the council says of its provider; return who."""
    with db.acting("work"):
        at = select(Warp).join(Membership, Membership.warp_id == Warp.id)
        runs = factories.coordinator(db.session.scalars(at.where(Membership.organisation_id == council.id)).one())
        for binding in db.session.scalars(select(Binding)):
            bindings.confirm(binding, runs.id)
        db.session.commit()
    return runs


def identity(of: Provider, user: str = SAM, tenant: str = TENANT) -> Identity:
    return Identity("microsoft", f"{of.url}/{tenant}/v2.0", tenant, user, "sam.lee", False, None)


def connected(of: Provider, person: Person, user: str = SAM) -> None:
    with db.acting("web"):
        accounts.connect(person.id, identity(of, user))
        db.session.commit()


@pytest.fixture
def known(provider: Provider, council: Organisation, sam: Person) -> Person:
    """Return Sam, whose account at Microsoft is connected; nobody states a second factor."""
    bind(council, sam)
    connected(provider, sam)
    return sam


def set_out(browser: PageClient, path: str = "/sign-in/with/microsoft?next=/full") -> str:
    answer = browser.get(path)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def come_in(browser: PageClient, of: Provider, path: str = "/sign-in/with/microsoft?next=/full", **given: Any) -> Any:
    return back(browser, of.send_back(set_out(browser, path), **given))


def back(browser: Any, path: str) -> Any:
    """Return what follows on coming back; a refusal stands on a page of its own, without the code in its address."""
    answer = browser.get(path)
    return browser.get(answer.location) if "/refused/" in (answer.location or "") else answer


def test_who_connected_an_account_signs_in_with_it_and_gives_the_second_step_here(
    app: Flask, provider: Provider, council: Organisation, sam: Person, secret: str, browser: PageClient
) -> None:
    bind(council, sam)
    mine = signed_in(app, sam)
    shown = come_in(mine, provider, "/account/keys/connect/microsoft")
    assert shown.location == "/account/keys/connect/microsoft/confirm"
    page = mine.get_page(shown.location)
    assert "sam.lee@testham.example" in page.text
    assert not _live_accounts(sam)  # looking changes nothing
    mine.post(shown.location, data=token(mine, shown.location))
    assert [account.subject_id for account in _live_accounts(sam)] == [SAM]

    answer = come_in(browser, provider)

    assert answer.location == "/sign-in/code?next=/full"
    assert seen(browser) | {"fresh": None} == {
        "email": "Sam.Lee@testham.example", "proof": "password", "fresh": None, "is_member": True,
        "amber": False, "desks": 0,
    }  # fmt: skip
    assert not seen(browser)["fresh"]  # that they typed anything just now, nobody said


@pytest.mark.parametrize("how", ["amr", "stated", "amr without", "coordinator", "acr"])
def test_a_second_factor_counts_where_it_is_proved_or_stated_and_never_for_a_coordinator(
    how: str, app: Flask, provider: Provider, council: Organisation, sam: Person, midshire: Warp, browser: PageClient
) -> None:
    slug = "generic" if how == "acr" else "microsoft"
    bind(council, sam, slug, second_factor=how == "stated")
    if how == "coordinator":
        with db.acting("work"):
            people.appoint_coordinator(sam, midshire)
            db.session.commit()
    with db.acting("web"):
        who = identity(provider)
        if how == "acr":
            who = Identity("generic", f"{provider.url}/generic", "", f"pairwise-{SAM}", "", False, None)
        accounts.connect(sam.id, who)
        db.session.commit()
    said = {
        "amr": {"amr": ["pwd", "mfa"]}, "stated": {}, "amr without": {"amr": ["pwd"]},
        "coordinator": {"amr": ["pwd", "mfa"]}, "acr": {"acr": "two-factors"},
    }[how]  # fmt: skip

    come_in(browser, provider, f"/sign-in/with/{slug}?next=/full", **said)

    assert seen(browser)["proof"] == ("password" if how in ("amr without", "coordinator") else "full")


NOT_BELIEVED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "a tenant that is not the issuer's": {"tid": OTHER_TENANT},
    "no tenant": {"tid": None},
    "no object": {"oid": None},
    "for another": {"aud": "another-app"},
    "for several, by another": {"aud": [CLIENT, "other"], "azp": "other"},
    "for several, by nobody": {"aud": [CLIENT, "other"]},
    "by another": {"azp": "another-app"},
    "another trip's": {"nonce": "replayed"},
    "no trip's": {"nonce": None},
    "expired": {"exp": 1_000_000_000},
    "never expires": {"exp": None},
    "not yet": {"nbf": 9_000_000_000},
    "from the future": {"iat": 9_000_000_000},
    "from long ago": {"iat": 1_000_000_000},
    "undated": {"iat": None},
    "odd": {"amr": "mfa"},
    "no subject": {"sub": None},
}


def test_a_token_that_says_anything_else_is_not_believed(provider: Provider, known: Person, app: Flask) -> None:
    for why, claims in NOT_BELIEVED.items():
        provider.behave()
        browser = app.test_client()
        answer = come_in(browser, provider, **claims)  # type: ignore[arg-type]
        assert answer.status_code == 400, why
        assert seen(browser)["proof"] == "nothing", why  # type: ignore[arg-type]


def _b64(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{_b64(header | {'alg': 'none'})}.{_b64(claims)}."


def _by_public_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    told = f"{_b64(header | {'alg': 'HS256'})}.{_b64(claims)}"
    return f"{told}.{_b64(hmac.digest(at_provider.key('first').as_pem(private=False), told.encode(), 'sha256'))}"


def _by_a_stranger(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, at_provider.key("stranger"))


def _altered(header: dict[str, Any], claims: dict[str, Any]) -> str:
    head, _body, signature = jwt.encode(header, claims, at_provider.key("first")).split(".")
    return f"{head}.{_b64(claims | {'oid': OTHER})}.{signature}"


def _with_own_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    stranger = at_provider.key("stranger")
    return jwt.encode(header | {"jwk": stranger.as_dict(private=False)}, claims, stranger)


def test_a_token_that_the_provider_did_not_sign_is_not_believed(provider: Provider, known: Person, app: Flask) -> None:
    signers: list[Callable[..., str]] = [_unsigned, _by_public_key, _by_a_stranger, _altered, _with_own_key]
    for signer in [*signers, lambda *_: "no token", lambda *_: "a.b.c"]:
        provider.behave()
        provider.signer = signer
        browser = app.test_client()
        assert come_in(browser, provider).status_code == 400, signer  # type: ignore[arg-type]
        assert seen(browser)["proof"] == "nothing"  # type: ignore[arg-type]


def test_a_key_that_signs_for_one_tenant_signs_for_no_other(
    provider: Provider, known: Person, browser: PageClient
) -> None:
    provider.key_extras = {"issuer": f"{provider.url}/{OTHER_TENANT}/v2.0"}
    assert come_in(browser, provider).status_code == 400

    provider.key_extras = {"issuer": f"{provider.url}/{{tenantid}}/v2.0"}
    providers.forget()
    assert come_in(browser, provider).status_code == 303


def test_new_keys_are_asked_for_once_when_a_token_names_one_that_is_not_known(
    provider: Provider, known: Person, browser: PageClient
) -> None:
    come_in(browser, provider)
    provider.signs_with, provider.published = "second", ["first", "second"]
    provider.asked.clear()

    assert come_in(browser, provider).status_code == 303
    assert provider.asked.count("/keys") == 1

    provider.published, provider.header = ["first"], {"kid": "nowhere"}
    provider.asked.clear()
    assert come_in(browser, provider).status_code == 400
    assert provider.asked.count("/keys") == 1


def test_whoever_may_not_come_in_is_told_the_same_and_an_address_opens_nothing(
    provider: Provider, known: Person, council: Organisation, app: Flask, midshire: Warp
) -> None:
    with db.acting("work"):
        gone, away, elsewhere = (factories.person(council, email=f"{name}@testham.example") for name in "abc")
        there = factories.organisation(midshire)
        for number, person in enumerate((gone, away, elsewhere), 11):
            connected(provider, person, f"{SAM[:-2]}{number}")
        people.suspend(gone, "left")
        db.session.scalars(select(Post).where(Post.person_id == away.id)).one().state = State.LEFT
        db.session.scalars(select(Post).where(Post.person_id == elsewhere.id)).one().organisation_id = there.id
        db.session.commit()

    cases = [{"user": OTHER, "preferred_username": known.email, "email": known.email, "email_verified": True}]
    cases += [{"user": SAM, "tenant": OTHER_TENANT}]  # the same object id in a tenant of one's own making
    cases += [{"user": f"{SAM[:-2]}{number}"} for number in (11, 12, 13)]
    told = set()
    for case in cases:
        provider.behave()
        browser = app.test_client()
        answer = come_in(browser, provider, **case)  # type: ignore[arg-type]
        told.add((answer.status_code, answer.get_data()))
        assert seen(browser)["proof"] == "nothing", case  # type: ignore[arg-type]
    assert [status for status, _ in told] == [403]
    assert b"sign in another way" in told.pop()[1]


def test_a_trip_ends_once_in_the_browser_it_began_in_within_ten_minutes(
    provider: Provider, known: Person, app: Flask, browser: PageClient
) -> None:
    other = app.test_client()
    address = set_out(browser)
    theirs = provider.send_back(address)
    assert back(other, theirs).status_code == 400  # somebody else's address, opened by a victim
    set_out(other)  # type: ignore[arg-type]
    assert back(other, theirs).status_code == 400

    kept = browser.get_cookie("warp_hub_form") or browser.get_cookie("session")
    assert kept is not None
    assert back(browser, theirs).status_code == 303
    again = app.test_client()
    again.set_cookie(kept.key, kept.value)  # the browser's cookie from before, put back
    assert back(again, provider.send_back(address)).status_code == 400  # and with a code that nobody used

    late = provider.send_back(set_out(other))  # type: ignore[arg-type]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert back(other, late).status_code == 400
    mixed = provider.send_back(set_out(other))  # type: ignore[arg-type]
    assert back(other, mixed.replace("microsoft", "generic")).status_code == 400
    assert seen(other)["proof"] == seen(again)["proof"] == "nothing"  # type: ignore[arg-type]


def test_what_an_account_opened_ends_at_once_with_what_it_stands_on(
    provider: Provider, council: Organisation, sam: Person, app: Flask
) -> None:
    bind(council, sam, second_factor=True)
    connected(provider, sam)

    def come() -> PageClient:
        browser = app.test_client()
        assert come_in(browser, provider).location == "/full"  # type: ignore[arg-type]
        assert seen(browser)["amber"]  # type: ignore[arg-type]
        return browser  # type: ignore[return-value]

    browsers = [come(), come()]
    with db.acting("web"):
        bindings.unbind(db.session.scalars(select(Binding)).one(), sam.id)
        db.session.commit()
    assert {seen(browser)["proof"] for browser in browsers} == {"nothing"}

    bind(council, sam, second_factor=True)
    browser = come()
    with db.acting("work"):
        db.session.scalars(select(Post).where(Post.person_id == sam.id)).one().state = State.LEFT
        db.session.commit()
    assert seen(browser)["proof"] == "nothing"
    with db.acting("work"):
        db.session.scalars(select(Post).where(Post.person_id == sam.id)).one().state = State.ACTIVE
        db.session.commit()

    browser = come()
    with db.acting("web"):
        assert accounts.disconnect(_live_accounts(sam)[0].id, sam.id)
        db.session.commit()
    assert seen(browser)["proof"] == "nothing"


def test_a_provider_that_is_down_slow_or_talks_too_much_keeps_nobody_from_the_other_ways(
    provider: Provider, known: Person, app: Flask, browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()

    def elsewhere(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"{provider.url}/keys")
        handler.end_headers()

    def slow(handler: Handler) -> None:
        waiting.wait(60)

    strange: list[Callable[[Handler], Any]] = [
        lambda handler: handler.say({}, 503),
        lambda handler: handler.say(b'{"keys": "' + b"x" * outbound.LONGEST + b'"}'),
        lambda handler: handler.say(b"<html>"),
        lambda handler: handler.say([1, 2]),
        lambda handler: handler.say({"issuer": "https://evil.example"}),
        slow,
        elsewhere,
    ]
    for answer in strange:
        providers.forget()
        monkeypatch.setattr(outbound, "PATIENCE", 0.5 if answer is slow else 20.0)
        provider.answers["/openid-configuration"] = answer
        page = browser.get_page("/sign-in/with/microsoft", status=503)
        assert "Microsoft does not answer at the moment" in page.text
        provider.answers.clear()
        monkeypatch.setattr(outbound, "PATIENCE", 20.0)
        returning = provider.send_back(set_out(browser))
        provider.answers["/token"] = answer
        monkeypatch.setattr(outbound, "PATIENCE", 0.5 if answer is slow else 20.0)
        assert back(browser, returning).status_code in (400, 503)
        provider.answers.clear()
    waiting.set()
    assert browser.get("/sign-in").status_code == 200
    assert seen(browser)["proof"] == "nothing"


def test_whoever_comes_back_in_vain_too_often_makes_us_ask_the_provider_no_more(
    provider: Provider, known: Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = throttle.Limit(2, timedelta(minutes=1), timedelta(minutes=1))
    monkeypatch.setitem(throttle.LIMITS, "provider", {"source": few})
    browser: Any = app.test_client()
    for _ in range(2):
        assert come_in(browser, provider, nonce="wrong").status_code == 400
    provider.behave()
    provider.asked.clear()
    assert come_in(browser, provider).status_code == 400
    assert not [path for path in provider.asked if path.endswith("/token")]
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert come_in(app.test_client(), provider).status_code == 303  # type: ignore[arg-type]


def test_an_address_inside_the_network_is_asked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for url, home in (
        ("http://provider.example/keys", "https://provider.example"),
        ("https://127.0.0.1/keys", "https://provider.example"),
        ("https://10.0.0.1/keys", "https://provider.example"),
        ("https://169.254.169.254/keys", "http://127.0.0.1:1"),
        ("file:///etc/passwd", "http://127.0.0.1:1"),
    ):
        with pytest.raises(outbound.OutboundFault):
            outbound.read_json(url, home)


def test_an_account_is_connected_to_one_person_and_only_where_the_tenant_is_bound(
    provider: Provider, known: Person, council: Organisation, app: Flask, midshire: Warp
) -> None:
    with db.acting("work"):
        colleague, stranger = factories.person(council), factories.member(midshire)
    for person, user in ((colleague, SAM), (stranger, OTHER)):
        browser = signed_in(app, person)
        shown = come_in(browser, provider, "/account/keys/connect/microsoft", user=user)
        refused = browser.post(shown.location, data=token(browser, shown.location))
        assert refused.location == "/sign-in/with/microsoft/refused/connect"
        assert not _live_accounts(person)


def test_connecting_takes_a_second_step_of_a_moment_ago_and_the_same_person(
    provider: Provider, council: Organisation, sam: Person, secret: str, app: Flask
) -> None:
    bind(council, sam)
    for proof in (Proof.MAILBOX, Proof.PASSWORD):
        assert "/sign-in/" in signed_in(app, sam, proof).get("/account/keys/connect/microsoft").location
    mine = signed_in(app, sam)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert mine.get("/account/keys/connect/microsoft").location.startswith("/sign-in/again")
    shown = come_in(mine, provider, "/account/keys/connect/microsoft")
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert mine.post(shown.location, data=token(app.test_client(), "/sign-in")).status_code != 200  # type: ignore[arg-type]
    assert not _live_accounts(sam)


def test_an_invitation_may_be_accepted_with_an_account_in_place_of_a_password(
    provider: Provider, council: Organisation, sam: Person, browser: PageClient, app: Flask
) -> None:
    bind(council, sam, second_factor=True)
    with db.acting("work"):
        guest = factories.person(council, email="guest@testham.example")
        invitation = invitations.mint(guest)
        db.session.commit()
    assert browser.get("/invitation/with/microsoft").status_code == 410
    browser.get(f"/invitation?token={invitation}")

    shown = come_in(browser, provider, "/invitation/with/microsoft")
    assert "g•••@testham.example" in browser.get_page(shown.location).text
    browser.post(shown.location, data=token(browser, shown.location))

    assert seen(browser)["email"] == "guest@testham.example"
    assert seen(browser)["proof"] == "full"
    assert seen(browser)["fresh"]
    assert browser.get("/invitation/with/microsoft").status_code == 410


def test_whoever_was_invited_without_a_password_or_a_stated_second_factor_is_led_to_one(
    provider: Provider, council: Organisation, sam: Person, browser: PageClient
) -> None:
    bind(council, sam)
    with db.acting("work"):
        invitation = invitations.mint(factories.person(council, email="guest@testham.example"))
        db.session.commit()
    browser.get(f"/invitation?token={invitation}")
    shown = come_in(browser, provider, "/invitation/with/microsoft")
    browser.post(shown.location, data=token(browser, shown.location))

    assert seen(browser)["proof"] == "password"
    page = browser.get_page("/sign-in/code")  # whichever this installation can offer: a passkey, or a password first
    assert page.h1.text in ("Add a passkey", "Choose a password")


def test_once_more_at_the_provider_counts_only_when_it_says_that_it_was_just_now(
    provider: Provider, council: Organisation, sam: Person, browser: PageClient
) -> None:
    bind(council, sam, second_factor=True)
    connected(provider, sam)
    come_in(browser, provider)
    assert not seen(browser)["fresh"]
    path, now = "/sign-in/again/with/microsoft?next=/full", int(clock.now().timestamp())
    for user, said in ((SAM, {}), (SAM, {"auth_time": now - 3600}), (OTHER, {"auth_time": now})):
        provider.behave()
        assert come_in(browser, provider, path, user=user, **said).status_code == 403
        assert not seen(browser)["fresh"]
    provider.behave()
    assert come_in(browser, provider, path, auth_time=now).location == "/full"
    assert seen(browser)["fresh"]


def test_a_lead_and_a_coordinator_bind_tenants_and_nobody_else(
    provider: Provider, council: Organisation, sam: Person, midshire: Warp, app: Flask
) -> None:
    with db.acting("work"):
        officer, other_lead = factories.person(council), factories.member(midshire, lead=True)
        runs, runs_elsewhere = factories.coordinator(midshire), factories.coordinator(factories.warp("Westmarch"))
    path = f"/organisation/{council.id}/sign-in"
    for person in (officer, other_lead, runs_elsewhere):
        assert signed_in(app, person).get(path).status_code == 404
    lead = signed_in(app, sam)
    given = {"provider": "microsoft", "second_factor": "yes"}
    for tenant in ("testham.example", bindings.PRIVATE_PEOPLE, bindings.NOBODYS, ""):
        answer = lead.post(path, data=given | {"tenant": tenant} | token(lead, path))
        assert answer.status_code == 422
    assert "Enter the tenant ID" in answer.get_data(as_text=True)
    assert lead.post(path, data=given | {"tenant": f" {TENANT.upper()} "} | token(lead, path)).status_code == 303
    assert lead.post(path, data=given | {"tenant": TENANT} | token(lead, path)).status_code == 422

    (made,) = db.session.scalars(select(Binding)).all()
    assert (made.tenant, made.second_factor, made.said_by, made.bound_by) == (TENANT, True, sam.id, sam.id)
    db.leave()
    confirm = f"{path}/{made.id}"
    assert lead.post(confirm, data=token(lead, path)).status_code == 404  # nobody says yes to their own word
    assert "once a coordinator of your WARP has said yes" in lead.get_page(path).text
    desk = signed_in(app, runs)
    assert bindings.waits_for_coordinator(council.id)
    assert desk.post(confirm, data=token(desk, path)).status_code == 303
    assert not bindings.waits_for_coordinator(council.id)
    assert "once a coordinator of your WARP" not in lead.get_page(path).text
    assert signed_in(app, runs_elsewhere).post(f"{path}/{made.id}/end", data={}).status_code in (400, 404)
    assert desk.post(f"{path}/{made.id}/end", data=token(desk, path)).status_code == 303
    assert not db.session.scalars(select(Binding)).all()


def test_an_invitation_is_no_way_past_the_second_step_of_somebody_who_has_one(
    provider: Provider, council: Organisation, sam: Person, secret: str, browser: PageClient
) -> None:
    """A colleague who reads Sam's mail has an invitation for Sam, and an account of their own at the same tenant."""
    bind(council, sam, second_factor=True)
    with db.acting("work"):
        invitation = invitations.mint(sam)
        db.session.commit()
    browser.get(f"/invitation?token={invitation}")
    assert "in place of a password" not in browser.get_page("/invitation").text

    shown = come_in(browser, provider, "/invitation/with/microsoft", user=OTHER, amr=["mfa"])
    refused = browser.post(shown.location, data=token(browser, shown.location))

    assert refused.location == "/sign-in/with/microsoft/refused/connect"
    assert not _live_accounts(sam)
    assert seen(browser)["proof"] == "nothing"


def test_a_second_account_is_no_way_past_the_first(
    provider: Provider, council: Organisation, known: Person, app: Flask
) -> None:
    for user, comes_in in ((OTHER, "nothing"), (SAM, "password")):
        provider.behave()
        with db.acting("work"):
            invitation = invitations.mint(known)
            db.session.commit()
        browser: Any = app.test_client()
        browser.get(f"/invitation?token={invitation}")
        shown = come_in(browser, provider, "/invitation/with/microsoft", user=user)
        browser.post(shown.location, data=token(browser, shown.location))
        assert seen(browser)["proof"] == comes_in
        assert [account.subject_id for account in _live_accounts(known)] == [SAM]


def test_a_new_password_from_the_mailbox_is_no_way_past_an_account_at_a_provider(
    provider: Provider, known: Person, app: Flask, browser: PageClient
) -> None:
    mail_reader = signed_in(app, known, Proof.PASSWORD)
    for path in ("/account/second-step", "/account/keys/new", "/account/password", "/account/address"):
        assert mail_reader.get(path).location == f"/sign-in/code?next={path}", path
    page = mail_reader.get_page("/sign-in/code?next=/full")
    assert page.h1.text == "Use your account"
    assert page.select_one('a[href="/sign-in/with/microsoft?next=/full"]') is not None
    assert mail_reader.post("/account/second-step", data={"code": "123456"}).status_code != 200

    # The account itself leads on as before.
    come_in(browser, provider, auth_time=int(clock.now().timestamp()))
    assert browser.get_page("/sign-in/code").h1.text == "Set up your second step"


def test_a_lost_device_is_forgotten_with_all_it_may_hold_and_a_new_second_step_can_follow(
    provider: Provider, known: Person, app: Flask
) -> None:
    """A thief has the bag: the laptop that is signed in at Microsoft and here, and the sheet of recovery codes."""
    from warp_hub.operations import lost_devices

    with db.acting("web"):
        sheet = recovery.make(known.id)
        db.session.commit()
    thief = signed_in(app, known)
    with db.acting("work"):
        lost_devices.forget_second_step(known.email)
        db.session.commit()

    assert seen(thief)["proof"] == "nothing"
    assert not _live_accounts(known)
    with db.acting("web"):
        assert not recovery.accept(known.id, sheet[0])
        db.session.rollback()
    own = signed_in(app, known, Proof.PASSWORD)
    assert own.get_page("/account/second-step").h1.text == "Set up your second step"


def test_who_runs_a_warp_that_an_organisation_is_no_member_of_any_more_binds_nothing_for_it(
    provider: Provider, council: Organisation, sam: Person, app: Flask
) -> None:
    with db.acting("work"):
        westmarch = factories.warp("Westmarch")
        runs = factories.coordinator(westmarch)
        place = Membership(id=new_id(), organisation_id=council.id, warp_id=westmarch.id, kind=MembershipKind.FULL)
        place.state = State.ACTIVE
        db.session.add(place)
        db.session.commit()
    path = f"/organisation/{council.id}/sign-in"
    assert signed_in(app, runs).get(path).status_code == 200
    for state in (State.SUSPENDED, State.LAPSED):
        with db.acting("work"):
            db.session.get_one(Membership, place.id).state = state
            db.session.commit()
        assert signed_in(app, runs).get(path).status_code == 404
    assert signed_in(app, sam).get(path).status_code == 200


def test_a_leads_word_about_their_provider_counts_from_a_coordinators_yes_and_no_longer_than_that(
    provider: Provider, council: Organisation, sam: Person, midshire: Warp, app: Flask
) -> None:
    with db.acting("web"):
        bindings.bind(council.id, providers.find("microsoft"), TENANT, sam.id, second_factor=True)  # type: ignore[arg-type]
        db.session.commit()
    connected(provider, sam)

    def come() -> PageClient:
        browser: Any = app.test_client()
        come_in(browser, provider)
        return browser  # type: ignore[no-any-return]

    assert seen(come())["proof"] == "password"
    with db.acting("work"):
        own = factories.coordinator(midshire, at=council)
        stands_in = factories.person()
        until = clock.now() + timedelta(days=1)
        db.session.add(Coordinator(id=new_id(), person_id=stands_in.id, warp_id=midshire.id, until=until))
        db.session.commit()
        runs = let_it_count(council)
        may = [bindings.may_confirm(one.id, council.id, sam.id) for one in (sam, own, stands_in, runs)]
        assert may == [False] * 3 + [True]
    browser = come()
    assert seen(browser)["proof"] == "full"
    with db.acting("web"):
        bindings.unbind(db.session.scalars(select(Binding)).one(), runs.id)
        db.session.commit()
    assert seen(browser)["proof"] == "nothing"


def test_where_another_warp_looks_after_an_organisation_too_nobody_confirms_what_they_said_themselves(
    provider: Provider, council: Organisation, midshire: Warp
) -> None:
    with db.acting("work"):
        westmarch = factories.warp("Westmarch")
        here, there = factories.coordinator(midshire), factories.coordinator(westmarch)
        place = Membership(id=new_id(), organisation_id=council.id, warp_id=westmarch.id, kind=MembershipKind.FULL)
        place.state = State.ACTIVE
        db.session.add(place)
        db.session.commit()
    with db.acting("web"):
        bindings.bind(council.id, providers.find("microsoft"), TENANT, here.id, second_factor=True)  # type: ignore[arg-type]
        (binding,) = db.session.scalars(select(Binding)).all()
        assert binding.confirmed_at is None
        with pytest.raises(NotTheirs):
            bindings.confirm(binding, here.id)
        bindings.confirm(binding, there.id)
        assert binding.confirmed_by == there.id
        db.session.rollback()


def test_who_is_restored_comes_back_by_their_account_and_by_no_mailbox(
    provider: Provider, council: Organisation, sam: Person, app: Flask
) -> None:
    bind(council, sam, second_factor=True)
    connected(provider, sam)
    before: Any = app.test_client()
    come_in(before, provider)
    with db.acting("work"):
        held = db.session.get_one(Person, sam.id)
        people.suspend(held, "a phone was lost")
        db.session.commit()
    assert back(app.test_client(), provider.send_back(set_out(app.test_client()))).status_code in (400, 403)  # type: ignore[arg-type]
    with db.acting("work"):
        people.restore(db.session.get_one(Person, sam.id))
        db.session.commit()

    assert seen(before)["proof"] == "nothing"
    mail_reader = signed_in(app, sam, Proof.PASSWORD)  # by a new password from a letter
    assert mail_reader.get("/account/second-step").location == "/sign-in/code?next=/account/second-step"
    assert mail_reader.get_page("/sign-in/code").h1.text == "Use your account"
    back_again: Any = app.test_client()
    come_in(back_again, provider)
    assert seen(back_again)["proof"] == "full"


def _live_accounts(person: Person) -> list[Account]:
    with db.acting("web"):
        found = list(accounts.connected(person.id))
        db.leave()
    return found
