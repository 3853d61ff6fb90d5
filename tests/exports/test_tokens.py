"""My account → Connect a tool: a token is made by someone who has just proved who they are, and seen once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from tests.exports.conftest import LIST, header, minted
from warp_hub import clock, db
from warp_hub.exports import letters
from warp_hub.mail.models import Letter
from warp_hub.memberships import tokens
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.tlp import NOBODY, Marking

pytestmark = pytest.mark.usefixtures("database")
NEW = "/account/tokens/new"


def _made(browser: Any, **answers: str) -> Any:
    return browser.post_form(NEW, **{"name": "Town hall firewall", **answers})


def test_a_token_is_shown_once_and_works(signed_in: Any, browser: Any, sam: Person) -> None:
    member = signed_in(sam)
    page = _made(member, label="TLP:GREEN", days="30")
    secret = page.select_one("#token").get_text(strip=True)
    assert secret.startswith("warp_")
    assert page.select_one("#user").get_text(strip=True) == sam.email
    assert browser.get(LIST, headers=header(sam.email, secret)).status_code == 200
    listed = member.get_page("/account/tokens").get_text(" ", strip=True)
    assert "Town hall firewall" in listed
    assert secret not in listed
    (token,) = tokens.tokens_of(sam.id)
    assert token.ceiling is Marking.GREEN
    assert timedelta(days=29) < token.expires_at - clock.now() < timedelta(days=31)


def test_its_owner_is_told_by_a_letter_that_gives_nothing_away(portal: Any, signed_in: Any, sam: Person) -> None:
    secret = _made(signed_in(sam)).select_one("#token").get_text(strip=True)
    letter = db.session.scalars(select(Letter)).one()
    with portal.test_request_context():
        written = letters.LETTERS[letter.kind](letter, NOBODY)
    assert letter.person_id == sam.id
    for part in (written.text, written.html):
        assert "http://localhost:8000/account/tokens" in part
        assert secret not in part
        assert "Town hall" not in part


def test_the_page_with_the_token_is_kept_nowhere(signed_in: Any, sam: Person) -> None:
    member = signed_in(sam)
    form = member.get_page(NEW)
    answers = {"name": "x", "label": "TLP:AMBER", "days": "90"}
    answers["csrf_token"] = str(form.select_one('input[name="csrf_token"]')["value"])
    answer = member.post(NEW, data=answers, headers={"Origin": "http://localhost"})
    assert answer.headers["Cache-Control"] == "no-store"
    again = member.post(NEW, data=answers, headers={"Origin": "http://localhost"})
    assert again.status_code == 422
    assert b"You have a token of this name" in again.data
    assert b"warp_" not in again.data.replace(b"warp_hub", b"")


def test_it_is_offered_from_my_account(signed_in: Any, sam: Person) -> None:
    assert signed_in(sam).get_page("/account").find("a", string="Connect a tool")


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"name": ""}, "Enter what the token is for"),
        ({"name": "=1+1"}, "Use letters and numbers"),
        ({"name": "x" * 61}, "Use 60 characters or fewer"),
        ({"label": "TLP:RED"}, "Not a valid choice"),
        ({"days": "4000"}, "Not a valid choice"),
    ],
)
def test_a_fault_in_the_form_is_said_beside_it(
    signed_in: Any, sam: Person, answers: dict[str, str], fault: str
) -> None:
    page = signed_in(sam).post_form(NEW, status=422, **answers)
    assert fault in page.get_text(" ", strip=True)
    assert page.title.get_text().startswith("Error:")
    assert not tokens.tokens_of(sam.id)


def test_whoever_proved_it_a_while_ago_proves_it_again(signed_in: Any, sam: Person) -> None:
    member = signed_in(sam)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert member.get("/account/tokens").status_code == 200
        answer = member.get(NEW)
        assert (answer.status_code, answer.location) == (303, f"/sign-in/again?next={NEW}")
        assert member.post(NEW, headers={"Origin": "http://localhost"}).status_code in (303, 400)
    assert not tokens.tokens_of(sam.id)


@pytest.mark.parametrize("proof", [Proof.MAILBOX, Proof.PASSWORD])
def test_without_a_second_step_there_are_no_tokens(signed_in: Any, sam: Person, proof: Proof) -> None:
    for path in ("/account/tokens", NEW):
        assert signed_in(sam, proof).get(path).location.startswith("/sign-in/code")


def test_a_token_that_is_stopped_opens_nothing(signed_in: Any, browser: Any, sam: Person) -> None:
    secret, member = minted(sam), signed_in(sam)
    page = member.post_form("/account/tokens", button="Stop firewall")
    assert "The token is stopped" in page.get_text(" ", strip=True)
    assert "You have no token." in page.get_text(" ", strip=True)
    assert browser.get(LIST, headers=header(sam.email, secret)).status_code == 401


def test_nobody_stops_or_sees_anothers_token(signed_in: Any, sam: Person) -> None:
    minted(sam)
    (token,) = tokens.tokens_of(sam.id)
    robin = signed_in(factories.member(factories.warp()))
    assert "firewall" not in robin.get_page("/account/tokens").select_one("ul.warp-items, .warp-empty").get_text()
    form = robin.get_page("/account/tokens/new").select_one('input[name="csrf_token"]')
    given = {"csrf_token": str(form["value"])}
    answer = robin.post(f"/account/tokens/{token.id}/stop", data=given, headers={"Origin": "http://localhost"})
    assert answer.status_code == 404
    assert len(tokens.tokens_of(sam.id)) == 1


def test_one_that_ended_says_so(signed_in: Any, sam: Person) -> None:
    minted(sam, lives=timedelta(minutes=1))
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert "Ended" in signed_in(sam).get_page("/account/tokens").get_text()
