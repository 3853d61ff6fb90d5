"""When something goes wrong the reader meets calm words, the right status and nothing of the inside."""

import logging

import pytest
from flask import render_template_string
from sqlalchemy.exc import DBAPIError

from tests.page_client import PageClient, parse
from tests.pages.conftest import client_of
from tests.pages.sample import BLANK, sample_app, sample_app_for, visitor
from warp_hub.pages import errors

OURS = {"Origin": "http://localhost"}


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_each_error_has_its_own_calm_page(stranger: PageClient, status: int) -> None:
    page = stranger.get_page(f"/fail/{status}", status)

    words = errors.WORDS[status]
    with sample_app().test_request_context():
        assert page.h1.text == str(words.title)
        assert str(words.advice) in page.main.text
    assert page.select_one('main a[href="/"]')


@pytest.mark.parametrize("status", [418, 451, 502])
def test_an_error_we_have_no_words_for_still_has_a_page(stranger: PageClient, status: int) -> None:
    assert stranger.get_page(f"/fail/{status}", status).h1.text


def test_what_is_absent_and_what_is_refused_are_the_same_bytes(member: PageClient) -> None:
    answers = [
        member.get(path).data
        for path in (
            "/advisories/00000000-0000-0000-0000-000000000001",
            "/advisories/00000000-0000-0000-0000-000000000002",
            "/advisories/not-an-id",
            "/nothing/at/all",
            "/nothing?with=arguments",
            "/fail/404",
        )
    ]

    assert len(set(answers)) == 1


def test_a_missing_page_neither_repeats_the_address_nor_reads_out_a_waiting_message(stranger: PageClient) -> None:
    with stranger.session_transaction() as session:
        session["_flashes"] = [("success", "Saved earlier")]

    response = stranger.get("/private-name-of-a-page")

    assert b"private-name" not in response.data
    assert b"Saved earlier" not in response.data
    assert "Saved earlier" in stranger.get_page("/").main.text


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/bad-statement", 500), ("/database-away", 503)])
def test_a_fault_shows_nothing_of_the_inside(stranger: PageClient, path: str, status: int) -> None:
    text = stranger.get(path).get_data(as_text=True)

    assert stranger.get(path).status_code == status
    for inside in ("secret", "SELECT", "Traceback", "sqlalchemy", "RuntimeError"):
        assert inside not in text


def test_when_the_records_are_away_the_log_does_not_hold_the_statement(
    stranger: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        stranger.get("/database-away")

    assert "cannot be reached" in caplog.text
    assert "SELECT" not in caplog.text


def test_when_the_records_are_away_the_reader_is_told_when_to_come_back(stranger: PageClient) -> None:
    response = stranger.get("/database-away")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert stranger.get("/fail/503").headers["Retry-After"] == "30"


def test_what_was_typed_can_be_sent_again_when_the_records_were_away(stranger: PageClient) -> None:
    token = _token(stranger)
    typed = {"note": 'Two lines\n"quoted" <b>', "csrf_token": token, "password": "hunter2", "answer": "yes"}

    page = parse(stranger.post("/database-away", data=typed, headers=OURS).get_data(as_text=True))

    kept = {field["name"]: field["value"] for field in page.select("main form input") if field["name"] != "csrf_token"}
    assert kept == {"note": 'Two lines\n"quoted" <b>', "answer": "yes"}
    assert page.select_one("main form button").text == "Send it again"
    assert "hunter2" not in str(page)


def test_nothing_is_repeated_to_a_form_of_another_site(stranger: PageClient) -> None:
    response = stranger.post("/form", data={"note": "x" * 50}, headers={"Origin": "https://evil.example"})

    assert response.status_code == 400
    assert b"xxxxx" not in response.data


def test_a_form_without_its_token_changes_nothing_and_gives_the_text_back(stranger: PageClient) -> None:
    answer = stranger.post("/done", data={"note": "A long text that took me an hour"}, headers=OURS)
    page = parse(answer.get_data(as_text=True))

    assert answer.status_code == 400
    assert page.select_one("textarea").text.strip() == "A long text that took me an hour"
    assert not page.select("main form")


def test_a_signed_out_form_gives_the_text_back(stranger: PageClient) -> None:
    typed = {"note": "A long text that took me an hour", "csrf_token": _token(stranger)}

    page = parse(stranger.post("/fail/401", data=typed, headers=OURS).get_data(as_text=True))

    assert page.h1.text == "Sign in to do this"
    assert page.select_one("textarea").text.strip() == "A long text that took me an hour"


def test_a_lost_connection_is_a_pause_but_a_bad_statement_is_our_fault() -> None:
    app = sample_app()
    lost = DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    app.add_url_rule("/lost", "lost", lambda: _raise(lost))

    assert client_of(app).get("/lost").status_code == 503
    assert client_of(app).get("/bad-statement").status_code == 500


def test_any_fault_can_be_named_a_pause() -> None:
    class SourceAsleep(Exception):
        """Raised by a room that knows it will be back."""

    app = sample_app()
    errors.unavailable_when(app, SourceAsleep)
    app.add_url_rule("/asleep", "asleep", lambda: _raise(SourceAsleep()))

    assert client_of(app).get("/asleep").status_code == 503


@pytest.mark.parametrize(("path", "status"), [("/missing", 404), ("/broken", 500), ("/database-away", 503)])
def test_when_even_the_template_fails_a_plain_page_says_the_same(path: str, status: int) -> None:
    app = sample_app()
    app.jinja_env.globals["other_language"] = lambda: _raise(OSError("disk"))

    response = app.test_client().get(path)

    assert response.status_code == status
    with app.test_request_context():
        assert f"<h1>{errors.WORDS[status].title}</h1>" in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/broken", "/database-away"])
def test_the_page_of_a_fault_asks_for_nobodys_name(path: str) -> None:
    class Unreachable:
        language = "en"

        def __getattr__(self, name: str) -> object:
            raise OSError(f"the database would be needed for {name}")

    app = sample_app_for(Unreachable())

    page = parse(app.test_client().get(path).get_data(as_text=True))

    assert page.select_one("link[rel=stylesheet]")
    assert not page.select("nav a[href='/advisories']")


def test_a_view_that_forgets_a_name_fails_instead_of_showing_a_gap() -> None:
    app = sample_app()
    app.add_url_rule(
        "/gap", "gap", lambda: render_template_string(BLANK + "{% block beside %}{{ nobody }}{% endblock %}")
    )

    assert client_of(app).get("/gap").status_code == 500


def test_an_error_page_speaks_the_readers_language() -> None:
    client = client_of(sample_app_for(visitor(language="cy")))

    page = client.get_page("/missing", 404)

    assert page.html["lang"] == "cy"
    assert page.h1.text == "Heb ddod o hyd i’r dudalen"


def test_an_error_page_marks_no_place_in_the_menu(member: PageClient) -> None:
    page = parse(member.get("/advisories/00000000-0000-0000-0000-000000000001").get_data(as_text=True))

    assert page.select("nav a[href='/advisories']")
    assert not page.select("[aria-current]")


def _token(client: PageClient) -> str:
    return str(client.get_page("/form").select_one('input[name="csrf_token"]')["value"])


def _raise(error: Exception) -> None:
    raise error
