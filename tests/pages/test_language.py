"""Every page speaks English or Welsh; the switch keeps the reader where they were and never leads away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.page_client import PageClient
from tests.pages.conftest import client_of
from tests.pages.sample import SOMEBODY, STATIC_PAGES, sample_app, sample_app_for, visitor
from warp_hub.pages.redirects import local_path, path_of_referrer

PAGES = ("/", "/advisories", "/form", "/parts", *(f"/{name}" for name in STATIC_PAGES))
FOREIGN = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "///evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/a\r\nSet-Cookie: x=1",
    "javascript:alert(1)",
    "data:text/html,x",
    " /a",
    "evil",
    "",
    "/" + "a" * 3000,
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages(path: str) -> None:
    client = client_of(sample_app_for(visitor(person=SOMEBODY)))
    assert client.get_page(path).html["lang"] == "en"

    client.get_page("/language/cy")

    page = client.get_page(path)
    assert page.html["lang"] == "cy"
    assert page.select_one("a.govuk-skip-link").text == "Neidio i’r prif gynnwys"


def test_the_switch_returns_to_the_same_page_with_its_arguments(member: PageClient) -> None:
    response = member.get("/language/cy", headers={"Referer": "http://localhost/advisories?show=all&before=x"})

    assert (response.status_code, response.location) == (303, "/advisories?show=all&before=x")


def test_the_switch_is_a_link_in_its_own_language(stranger: PageClient) -> None:
    link = stranger.get_page("/").select_one('a[href="/language/cy"]')
    assert (link.text, link["lang"], link["hreflang"]) == ("Cymraeg", "cy", "cy")

    back = stranger.get_page("/language/cy").select_one('a[href="/language/en"]')
    assert (back.text, back["lang"]) == ("English", "en")


@pytest.mark.parametrize(
    "referrer",
    ["http://evil.example/x", "http://localhost//evil.example", "http://localhost:99/", "", "[", "ftp://localhost/a"],
)
def test_the_switch_never_leads_away(stranger: PageClient, referrer: str) -> None:
    response = stranger.get("/language/cy", headers={"Referer": referrer})

    assert response.location == "/"


@pytest.mark.parametrize("path", ["/language/fr", "/language/", "/language/en/cy", "/language/EN"])
def test_there_is_no_other_language(stranger: PageClient, path: str) -> None:
    assert stranger.get(path).status_code == 404


def test_the_choice_is_kept_for_a_year_out_of_reach_of_scripts(stranger: PageClient) -> None:
    cookie = stranger.get("/language/cy").headers["Set-Cookie"]

    assert cookie.startswith("language=cy; ")
    for part in ("Max-Age=31536000", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert "Secure" not in cookie


def test_over_https_the_choice_is_bound_to_the_host() -> None:
    cookie = client_of(sample_app(https=True)).get("/language/cy").headers["Set-Cookie"]

    assert cookie.startswith("__Host-language=cy; ")
    assert "Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("cookie", "persons_own", "browser", "expected"),
    [
        (None, None, None, "en"),
        (None, None, "cy", "cy"),
        (None, None, "fr, cy;q=0.8, en;q=0.5", "cy"),
        (None, None, "fr", "en"),
        (None, "cy", "en", "cy"),
        (None, "en", "cy", "en"),
        ("en", "cy", "cy", "en"),
        ("cy", "en", "en", "cy"),
        ("xx", "cy", "en", "cy"),
        ("../../etc", None, None, "en"),
        (None, "xx", "cy", "cy"),
    ],
)
def test_a_choice_made_here_wins_then_the_persons_then_the_browsers(
    cookie: str | None, persons_own: str | None, browser: str | None, expected: str
) -> None:
    client = client_of(sample_app_for(visitor(language=persons_own)))
    if cookie:
        client.set_cookie("language", cookie)

    page = client.get("/", headers={"Accept-Language": browser} if browser else {})

    assert f'<html lang="{expected}"' in page.get_data(as_text=True)


def test_labels_are_never_translated() -> None:
    client = client_of(sample_app_for(visitor(language="cy")))

    chips = client.get_page("/handling").select(".warp-tlp")

    assert {chip.text for chip in chips} == {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"}
    assert all(chip["lang"] == "en" for chip in chips)


@pytest.mark.parametrize("target", FOREIGN)
def test_only_a_path_of_ours_is_a_place_to_go_next(target: str) -> None:
    assert local_path(target) == "/"
    assert local_path(target, "/home") == "/home"


@pytest.mark.parametrize(
    "target", ["/", "/a", "/a/b?c=d&e=%2F%2Fevil", "/advisories?q=%0d%0a", "/a#b", "/warps/sir-g%C3%A2r"]
)
def test_a_path_of_ours_is_kept(target: str) -> None:
    assert local_path(target) == target


@given(st.text(max_size=60))
def test_whatever_is_asked_one_stays_on_this_host(text: str) -> None:
    for place in (local_path(text), local_path(f"/{text}"), path_of_referrer(f"http://localhost{text}", "localhost")):
        assert place.startswith("/")
        assert place[1:2] not in ("/", "\\")
        assert not any(ord(character) <= 0x20 or character == "\\" for character in place)
