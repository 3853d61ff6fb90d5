"""Letters lead in: to read by a link, by an invitation, to a new password. Looking at a link changes nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories
from tests.page_client import PageClient
from tests.signin.conftest import ANOTHER, PASSWORD, code_of, give_code, seen, sign_in, signed_in, token
from warp_hub import audit, clock, db
from warp_hub.mail import LetterState, links
from warp_hub.mail.models import Letter
from warp_hub.memberships import invitations, people
from warp_hub.memberships.models import Invitation, Person, Warp
from warp_hub.signin import entering, link_requests
from warp_hub.signin.models import Attempt, LinkRequest, Session

pytestmark = pytest.mark.usefixtures("as_web")


def open_path(person: Person, onward: str = "/account") -> str:
    return f"/open?link={links.sign('open', person.id, next=onward)}"


def reset_path(person: Person) -> str:
    version = entering.password_version(person.id)
    return f"/reset?token={links.sign('reset', person.id, version=version)}"


def invitation_path(person: Person) -> str:
    with db.acting("work"):
        secret = invitations.mint(person)
        db.session.commit()
    return f"/invitation?token={secret}"


def shut_out(person: Person, how: Callable[[Person], None]) -> None:
    with db.acting("work"):
        how(db.session.scalars(select(Person).where(Person.id == person.id)).one())
        db.session.commit()


def counts() -> list[int]:
    """Return how many rows there are of everything that signing in may write."""
    with db.acting("work"):
        used = select(func.count()).select_from(Invitation).where(Invitation.used_at.is_not(None))
        of = [select(func.count()).select_from(kind) for kind in (Session, audit.Audit, Attempt, LinkRequest, Letter)]
        found = [db.session.scalar(count) or 0 for count in (used, *of)]
        db.leave()
    return found


@pytest.fixture
def reader(midshire: Warp) -> Person:
    """Return somebody who never enrolled anything."""
    return factories.member(midshire, email="robin@testham.example", name="Robin Reader")


def test_a_link_opens_what_may_be_printed_in_a_letter(browser: PageClient, reader: Person) -> None:
    first = browser.get(open_path(reader))
    assert first.location == "/open"
    page = browser.get_page("/open")
    assert "Continue as r•••@testham.example" in page.text
    assert "robin@" not in page.text

    answer = browser.post("/open", data=token(browser, "/open"))

    assert answer.location == "/account"
    assert seen(browser) == {
        "email": "robin@testham.example",
        "proof": "mailbox",
        "fresh": False,
        "is_member": True,
        "amber": False,
        "desks": 0,
    }
    assert browser.get("/full", follow_redirects=True).request.path == "/sign-in"


def test_looking_at_a_link_changes_nothing(app: Flask, reader: Person, sam: Person) -> None:
    paths = [open_path(reader), invitation_path(reader), reset_path(sam)]
    before = counts()

    for path in paths * 2:
        scanner = app.test_client()
        assert scanner.head(path, follow_redirects=True).status_code == 200
        assert scanner.get(path, follow_redirects=True).status_code == 200

    assert counts() == before


def test_the_token_leaves_the_address_at_once(browser: PageClient, reader: Person, sam: Person) -> None:
    for path in (open_path(reader), invitation_path(reader), reset_path(sam)):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert "?" not in answer.location
        secret = path.partition("=")[2]
        assert secret not in browser.get(answer.location).text


def test_whoever_is_signed_in_already_goes_straight_on(app: Flask, sam: Person) -> None:
    browser = signed_in(app, sam)

    assert browser.get(open_path(sam, "/full"), follow_redirects=True).request.path == "/full"
    assert seen(browser)["proof"] == "full"


def test_a_link_of_somebody_else_asks_before_it_replaces_who_is_signed_in(
    app: Flask, sam: Person, reader: Person
) -> None:
    browser = signed_in(app, sam)
    browser.get(open_path(reader))
    assert "Continue as r•••" in browser.get_page("/open").text
    assert seen(browser)["email"] == sam.email

    browser.post("/open", data=token(browser, "/open"))

    assert seen(browser)["email"] == reader.email


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_a_link_never_leads_to_another_site(browser: PageClient, reader: Person, onward: str) -> None:
    browser.get(open_path(reader, onward))

    assert browser.post("/open", data=token(browser, "/open")).location == "/"


def test_links_that_are_over_get_one_calm_page(app: Flask, reader: Person, sam: Person) -> None:
    good = links.sign("open", reader.id, next="/")
    with clock.at(clock.now() - timedelta(days=31)):
        old = links.sign("open", reader.id, next="/")
    over = [
        good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],
        "",
        "x" * 4000,
        "\u00e9",
        old,
        links.sign("open", uuid4(), next="/"),
        links.sign("reset", reader.id, next="/"),
        links.sign("unsubscribe", reader.id),
    ]
    pages = set()
    for link in over:
        browser: PageClient = app.test_client()  # type: ignore[assignment]
        browser.get("/open", query_string={"link": link})
        answer = browser.get("/open")
        assert answer.status_code == 410
        assert "Have a new link sent" in answer.text
        assert browser.post("/open", data=token(browser, "/sign-in")).status_code == 410
        assert seen(browser)["proof"] == "nothing"
        pages.add(answer.text)
    assert len(pages) == 1


@pytest.mark.parametrize("how", [people.lapse, people.leave, lambda person: people.suspend(person, "away")])
def test_links_of_somebody_who_was_shut_out_are_dead(app: Flask, reader: Person, how: Callable[[Person], None]) -> None:
    paths = [open_path(reader), invitation_path(reader), reset_path(reader)]
    shut_out(reader, how)

    for path in paths:
        assert app.test_client().get(path, follow_redirects=True).status_code == 410


def test_links_of_before_a_suspension_stay_dead_after_it(app: Flask, reader: Person) -> None:
    paths = [open_path(reader), invitation_path(reader), reset_path(reader)]
    shut_out(reader, lambda person: people.suspend(person, "away"))
    shut_out(reader, people.restore)

    for path in paths:
        assert app.test_client().get(path, follow_redirects=True).status_code == 410
    with clock.at(clock.now() + timedelta(seconds=2)):
        assert app.test_client().get(open_path(reader), follow_redirects=True).status_code == 200


def test_an_invitation_leads_through_password_and_second_step(app: Flask, browser: PageClient, reader: Person) -> None:
    path = invitation_path(reader)
    browser.get(path)
    page = browser.post_form("/invitation", new_password=PASSWORD)

    assert page.h1 is not None
    assert page.h1.text == "Set up your second step"
    assert seen(browser)["proof"] == "password"
    secret = "".join(page.select_one("code").text.split())  # type: ignore[union-attr]
    done = browser.post("/account/second-step", data={"code": code_of(secret)} | token(browser, "/account/second-step"))
    assert done.location == "/"
    assert seen(browser)["proof"] == "full"

    again = app.test_client()
    assert again.get(path, follow_redirects=True).status_code == 410


def test_an_invitation_works_once_even_with_two_pages_open(app: Flask, reader: Person) -> None:
    path = invitation_path(reader)
    first, second = app.test_client(), app.test_client()
    forms = []
    for browser in (first, second):
        browser.get(path)
        forms.append(token(browser, "/invitation"))  # type: ignore[arg-type]

    assert first.post("/invitation", data={"new_password": PASSWORD} | forms[0]).status_code == 303
    assert second.post("/invitation", data={"new_password": ANOTHER} | forms[1]).status_code == 410
    assert entering.check_password(reader.email, PASSWORD, "192.0.2.1") is not None


def test_an_invitation_being_redeemed_makes_the_next_wait_and_then_refuses(reader: Person) -> None:
    secret = invitation_path(reader).partition("=")[2]
    invitations.redeem(secret)  # not committed yet

    def redeem() -> None:
        with db.acting("web"):
            try:
                invitations.redeem(secret)
            finally:
                db.leave()

    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(redeem)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        db.session.commit()
        with pytest.raises(invitations.InvitationOver):
            second.result(timeout=10)


def test_a_second_invitation_ends_the_first_and_time_ends_both(app: Flask, reader: Person) -> None:
    first, second = invitation_path(reader), invitation_path(reader)

    assert app.test_client().get(first, follow_redirects=True).status_code == 410
    assert app.test_client().get(second, follow_redirects=True).status_code == 200
    with clock.at(clock.now() + timedelta(days=15)):
        assert app.test_client().get(second, follow_redirects=True).status_code == 410


def test_a_weak_first_password_leaves_the_invitation_open(browser: PageClient, reader: Person) -> None:
    browser.get(invitation_path(reader))

    for weak in ("", "short", "robin.reader.testham", "passwordpassword", "qwertyuiopasdfgh", "a" * 1001):
        browser.post_form("/invitation", status=422, new_password=weak)
    browser.post_form("/invitation", new_password=PASSWORD)

    assert seen(browser)["proof"] == "password"


def test_an_invitation_does_not_skip_a_second_step_that_is_there(browser: PageClient, sam: Person, secret: str) -> None:
    browser.get(invitation_path(sam))
    page = browser.post_form("/invitation", new_password=ANOTHER)

    assert page.h1 is not None
    assert page.h1.text == "Enter your code"
    assert browser.get("/account/second-step", follow_redirects=True).request.path == "/sign-in/code"
    assert browser.get("/account/second-step/picture.svg").location.startswith("/sign-in/code")


def test_only_the_hash_of_an_invitation_is_stored(reader: Person) -> None:
    secret = invitation_path(reader).partition("=")[2]

    stored = db.session.scalars(select(Invitation)).one()

    assert len(secret) >= 43
    assert secret.encode() not in stored.token_hash
    assert len(stored.token_hash) == 32


def test_a_reset_changes_the_password_and_skips_no_second_step(
    app: Flask, browser: PageClient, sam: Person, secret: str
) -> None:
    elsewhere = signed_in(app, sam)
    path = reset_path(sam)
    browser.get(path)
    page = browser.post_form("/reset", new_password=ANOTHER)

    assert page.h1 is not None
    assert page.h1.text == "Enter your code"
    assert seen(browser)["proof"] == "password"
    assert seen(elsewhere)["proof"] == "nothing"
    assert give_code(browser, code_of(secret)).status_code == 303
    assert app.test_client().get(path, follow_redirects=True).status_code == 410
    other: PageClient = app.test_client()  # type: ignore[assignment]
    assert sign_in(other, PASSWORD).status_code == 422
    assert sign_in(other, ANOTHER).status_code == 303


def test_a_reset_link_dies_when_the_password_changes_and_after_an_hour(app: Flask, sam: Person) -> None:
    older, newer = reset_path(sam), reset_path(sam)
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert app.test_client().get(newer, follow_redirects=True).status_code == 410
    browser: PageClient = app.test_client()  # type: ignore[assignment]
    browser.get(newer)
    browser.post_form("/reset", new_password=ANOTHER)

    assert app.test_client().get(older, follow_redirects=True).status_code == 410


def test_a_reader_without_a_password_gets_one_by_letter(browser: PageClient, reader: Person) -> None:
    browser.get(reset_path(reader))
    page = browser.post_form("/reset", new_password=PASSWORD)

    assert page.h1 is not None
    assert page.h1.text == "Set up your second step"


@pytest.mark.parametrize("path", ["/sign-in/link", "/sign-in/password"])
def test_asking_for_a_letter_answers_the_same_for_everyone(app: Flask, sam: Person, path: str) -> None:
    pages = []
    for email in ("sam.lee@testham.example", "nob.ody@testham.example"):
        browser: PageClient = app.test_client()  # type: ignore[assignment]
        form = token(browser, path)
        answer = browser.post(path, data={"email": email} | form)
        pages.append((answer.status_code, answer.text.replace(email, "x")))

    assert pages[0][0] == 200
    assert pages[0] == pages[1]
    with db.acting("work"):
        assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 2
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_the_worker_writes_to_those_it_knows_and_forgets_who_asked(browser: PageClient, sam: Person) -> None:
    suspended = factories.person(email="old@testham.example")
    shut_out(suspended, lambda person: people.suspend(person, "away"))
    for email in (sam.email, "nobody@testham.example", suspended.email):
        browser.post_form("/sign-in/password", email=email)

    with db.acting("work"):
        asked = db.session.scalars(select(LinkRequest.id)).all()
        answered = [link_requests.answer(request) for request in asked]
        db.session.commit()
        letter = db.session.scalars(select(Letter)).one()

        assert sorted(answered) == [False, False, True]
        assert (letter.kind, letter.person_id, letter.state) == ("reset_link", sam.id, LetterState.WAITING)
        assert db.session.scalars(select(LinkRequest)).all() == []
        assert not link_requests.answer(asked[0])


def test_nobody_is_flooded_with_letters(browser: PageClient, sam: Person) -> None:
    for _ in range(10):
        browser.post_form("/sign-in/link", email=sam.email)

    with db.acting("work"):
        assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 3


def test_one_source_asks_for_so_many_letters_and_no_more(browser: PageClient) -> None:
    form = token(browser, "/sign-in/link")
    codes = [
        browser.post("/sign-in/link", data={"email": f"p{number}@testham.example"} | form).status_code
        for number in range(32)
    ]

    assert codes == [200] * 30 + [429] * 2


def test_forms_of_letters_need_their_token_and_our_own_page(app: Flask, reader: Person) -> None:
    browser: PageClient = app.test_client()  # type: ignore[assignment]
    browser.get(open_path(reader))

    assert browser.post("/open").status_code == 400
    evil = {"Origin": "https://evil.example"}
    assert browser.post("/open", data=token(browser, "/open"), headers=evil).status_code in (400, 403)
    assert seen(browser)["proof"] == "nothing"


def test_ten_thousand_invitations_have_ten_thousand_secrets() -> None:
    assert len({invitations._secret(uuid4()) for _ in range(10_000)}) == 10_000
