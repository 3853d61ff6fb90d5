"""The pages that explain the hub are true, and speak plainly."""

import re

import pytest

from tests.page_client import PageClient
from tests.pages.sample import STATIC_PAGES
from warp_hub.pages import accessibility

# WORDS.md: what never reaches a screen.
NEVER = re.compile(
    r"\b(outlets?|recipients?|originator|triage|intake|quarantine|provenance|tombstone|embargo|suppressed|relay|custodian"
    r"|attribution|re-share|recertification|SPOC|ceiling|watermark|defang|KEV|canary|PAP|STIX|TAXII)\b"
)
# Not built: nothing may sound as if it were.
LATER = ("report an incident", "reply code", "key holders", "anonym", "training session", "ask other members")


@pytest.mark.parametrize("name", STATIC_PAGES)
def test_the_page_opens_for_anyone_without_a_cookie(stranger: PageClient, name: str) -> None:
    response = stranger.get(f"/{name}")

    assert response.status_code == 200
    assert [cookie for cookie in response.headers.getlist("Set-Cookie") if "csrf" in cookie] == []


@pytest.mark.parametrize("name", STATIC_PAGES)
def test_the_page_uses_the_readers_words(stranger: PageClient, name: str) -> None:
    text = stranger.get_page(f"/{name}").main.get_text(" ")

    assert NEVER.findall(text) == []


@pytest.mark.parametrize("name", STATIC_PAGES)
def test_the_page_promises_nothing_that_is_not_built(stranger: PageClient, name: str) -> None:
    text = stranger.get_page(f"/{name}").main.get_text(" ").lower()

    assert [promise for promise in LATER if promise in text] == []


@pytest.mark.parametrize("name", STATIC_PAGES)
def test_sentences_are_short(stranger: PageClient, name: str) -> None:
    paragraphs = stranger.get_page(f"/{name}").main.select("p, li, dd:not(:has(ul))")
    sentences = [part for text in paragraphs for part in re.split(r"(?<=[.:])\s", text.get_text(" ", strip=True))]

    # The wording of the accessibility regulations is given; ours stays below.
    ours = [sentence for sentence in sentences if "Regulations 2018" not in sentence and "axe" not in sentence]
    assert max(len(sentence.split()) for sentence in ours) <= 42


def test_the_statement_has_every_part_of_the_model_form(stranger: PageClient) -> None:
    headings = [
        heading.text for heading in stranger.get_page("/accessibility-statement").select("main h1, main h2, main h3")
    ]

    assert headings == [
        "Accessibility statement for WARP Hub",
        "How accessible this website is",
        "Feedback and contact information",
        "Enforcement procedure",
        "Technical information about this website's accessibility",
        "Compliance status",
        "Non-accessible content",
        "Non-compliance with the accessibility regulations",
        "Content that is not within the scope of the accessibility regulations",
        "Preparation of this accessibility statement",
    ]


def test_the_statement_names_the_law_the_standard_and_the_enforcers(stranger: PageClient) -> None:
    text = stranger.get_page("/accessibility-statement").main.get_text(" ")

    for name in (
        "Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018",
        "partially compliant",
        "2.2 AA",
        "Equality and Human Rights Commission",
        "Equality Commission for Northern Ireland",
        "22 November 2026",
    ):
        assert name in text


def test_the_statement_is_reviewed_after_it_was_prepared() -> None:
    assert accessibility.PREPARED <= accessibility.REVIEWED
    assert accessibility.PREPARED <= accessibility.TESTED


def test_every_label_is_explained_with_its_own_place_to_link_to(stranger: PageClient) -> None:
    page = stranger.get_page("/handling")

    for slug in ("clear", "green", "amber", "amber-strict", "red"):
        heading = page.select_one(f"h2#{slug}")
        assert heading is not None
        assert heading.text == f"TLP:{slug.upper().replace('-', '+')}"


def test_the_cookies_page_names_each_cookie_we_set(stranger: PageClient) -> None:
    rows = [row.text for row in stranger.get_page("/cookies").select("dt")]

    assert rows == ["Signing in", "Known browser", "Forms", "Language"]
