"""What protects the reader travels with every kind of answer, to the letter."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from govuk_frontend_jinja import __file__ as govuk

from tests.page_client import PageClient
from tests.pages.conftest import client_of
from tests.pages.sample import sample_app
from warp_hub.pages.headers import INLINE_SCRIPT

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(), midi=(), payment=(), usb=()",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='; "
    "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
OTHER_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
PAGE = {**ALWAYS, "Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"}
DATA = {**ALWAYS, "Content-Security-Policy": OTHER_POLICY, "Cache-Control": "no-store"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
NOT_COMPARED = frozenset({"Content-Length", "Date", "Set-Cookie"})

CLASSES = {
    "/": (200, {**PAGE, **HTML, "Vary": "Cookie"}),
    "/missing": (404, {**PAGE, **HTML}),
    "/fail/400": (400, {**PAGE, **HTML}),
    "/fail/403": (403, {**PAGE, **HTML}),
    "/fail/429": (429, {**PAGE, **HTML}),
    "/broken": (500, {**PAGE, **HTML}),
    "/database-away": (503, {**PAGE, **HTML, "Retry-After": "30"}),
    "/redirect": (302, {**PAGE, **HTML, "Location": "/"}),
    "/json": (200, {**DATA, "Content-Type": "application/json"}),
    "/static/nothing.css": (404, {**PAGE, **HTML}),
}


@pytest.mark.parametrize("path", CLASSES)
def test_each_class_of_answer_has_exactly_these_headers(stranger: PageClient, path: str) -> None:
    status, expected = CLASSES[path]

    response = stranger.get(path)

    assert response.status_code == status
    assert {name: value for name, value in response.headers if name not in NOT_COMPARED} == expected


def test_a_refused_method_names_those_that_are_allowed(stranger: PageClient) -> None:
    response = stranger.delete("/", headers={"Origin": "http://localhost"})

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert response.headers["Content-Security-Policy"] == PAGE_POLICY


@pytest.mark.parametrize("path", ["/", "/missing", "/broken", "/json", "/redirect", "/static/app.css"])
def test_over_https_every_answer_asks_to_stay_there_for_a_year(path: str) -> None:
    secure, plain = client_of(sample_app(https=True)), client_of(sample_app())

    assert secure.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in plain.get(path).headers


def test_a_static_file_is_kept_for_good_under_the_address_that_names_its_content(stranger: PageClient) -> None:
    page = stranger.get("/").get_data(as_text=True)
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert len(addresses) == 4
    for address in addresses:
        response = stranger.get(address)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert {name: response.headers[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("address", ["/static/app.css", "/static/app.css?v=000000000000", "/static/app.css?v="])
def test_under_any_other_address_a_static_file_is_kept_for_an_hour(stranger: PageClient, address: str) -> None:
    stranger.get("/")

    assert stranger.get(address).headers["Cache-Control"] == "public, max-age=3600"


def test_a_static_file_that_has_not_changed_is_not_sent_again(stranger: PageClient) -> None:
    tag = stranger.get("/static/app.css").headers["ETag"]

    again = stranger.get("/static/app.css", headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert {name: again.headers[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static//etc/passwd"])
def test_nothing_outside_the_static_folder_is_served(stranger: PageClient, path: str) -> None:
    assert stranger.get(path, follow_redirects=True).status_code == 404


def test_no_page_has_a_validator_that_another_viewer_could_compare() -> None:
    app = sample_app()

    @app.route("/with-etag")
    def with_etag() -> object:
        response = app.make_response("x")
        response.set_etag("secret")
        response.last_modified = 0
        return response

    response = app.test_client().get("/with-etag")

    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers


def test_a_view_may_have_a_stricter_content_policy() -> None:
    app = sample_app()
    app.add_url_rule("/file", "file", lambda: ("x", {"Content-Security-Policy": "sandbox; default-src 'none'"}))

    assert app.test_client().get("/file").headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_hash_in_the_policy_is_that_of_the_inline_script_of_the_template() -> None:
    template = Path(govuk).with_name("templates").joinpath("template.html").read_text()
    (script,) = re.findall(r"<script.*?%}>(.+?)</script>", template)

    assert f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}" == INLINE_SCRIPT


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    directives = dict(part.split(" ", 1) for part in PAGE_POLICY.split("; "))

    assert "unsafe" not in PAGE_POLICY
    assert not re.search(r"https?:|\*|data:", PAGE_POLICY)
    assert directives["base-uri"] == directives["object-src"] == directives["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_no_foreign_origin_is_ever_allowed_to_read(stranger: PageClient, origin: str) -> None:
    response = stranger.get("/json", headers={"Origin": origin})

    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
