"""Forms keep what was typed, say what is wrong where it is wrong, and come only from our own pages."""

import re

import pytest
from bs4 import Tag
from flask import request

from tests.page_client import PageClient, parse
from tests.pages.conftest import client_of
from tests.pages.sample import BLANK, sample_app
from warp_hub.pages.forms import answers_to_repeat

OURS = {"Origin": "http://localhost"}


def test_each_kind_of_field_is_drawn_with_its_label(stranger: PageClient) -> None:
    page = stranger.get_page("/form")

    assert [label.get_text(strip=True) for label in page.select("main label")] == [
        "E-mail address",
        "Password",
        "Note for members",
        "Yes",
        "No",
        "Checking",
        "Midshire",
        "Westmarch",
        "Language",
        "My coordinator may know it is me",
    ]
    assert [legend.get_text(strip=True) for legend in page.select("legend")] == ["Does this affect you?", "Send to"]
    assert _field(page, "email")["type"] == "email"
    assert _field(page, "email")["autocomplete"] == "email"
    assert _field(page, "password")["type"] == "password"


def test_a_hint_belongs_to_its_field(stranger: PageClient) -> None:
    page = stranger.get_page("/form")

    assert page.find(id=_field(page, "email")["aria-describedby"]).text.strip().startswith("We write to this address")
    checking = page.select_one('input[value="checking"]')
    assert page.find(id=checking["aria-describedby"]).text.strip() == "You can change your answer later"


def test_what_is_wrong_is_said_above_and_beside_with_a_way_there(stranger: PageClient) -> None:
    page = stranger.post_form("/form", "Save", status=422, note="x" * 50)

    summary = [(link["href"], link.text) for link in page.select(".govuk-error-summary a")]
    assert summary == [
        ("#email", "Enter your e-mail address"),
        ("#note", "Keep it short"),
        ("#marking", "Choose one answer"),
    ]
    for address, text in summary:
        field = page.select_one(f"{address}")
        assert field.name in ("input", "textarea")
        assert text in page.find(id=f"{address[1:]}-error").text
    assert page.title.text.startswith("Error: Every field")


def test_what_was_typed_is_still_there_when_something_is_wrong(stranger: PageClient) -> None:
    typed = 'Two "quotes" & <b>\nsecond line that is too long to fit'

    page = stranger.post_form(
        "/form", "Save", status=422, email="sam@x", note=typed, warps=["westmarch"], language="cy", agree="y"
    )

    assert _field(page, "email")["value"] == "sam@x"
    assert page.select_one("#note").text.removeprefix("\n").replace("\r\n", "\n") == typed
    assert [box["value"] for box in page.select('input[name="warps"][checked]')] == ["westmarch"]
    assert page.select_one("option[selected]")["value"] == "cy"
    assert page.select_one("#agree").has_attr("checked")


def test_a_password_is_never_written_back(stranger: PageClient) -> None:
    page = stranger.post_form("/form", "Save", status=422, password="correct horse battery")

    assert "correct horse battery" not in str(page)


def test_a_good_form_is_taken(stranger: PageClient) -> None:
    page = stranger.post_form("/form", "Save", email="sam@example.org", marking="no")

    assert not page.select(".govuk-error-summary")


@pytest.mark.parametrize("answer", ["perhaps", "", "yes\x00"])
def test_a_choice_that_was_not_offered_is_refused(stranger: PageClient, answer: str) -> None:
    page = stranger.post_form("/form", "Save", status=422, email="sam@example.org", marking=answer)

    assert page.select_one(".govuk-error-summary a")["href"] == "#marking"


def test_one_button_does_one_thing_and_says_which_to_a_screen_reader(member: PageClient) -> None:
    page = member.get_page("/advisories")
    names = [button.get_text() for button in page.select("main button")]

    assert names[0] == "Pass on warning 1"
    assert len(set(names)) == len(names)


def test_pressing_one_button_posts_its_unseen_fields_and_says_that_it_was_done(member: PageClient) -> None:
    page = member.post_form("/advisories", "Not for us")

    assert page.select_one(".govuk-notification-banner").get_text(" ", strip=True) == "Done Done it."


def test_many_forms_on_one_page_share_no_id(member: PageClient) -> None:
    page = member.get_page("/advisories")

    assert len(page.select("form")) > 4
    assert not page.select("form input[id]")


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        (None, {}),
        (None, OURS),
        ("forged", OURS),
        ("good", {"Origin": "https://evil.example"}),
        ("good", {"Origin": "null"}),
        ("good", {"Origin": "http://localhost.evil.example"}),
        ("good", {"Origin": "http://localhost:8001"}),
        ("good", {"Origin": "not an origin ["}),
    ],
)
def test_a_post_is_refused_without_its_token_or_from_elsewhere(
    stranger: PageClient, token: str | None, headers: dict[str, str]
) -> None:
    good = str(stranger.get_page("/form").select_one('input[name="csrf_token"]')["value"])
    sent = {"csrf_token": good if token == "good" else token} if token else {}

    assert stranger.post("/done", data=sent, headers=headers).status_code == 400
    assert stranger.post("/done", data={"csrf_token": good}, headers=OURS).status_code == 303


def test_the_token_of_another_reader_is_refused() -> None:
    app = sample_app()
    mine, theirs = client_of(app), client_of(app)
    token = str(theirs.get_page("/form").select_one('input[name="csrf_token"]')["value"])
    mine.get_page("/form")

    assert mine.post("/done", data={"csrf_token": token}, headers=OURS).status_code == 400
    assert theirs.post("/done", data={"csrf_token": token}, headers=OURS).status_code == 303


def test_behind_a_proxy_the_address_people_use_is_our_own() -> None:
    app = sample_app()
    app.config["BASE_URL"] = "https://hub.example"
    client = client_of(app)
    token = str(client.get_page("/form").select_one('input[name="csrf_token"]')["value"])

    for origin, status in (("https://hub.example", 303), ("https://hub.example.evil", 400)):
        assert client.post("/done", data={"csrf_token": token}, headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("origin", [None, "https://mail.example"])
def test_a_post_declared_without_token_needs_none(stranger: PageClient, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}

    assert stranger.post("/unsubscribe", headers=headers).status_code == 200


def test_a_form_left_open_over_lunch_can_still_be_sent() -> None:
    assert sample_app().config["WTF_CSRF_TIME_LIMIT"] is None


def test_an_error_without_a_field_is_summed_up_too() -> None:
    app = sample_app()

    @app.route("/whole", methods=["GET"])
    def whole() -> str:
        from flask import render_template_string

        from tests.pages.sample import EveryField

        form = EveryField()
        form.form_errors.append("The dates are the wrong way round")
        return render_template_string(BLANK, form=form)

    assert client_of(app).get_page("/whole").select_one(".govuk-error-summary li").text.strip() == (
        "The dates are the wrong way round"
    )


@pytest.mark.parametrize("name", ["password", "new_password", "csrf_token", "totp_code", "secret", "api-Token"])
def test_secrets_are_never_repeated(name: str) -> None:
    with sample_app().test_request_context(method="POST", data={name: "x", "note": "kept"}, headers=OURS):
        assert answers_to_repeat() == [("note", "kept")]


def test_too_much_is_not_repeated() -> None:
    with sample_app().test_request_context(method="POST", data={"note": "x" * 300_000}, headers=OURS):
        assert request.content_length
        assert answers_to_repeat() == []


def test_hostile_text_stays_text_in_every_kind_of_field(stranger: PageClient) -> None:
    hostile = '"><script>alert(1)</script>'

    answer = stranger.post(
        "/form",
        data={"email": hostile, "note": hostile, "csrf_token": _token(stranger)},
        headers=OURS,
    )

    page = parse(answer.get_data(as_text=True))
    assert not [script for script in page.select("script") if "alert" in (script.string or "")]
    assert _field(page, "email")["value"] == hostile
    assert re.search(r"&lt;script&gt;", answer.get_data(as_text=True))


def _field(page: Tag, name: str) -> Tag:
    found = page.select_one(f'[name="{name}"]')
    assert found is not None
    return found


def _token(client: PageClient) -> str:
    return str(_field(client.get_page("/form"), "csrf_token")["value"])
