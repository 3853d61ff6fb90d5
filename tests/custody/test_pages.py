"""The pages of key holders, as they meet them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.custody.conftest import PASSPHRASE, REASON, Community, move, web
from tests.page_client import check_letter
from tests.portal import PortalClient
from warp_hub import clock, db, mail
from warp_hub.custody import holders
from warp_hub.custody.promises import CHOICES, TEXTS, Promise
from warp_hub.jobs import LETTERS
from warp_hub.mail import Letter, Rendered
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import passwords
from warp_hub.signin.models import Credential
from warp_hub.tlp import NOBODY

SignedIn = Callable[..., PortalClient]
NEW = "nine kettles sing at midnight"
PROMISED = {
    Promise.NAMED: "Members will see your organisation's name.",
    Promise.ANONYMISED: "Other members will not be told who you are. Your WARP coordinators can open the record of who "
    "sent this, must give a reason, and you will be told if they do. People who know your organisation well may still "
    "guess.",
    Promise.SEALED: "Two named key holders must act together to open the record. Coordinators cannot.",
    Promise.NO_RECORD: "We keep no record of who sent this. Only the reply code reconnects you. If you lose it we "
    "cannot help. The computer running this service handles your request while you send it.",
}


def open_page(record: UUID) -> str:
    return f"/desk/records/{record}/open"


def test_the_promises_are_worded_as_the_design_words_them() -> None:
    assert {promise: str(text) for promise, text in TEXTS.items()} == PROMISED
    assert set(CHOICES) == set(Promise)


def test_a_coordinator_makes_a_key_changes_its_passphrase_and_destroys_it(
    community: Community, signed_in: SignedIn
) -> None:
    person = factories.coordinator(community.warp, name="Kim Keeper")
    client = signed_in(person)
    assert "You hold no key" in client.get_page("/account/key").text

    page = client.post_form("/account/key/make", new_passphrase=PASSPHRASE, passphrase_again=PASSPHRASE)
    assert "Your key is made" in page.text
    assert "Kim Keeper" in page.text
    client.post_form("/account/key/passphrase", passphrase=PASSPHRASE, new_passphrase=NEW, passphrase_again=NEW)
    with web():
        assert holders.unlock(person.id, NEW)
    assert "Your key is destroyed" in client.post_form("/account/key/retire").text
    assert "You hold no key" in client.get_page("/account/key").text


@pytest.mark.parametrize(
    ("first", "again", "said"),
    [
        ("", "", "Enter a new passphrase"),
        ("nineteen characters", "nineteen characters", "Use 20 or more"),
        ("x" * 1001, "x" * 1001, "no more than 1,000"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaa", "too easy to guess"),
        (PASSPHRASE, PASSPHRASE + "x", "are not the same"),
        ("coffee train fishbone ladder", "coffee train fishbone ladder", "the password you sign in with"),
    ],
)
def test_a_passphrase_that_will_not_do_is_refused_with_a_reason(
    community: Community, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, first: str, again: str, said: str
) -> None:
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    person = factories.coordinator(community.warp)
    with web():
        hashed = passwords.hash_of("coffee train fishbone ladder")
        db.session.add(Credential(person_id=person.id, password_hash=hashed, password_set_at=clock.now()))
        db.session.commit()

    page = signed_in(person).post_form("/account/key/make", status=422, new_passphrase=first, passphrase_again=again)

    assert said in page.select_one(".govuk-error-summary").text  # type: ignore[union-attr]
    assert holders.count_keys(community.warp.id) == 2


def test_the_page_says_what_opening_means_and_shows_the_name_once(
    community: Community, signed_in: SignedIn, put_away: Callable[[], UUID]
) -> None:
    record = put_away()
    client = signed_in(community.first)
    page = client.get_page(open_page(record))
    assert PROMISED[Promise.ANONYMISED] in page.text
    assert community.events() == []

    opened = client.post_form(open_page(record), reason=REASON, passphrase=PASSPHRASE)

    assert community.robin.name in opened.text
    assert community.council.name in opened.text
    for path in (open_page(record), "/account/key", "/account"):
        again = client.get(path)
        assert community.robin.name not in again.text
        assert again.headers["Cache-Control"] == "no-store"


def test_the_page_says_when_the_person_could_not_be_told(
    community: Community, signed_in: SignedIn, put_away: Callable[[], UUID]
) -> None:
    record = put_away()
    form = {"reason": REASON, "passphrase": PASSPHRASE}
    told = signed_in(community.first).post_form(open_page(record), **form)
    community.robin.mail_suspended = "bounced"
    db.session.commit()
    not_told = signed_in(community.first).post_form(open_page(record), **form)

    assert "The person is told" in told.text
    assert "could not be told" not in told.text
    assert "The person could not be told:" in not_told.text
    assert "The person is told" not in not_told.text


def test_refused_and_absent_look_the_same_and_what_was_typed_stays_but_the_passphrase(
    community: Community, signed_in: SignedIn, put_away: Callable[[], UUID]
) -> None:
    stranger = community.key_holder(warp=factories.warp("Westmarch"))
    pages = []
    for record in (put_away(), uuid4()):
        client = signed_in(stranger)
        page = client.post_form(open_page(record), status=422, reason=REASON, passphrase=PASSPHRASE)
        assert REASON in page.select_one("textarea").text  # type: ignore[union-attr]
        assert PASSPHRASE not in str(page)
        pages.append(_without_tokens(page).replace(str(record), ""))

    assert pages[0] == pages[1]
    assert "cannot be opened with your key, or is not there" in pages[0]


def _without_tokens(page: Any) -> str:
    for field in page.select("input[name=csrf_token]"):
        field.decompose()
    return str(page)


def test_too_many_guesses_are_answered_with_how_long_to_wait(community: Community, signed_in: SignedIn) -> None:
    client, form = signed_in(community.first), {"reason": REASON, "passphrase": "wrong"}
    for _ in range(5):
        client.post_form(open_page(uuid4()), status=422, **form)

    page = client.post_form(open_page(uuid4()), status=429, **form)
    assert "Too many tries. Wait 1 minute" in page.text


def test_a_colleague_sees_that_they_are_one_and_no_name(community: Community, signed_in: SignedIn) -> None:
    colleague = community.key_holder(at=community.council)
    record = community.file()
    move()

    page = signed_in(colleague).post_form(open_page(record), reason=REASON, passphrase=PASSPHRASE)

    assert "You belong to the same organisation." in page.text
    assert community.robin.name not in page.text
    assert community.council.name not in page.select_one("main").text  # type: ignore[union-attr]
    assert len(community.events()) == 1


@pytest.mark.parametrize("path", ["/account/key/make", "/account/key/passphrase", "/account/key/retire", "RECORD"])
def test_eleven_minutes_later_a_code_is_asked_for_again(community: Community, signed_in: SignedIn, path: str) -> None:
    path = open_page(uuid4()) if path == "RECORD" else path
    client = signed_in(community.first)
    assert client.get(path).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.get(path).location == f"/sign-in/again?next={path}"


@pytest.mark.parametrize("path", ["/account/key", "/account/key/make", "/account/key/retire", "RECORD"])
def test_who_runs_no_warp_finds_nothing_there(community: Community, signed_in: SignedIn, path: str) -> None:
    path = open_page(uuid4()) if path == "RECORD" else path

    assert signed_in(community.robin).get(path).status_code == 404
    assert signed_in(community.first, Proof.PASSWORD).get(path).location.startswith("/sign-in/code")


def test_who_holds_no_key_is_told_where_to_make_one(community: Community, signed_in: SignedIn) -> None:
    page = signed_in(factories.coordinator(community.warp)).get_page(open_page(uuid4()))

    assert "You hold no key" in page.text
    assert page.select_one("main form") is None


def test_the_letter_says_nothing_and_the_message_says_what_happened(
    community: Community, signed_in: SignedIn, put_away: Callable[[], UUID], portal: Any
) -> None:
    record = put_away()
    signed_in(community.first).post_form(open_page(record), reason=REASON, passphrase=PASSPHRASE)
    letter = db.session.query(Letter).one()
    with portal.test_request_context():
        rendered = LETTERS[letter.kind](letter, NOBODY)

    assert isinstance(rendered, Rendered)
    check_letter(rendered.html, "record_opened")
    for text in (rendered.subject, rendered.text, rendered.html):
        assert not {"record", "report", "coordinator", "incident", str(record)} & set(text.lower().split())
    page = signed_in(community.robin).get_page("/account/messages")
    assert "The record of who sent a report was opened" in page.text
    assert REASON not in page.text
    assert "There is no message to you" in signed_in(community.second).get_page("/account/messages").text


def test_no_error_page_repeats_a_passphrase(community: Community, signed_in: SignedIn) -> None:
    client = signed_in(community.first)
    client.get_page("/account/key/make")
    answer = client.post(
        "/account/key/make", data={"new_passphrase": NEW, "csrf_token": "old"}, headers={"Origin": "http://localhost"}
    )

    assert answer.status_code == 400
    assert NEW not in answer.text
    assert mail.health().waiting == 0
