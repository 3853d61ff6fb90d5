"""Letters from templates: the same facts in both forms, labels around every block, nothing fetched."""

import re
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import force_locale

from tests.mail.letters import settings
from warp_hub import mail
from warp_hub.config import Settings
from warp_hub.mail import rendering
from warp_hub.tlp import Marking

FOOT = {
    "why_url": "https://hub.example/why",
    "fewer_url": "https://hub.example/fewer",
    "unsubscribe_url": "https://hub.example/unsubscribe/abc",
}


def _letter(app: Flask, marking: Marking = Marking.GREEN, title: str = "Patch now", **given: Any) -> mail.Rendered:
    with app.app_context():
        return rendering.letter("test/email/note", label=marking, title=title, item_id=UUID(int=7), **given)


def _page(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html5lib")


def test_a_letter_has_its_three_parts_with_the_same_facts(app: Flask) -> None:
    letter = _letter(app, **FOOT)

    assert letter.subject == "TLP:GREEN Patch now, 1 new"
    words = _page(letter.html).get_text(" ")
    for fact in ("TLP:GREEN", "No press", "Patch now", "End of TLP:GREEN", "Why did I get this?", "Get fewer mails"):
        assert fact in letter.text
        assert fact in words
    links = {link["href"] for link in _page(letter.html).find_all("a")}
    assert {"http://localhost:8000/advisories/00000000-0000-0000-0000-000000000007", *FOOT.values()} <= links
    assert all(address in letter.text for address in links)


@pytest.mark.parametrize("marking", list(Marking))
def test_a_block_opens_with_its_label_and_closes_with_the_end_of_it(app: Flask, marking: Marking) -> None:
    letter = _letter(app, marking)

    assert re.search(
        rf"^{re.escape(marking)} No press\n\nPatch now\n.+\n\nEnd of {re.escape(marking)}$", letter.text, re.M
    )
    chip = _page(letter.html).select_one(".tlp")
    assert chip is not None
    assert chip.get_text() == marking
    style = str(chip["style"])
    assert "background-color: #000000" in style
    expected = {"CLEAR": "#ffffff", "GREEN": "#33ff00", "AMBER": "#ffc000", "AMBER+STRICT": "#ffc000", "RED": "#ff2b2b"}
    assert style.replace("background-color", "").count(expected[marking.removeprefix("TLP:")]) >= 1


def test_lines_of_the_foot_that_lead_nowhere_are_absent(app: Flask) -> None:
    letter = _letter(app)

    assert "Unsubscribe" not in letter.text + letter.html
    assert "Get fewer mails" not in letter.text + letter.html
    assert letter.unsubscribe_url is None


def test_the_unsubscribe_link_and_the_list_become_headers(app: Flask) -> None:
    letter = _letter(app, **FOOT, list_name="digest.midshire")

    assert (letter.unsubscribe_url, letter.list_name) == (FOOT["unsubscribe_url"], "digest.midshire")


def test_what_others_wrote_is_escaped_in_html_and_left_alone_in_text(app: Flask) -> None:
    title = "<script>alert(1)</script> & <b>'\"{{ 7*7 }}"
    letter = _letter(app, title=title)

    assert title in letter.text
    assert title in letter.subject
    page = _page(letter.html)
    assert page.find(["script", "b"]) is None
    assert title in page.get_text()


def test_a_title_cannot_smuggle_a_second_line_into_the_subject(app: Flask) -> None:
    assert "\n" not in _letter(app, title="one\r\nBcc: two").subject


def test_a_letter_fetches_nothing_and_fits_a_narrow_screen(app: Flask) -> None:
    page = _page(_letter(app, **FOOT).html)

    assert page.find_all(["img", "link", "script", "iframe", "style", "object", "table"]) == []
    assert "url(" not in str(page)
    assert page.html is not None
    assert page.html["lang"] == "en"
    widths = re.findall(r"(?<!max-)width:\s*(\d+)px", str(page))
    assert widths == []
    assert page.find("meta", {"name": "viewport"}) is not None


def test_a_letter_is_in_the_language_it_is_asked_for_with_its_label_untranslated(app: Flask) -> None:
    welsh = _letter(app, language="cy", **FOOT)
    with app.app_context(), force_locale("cy"):
        chosen_by_delivery = rendering.letter(
            "test/email/note", label=Marking.GREEN, title="Patch now", item_id=UUID(int=7)
        )

    for letter in (welsh, chosen_by_delivery):
        html = _page(letter.html).html
        assert html is not None
        assert html["lang"] == "cy"
        assert "TLP:GREEN" in letter.text


def test_links_lead_to_the_hubs_own_address_whoever_asks(app: Flask, hub_settings: Settings) -> None:
    with settings(base_url="https://hub.midshire.example"):
        with app.test_request_context(base_url="http://evil.example"):
            inside = rendering.hub_url("advisories.read_advisory", item_id=UUID(int=7))
        outside = _letter(app)

    assert inside == "https://hub.midshire.example/advisories/00000000-0000-0000-0000-000000000007"
    assert inside in outside.text


def test_a_text_has_no_ragged_spaces() -> None:
    assert rendering.tidy("\n\n a  \n\n\n\nb\t\n\n") == "a\n\nb\n"
