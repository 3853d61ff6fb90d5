"""The door for tools: a token in the header opens lists and nothing else, and no session opens a list."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.exports.conftest import LIST, header, minted
from warp_hub import clock, db
from warp_hub.memberships import organisations
from warp_hub.memberships.models import Organisation, Person, Token, Warp
from warp_hub.signin.models import Attempt
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")


def _seen(answer: Any) -> tuple[int, bytes, str | None]:
    return answer.status_code, answer.data, answer.headers.get("WWW-Authenticate")


def test_whoever_has_no_good_token_is_told_the_same(browser: Any, sam: Person) -> None:
    good, over = minted(sam), minted(sam, name="old", lives=timedelta(minutes=1))
    nothing = _seen(browser.get(LIST))
    assert nothing[0] == 401
    assert nothing[2] == 'Basic realm="WARP Hub", charset="UTF-8"'
    with clock.at(clock.now() + timedelta(minutes=2)):
        for email, secret in [("nobody@x.example", good), (sam.email, good + "x"), (sam.email, over), (sam.email, "")]:
            assert _seen(browser.get(LIST, headers=header(email, secret))) == nothing
    for odd in ("Basic", "Basic !!!", "Bearer " + good, "Basic " + "A" * 5000, "Digest username=x"):
        assert _seen(browser.get(LIST, headers={"Authorization": odd})) == nothing


def test_whoever_lapses_is_refused_at_the_next_request(browser: Any, midshire: Warp) -> None:
    council: Organisation = factories.organisation(midshire)
    sam = factories.person(council)
    given = header(sam.email, minted(sam))
    assert browser.get(LIST, headers=given).status_code == 200
    organisations.lapse(council, midshire)
    db.session.commit()
    assert browser.get(LIST, headers=given).status_code == 401


def test_a_session_opens_no_list(signed_in: Any, sam: Person) -> None:
    assert signed_in(sam).get(LIST).status_code == 401


@pytest.mark.parametrize("path", ["/account", "/advisories", "/exports/warnings.csv", "/exports/defender.csv"])
def test_a_token_opens_no_page(browser: Any, sam: Person, path: str) -> None:
    answer = browser.get(path, headers=header(sam.email, minted(sam)))
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_token_shows_nothing_on_a_page_for_anyone(browser: Any, sam: Person) -> None:
    item = factories.item(Marking.GREEN, title="For members")
    given = header(sam.email, minted(sam))
    assert b"For members" not in browser.get("/", headers=given).data
    assert browser.get(f"/advisories/{item.id}", headers=given).status_code == 404


@pytest.mark.parametrize("place", ["?token={}", "?kind=domain&key=1&x={}", "?{}", "?kind={}", "?password=secret"])
def test_a_token_in_an_address_is_refused_good_or_not(browser: Any, sam: Person, place: str) -> None:
    secret = minted(sam)
    answer = browser.get(LIST + place.format(secret), headers=header(sam.email, secret))
    assert answer.status_code == 400
    assert b"never into the address" in answer.data


def test_the_day_of_use_is_noted(browser: Any, sam: Person) -> None:
    browser.get(LIST, headers=header(sam.email, minted(sam)))
    db.session.rollback()
    assert db.session.scalar(select(Token.last_used_on)) == clock.now().date()


def test_a_tool_with_a_stale_token_is_slowed_down_and_the_good_one_is_not(browser: Any, sam: Person) -> None:
    statuses = [browser.get(LIST, headers=header(sam.email, f"warp_stale-{n}")).status_code for n in range(13)]
    assert statuses == [401] * 10 + [429] * 3
    waiting = browser.get(LIST, headers=header(sam.email, "warp_stale"))
    assert int(waiting.headers["Retry-After"]) <= 31
    assert browser.get(LIST, headers=header(sam.email, minted(sam))).status_code == 200


def test_many_wrong_tokens_leave_one_row_for_their_owner_and_one_for_their_source(browser: Any, sam: Person) -> None:
    for number in range(5):
        browser.get(LIST, headers=header(sam.email, f"warp_wrong-{number}"))
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 2


def test_a_token_stands_in_no_log_line(browser: Any, sam: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    secret = minted(sam)
    for email, given in [(sam.email, secret), ("other@x.example", secret)]:
        browser.get(LIST, headers=header(email, given))
    assert secret not in caplog.text
