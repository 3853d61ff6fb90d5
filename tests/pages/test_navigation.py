"""The way around shows what exists and what the visitor may enter, and marks where they are."""

from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from tests.page_client import PageClient
from tests.pages.conftest import client_of
from tests.pages.sample import BLANK, SOMEBODY, sample_app_for, visitor


def _menu(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".govuk-service-navigation__list a")]


def _right(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".warp-header__list a")]


def test_a_stranger_is_offered_what_is_public(stranger: PageClient) -> None:
    page = stranger.get_page("/")

    assert _menu(page) == []
    assert _right(page) == ["Sign in", "Cymraeg"]


def test_a_member_is_offered_their_pages_and_no_page_that_is_not_built(member: PageClient) -> None:
    page = member.get_page("/")

    assert _menu(page) == ["Home", "Warnings"]
    assert _right(page) == ["My account", "Cymraeg"]


def test_a_coordinator_is_also_offered_what_waits(coordinator: PageClient) -> None:
    assert _menu(coordinator.get_page("/")) == ["Home", "Warnings", "What's waiting"]


def test_the_place_one_is_at_is_marked(member: PageClient) -> None:
    page = member.get_page("/advisories")

    assert [link.get_text(strip=True) for link in page.select('[aria-current="page"]')] == ["Warnings"]


def test_a_page_within_a_place_marks_the_place() -> None:
    app = sample_app_for(visitor(person=SOMEBODY))
    view = lambda: BLANK and app.jinja_env.from_string(BLANK).render()  # noqa: E731
    app.add_url_rule("/advisories/new", "new", view)

    page = client_of(app).get_page("/advisories/new")

    assert page.select_one('nav [aria-current="true"]').get_text(strip=True) == "Warnings"


def test_a_view_that_declares_no_audience_is_offered_to_nobody() -> None:
    app = sample_app_for(visitor(person=SOMEBODY, coordinates=frozenset({UUID(int=1)})))
    app.add_url_rule("/training", "training", lambda: "x")

    assert "Training" not in _menu(client_of(app).get_page("/"))


def test_the_foot_of_every_page_leads_to_what_explains_it(stranger: PageClient) -> None:
    links = [(link["href"], link.text) for link in stranger.get_page("/form").select("footer a")]

    assert links == [
        ("/help", "Help"),
        ("/handling", "Handling"),
        ("/privacy", "Privacy"),
        ("/cookies", "Cookies"),
        ("/accessibility-statement", "Accessibility statement"),
    ]


@pytest.mark.parametrize("path", ["/", "/advisories", "/parts"])
def test_the_name_is_ours_and_nothing_of_the_crown_is_shown(member: PageClient, path: str) -> None:
    text = member.get(path).get_data(as_text=True)

    assert "WARP Hub" in text
    for foreign in ("GOV.UK", "crown", "Crown", "crest", "Open Government Licence", "govuk-header"):
        assert foreign not in text
