"""See what members will see: each word that could tell who wrote is shown, explained, and changed only when asked."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string, request
from hypothesis import given
from hypothesis import strategies as st

from tests.page_client import PageClient, parse
from tests.pages.conftest import client_of
from tests.pages.sample import EveryField, public, sample_app
from warp_hub.pages.checking import ALL, BECAUSE, CHOOSE, KEEP, LOOKED, USE, Check, check, together
from warp_hub.text.identifying import Kind, Known, find_identifiers

KNOWN = Known(("Midshire County Council",), ("midshire.gov.uk",), ("Sam Archer",))
WHAT = "Midshire lost a server.\nMidshire’s mail to evil@bad.example <b>bounced</b>."
HOW = "Sam Archer rang 0113 496 0000."
OURS = {"Origin": "http://localhost"}
PAGE = """{% extends "base.html" %}{% block title %}See what members will see{% endblock %}
{% block content %}<h1 class="govuk-heading-l">Check what you wrote</h1>
{% if form.is_settled %}<p class="done">All is settled</p>{% endif %}
{% call post_form() %}{{ checked_text(form, {"what": "What happened", "how": "How you noticed"}) }}
{{ button("Continue") }}{% endcall %}{% endblock %}"""


def checked(posted: dict[str, str]) -> Check:
    texts = {name: posted.get(name, "") for name in ("what", "how")}
    return check(texts, KNOWN, posted)


@pytest.fixture(scope="module")
def app() -> Flask:
    app = sample_app()

    def look() -> str:
        return render_template_string(PAGE, form=checked(request.form.to_dict()))

    app.add_url_rule("/look", "look", public(look), methods=["GET", "POST"])
    return app


@pytest.fixture
def author(app: Flask) -> PageClient:
    client = client_of(app)
    client.get_page("/look")
    return client


def send(author: PageClient, page: BeautifulSoup | None = None, **answers: str) -> BeautifulSoup:
    """Send the form of a page as it stands, with these answers."""
    page = page or author.get_page("/look")
    form = page.select_one('form[method="post"]')
    fields = {
        field["name"]: field.get("value", "")
        for field in form.select("input[name]")
        if field.get("type") not in ("radio", "checkbox") or field.has_attr("checked")
    }
    answer = author.post("/look", data={**fields, **answers}, headers=OURS)
    assert answer.status_code == 200
    return parse(answer.get_data(as_text=True))


def key_of(page: BeautifulSoup, word: str) -> str:
    group = next(group for group in page.select(".warp-choice") if word == group.select_one("bdi").text)
    return group.select_one("input[type=radio]")["name"].removeprefix(CHOOSE)


def shown(page: BeautifulSoup) -> list[str]:
    """Return the texts as the page shows them, without the numbers beside what was found."""
    for link in page.select(".warp-found__number"):
        link.decompose()
    return [paragraph.text for paragraph in page.select(".warp-checked__text")]


def test_every_word_found_is_marked_once_explained_and_asked_about(author: PageClient) -> None:
    page = send(author, what=WHAT, how=HOW)

    assert [group.select_one("bdi").text for group in page.select(".warp-choice")] == [
        "Midshire",
        "evil@bad.example",
        "Sam Archer",
        "0113 496 0000",
    ]
    assert len(page.select("mark")) == 5
    first = page.select_one(".warp-choice")
    assert first.select_one(".govuk-hint").text == "This names your organisation. It stands here 2 times."
    assert [label.get_text(strip=True) for label in first.select("label")] == [
        "Use suggestion: [council name]",
        "Keep, because…",
        "Why “Midshire” can stay",
    ]
    assert not page.select("input:checked, .govuk-error-summary, .done")
    assert shown(page) == [WHAT, HOW]


def test_nothing_changes_until_it_is_chosen_and_then_only_that(author: PageClient) -> None:
    page = send(author, what=WHAT, how=HOW)

    page = send(author, page, **{CHOOSE + key_of(page, "Midshire"): USE})

    assert shown(page)[0].startswith("[council name] lost a server.\n[council name]’s mail to evil@bad.example")
    assert shown(page)[1] == HOW
    assert page.title.text.startswith("Error: ")
    assert [link.text for link in page.select(".govuk-error-summary a")] == [
        f"Use the suggestion, or keep “{word}” and say why"
        for word in ("evil@bad.example", "Sam Archer", "0113 496 0000")
    ]
    for link in page.select(".govuk-error-summary a, .warp-found__number"):
        assert page.select_one(link["href"]).name == "input"


def test_to_keep_a_word_needs_a_reason_which_is_remembered(author: PageClient) -> None:
    page = send(author, what="Mail from evil@bad.example")
    key = key_of(page, "evil@bad.example")

    page = send(author, page, **{CHOOSE + key: KEEP})
    assert [link["href"] for link in page.select(".govuk-error-summary a")] == [f"#{BECAUSE}{key}"]
    assert "Say why “evil@bad.example” can stay" in page.text

    page = send(author, page, **{BECAUSE + key: "It is the attacker's"})
    assert page.select_one(".done")
    assert page.select_one("mark.warp-found--kept")

    page = send(author, page)
    assert page.select_one(".done")
    assert page.find(id=BECAUSE + key)["value"] == "It is the attacker's"


def test_every_suggestion_at_once_leaves_out_what_was_chosen(author: PageClient) -> None:
    page = send(author, what=WHAT, how=HOW)
    key = key_of(page, "evil@bad.example")

    page = send(author, page, **{ALL: USE, CHOOSE + key: KEEP, BECAUSE + key: "The attacker's"})

    assert page.select_one(".done")
    assert shown(page) == [
        "[council name] lost a server.\n[council name]’s mail to evil@bad.example <b>bounced</b>.",
        "[person's name] rang [phone number].",
    ]


def test_a_word_to_be_kept_without_a_reason_is_not_taken_away_with_the_others() -> None:
    found = checked({"what": "Midshire and evil@bad.example"})
    key = next(choice.key for choice in found.choices if choice.finding.kind is Kind.EMAIL)

    found = checked({"what": "Midshire and evil@bad.example", ALL: USE, CHOOSE + key: KEEP, LOOKED: "y"})

    assert found.texts["what"] == "[council name] and evil@bad.example"
    assert not found.is_settled


def test_a_reason_that_names_somebody_is_refused() -> None:
    posted = {"what": "Mail from evil@bad.example", LOOKED: "y"}
    key = checked(posted).choices[0].key

    found = checked({**posted, CHOOSE + key: KEEP, BECAUSE + key: "Midshire got it"})

    assert not found.is_settled
    assert found.errors == {BECAUSE + key: ["Do not name anybody in the reason"]}


def test_what_is_kept_tells_others_nothing_of_who_wrote() -> None:
    posted = {"what": "Midshire and evil@bad.example"}
    for choice in checked(posted).choices:
        posted |= {CHOOSE + choice.key: KEEP, BECAUSE + choice.key: "It is needed"}

    found = checked(posted)

    assert [(kept.found, kept.because) for kept in found.kept] == [
        ("Midshire", "It is needed"),
        ("evil@bad.example", "It is needed"),
    ]
    assert [kept.found for kept in found.kept_for_others] == ["evil@bad.example"]


def test_a_choice_that_does_not_exist_changes_nothing() -> None:
    found = checked({"what": "Midshire", CHOOSE + "0" * 12: USE, CHOOSE: USE, BECAUSE: "x"})

    assert found.texts["what"] == "Midshire"


def test_a_page_carries_texts_and_choices_unseen(app: Flask) -> None:
    posted = {"what": 'Mail "from"\nevil@bad.example', "how": ""}
    key = checked(posted).choices[0].key
    posted |= {CHOOSE + key: KEEP, BECAUSE + key: "Theirs"}

    with app.test_request_context("/look"):
        page = parse(render_template_string("{{ checked_hidden(found) }}", found=checked(posted)))

    assert {field["name"]: field["value"] for field in page.select("input[type=hidden]")} == posted


def test_errors_of_a_form_and_of_the_choices_are_summed_up_together(app: Flask) -> None:
    with app.test_request_context("/look", method="POST", data={"email": ""}):
        form = EveryField(meta={"csrf": False})
        form.validate()
        found = checked({"what": "Midshire", LOOKED: "y"})
        joined = together(form, found)

        page = parse(render_template_string("{{ error_summary(form) }}", form=joined))

    assert page.select("a")[0]["href"] == "#email"
    assert page.select("a")[-1]["href"] == f"#{found.choices[0].id}"
    assert joined.errors.keys() == {*form.errors, found.choices[0].id}


@given(st.lists(st.sampled_from(["Midshire ", "Sam Archer", " 0113 496 0000", "x", "\n", ",", "evil@bad.example "])))
def test_with_every_suggestion_nothing_is_left_to_choose(words: list[str]) -> None:
    found = checked({"what": "".join(words), ALL: USE, LOOKED: "y"})

    assert found.is_settled
    assert found.kept == ()
    assert find_identifiers(found.texts["what"], KNOWN) == []
    assert "".join(piece.text for piece in found.pieces["what"]) == found.texts["what"]
