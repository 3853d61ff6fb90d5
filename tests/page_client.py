"""A test client that reads pages as a browser and a screen reader would, and complains about each it sees.

`PageClient` checks every HTML answer by itself. `check_page` and `check_letter` do it for a string.
Use it as `app.test_client_class = PageClient`, then `client.get_page("/")` and
`client.post_form("/sign-in", email="sam@example.org")`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

THE_INLINE_SCRIPT = "document.body.className += ' js-enabled'"
NOT_ASKED = frozenset({"hidden", "submit", "button", "reset", "image"})
POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "data-aria-controls", "list")
LANGUAGES = frozenset({"en", "cy"})


class PageProblem(AssertionError):
    """A page that a reader would stumble over; says which and why."""


class PageClient(FlaskClient):
    """Walks the app like a reader; every page it meets is checked."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not response.location and response.data:
            check_page(response.get_data(as_text=True), response.request.path)
        return response

    def get_page(self, path: str, status: int = 200) -> BeautifulSoup:
        """Return the page at a path, redirects followed."""
        response = self.get(path, follow_redirects=True)
        assert response.status_code == status, f"{path} answered {response.status_code}, not {status}"
        return parse(response.get_data(as_text=True))

    def post_form(
        self, path: str, button: str | None = None, status: int = 200, **answers: str | list[str]
    ) -> BeautifulSoup:
        """Open a page, fill in its form (the one with that button) and send it; return the page that follows."""
        form = find_form(self.get_page(path), button)
        fields = dict(filled_in(form, button))
        unknown = set(answers) - {name for name, _ in named_fields(form)}
        assert not unknown, f"the form of {path} has no field {sorted(unknown)}"
        response = self.post(
            str(form.get("action") or path),
            data={**fields, **answers},
            headers={"Origin": "http://localhost"},
            follow_redirects=True,
        )
        assert response.status_code == status, f"{path} answered {response.status_code}, not {status}"
        return parse(response.get_data(as_text=True))


def parse(html: str) -> BeautifulSoup:
    """Return a page as a tree, read the way browsers do."""
    return BeautifulSoup(html, "html5lib")


def check_page(html: str, url: str) -> None:
    """Raise PageProblem with everything that is wrong with a page."""
    page = parse(html)
    checks = (_grammar(html), _head(page), _structure(page), _identifiers(page), _forms(page), _nothing_inline(page))
    _complain(url, [problem for check in checks for problem in check])


def check_letter(html: str, url: str) -> None:
    """Raise PageProblem with everything that is wrong with the HTML part of a letter."""
    page = parse(html)
    problems = [*_grammar(html), *_language(page), *_images(page), *_headings(page)]
    if page.find(["script", "link", "form", "iframe"]):
        problems.append("a letter holds no script, form, frame or linked file")
    for link in page.select("a[href]"):
        if urlsplit(str(link["href"])).scheme not in ("http", "https", "mailto"):
            problems.append(f"a link in a letter must be whole: {link['href']}")
    _complain(url, problems)


def find_form(page: BeautifulSoup, button: str | None = None) -> Tag:
    """Return the form that changes something: the only one, or the one with that button."""
    forms = [form for form in page.select('form[method="post"]') if button is None or _button(form, button)]
    assert forms, f"no form with the button {button!r}"
    return forms[0]


def named_fields(form: Tag) -> Iterator[tuple[str, Tag]]:
    """Yield each field of a form by name."""
    for field in form.select("input[name], select[name], textarea[name], button[name]"):
        yield str(field["name"]), field


def filled_in(form: Tag, button: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield what a browser would send if nothing were touched before pressing the button."""
    pressed = _button(form, button) if button else None
    for name, field in named_fields(form):
        if field.name == "textarea":
            yield name, field.text.removeprefix("\n")
        elif field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            yield name, str(chosen.get("value", "")) if chosen else ""
        elif field.name == "button":
            if field is pressed:
                yield name, str(field.get("value", ""))
        elif field.get("type") not in ("radio", "checkbox") or field.has_attr("checked"):
            yield name, str(field.get("value", ""))


def _button(form: Tag, text: str) -> Tag | None:
    return next((button for button in form.select("button") if text in button.get_text(" ", strip=True)), None)


def _complain(url: str, problems: list[str]) -> None:
    if problems:
        raise PageProblem(f"{url}: " + "; ".join(problems))


def _grammar(html: str) -> Iterator[str]:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    for (line, _column), code, values in parser.errors:
        yield f"line {line}: {code} {values}"


def _language(page: BeautifulSoup) -> Iterator[str]:
    if page.html is None or page.html.get("lang") not in LANGUAGES:
        yield "the page does not say its language"


def _head(page: BeautifulSoup) -> Iterator[str]:
    yield from _language(page)
    title = page.title.text.strip() if page.title else ""
    if not re.fullmatch(r"(?s).+ - WARP Hub", title):
        yield f"the title is {title!r}"
    if page.select_one(".govuk-error-summary") and not re.match(r"Error:|Gwall:", title):
        yield "the title does not say that there is an error"


def _headings(page: BeautifulSoup) -> Iterator[str]:
    if len(page.select("h1")) != 1:
        yield f"{len(page.select('h1'))} h1"
    for heading in page.select("h1, h2, h3, h4"):
        if not heading.get_text(strip=True):
            yield "an empty heading"


def _images(page: BeautifulSoup) -> Iterator[str]:
    for image in page.select("img:not([alt])"):
        yield f"no alt: {image}"


def _structure(page: BeautifulSoup) -> Iterator[str]:
    yield from _headings(page)
    yield from _images(page)
    if len(page.select("main")) != 1:
        yield "not exactly one main"
    skip = page.select_one("a.govuk-skip-link")
    if skip is None or not page.find(id=str(skip["href"]).removeprefix("#")):
        yield "no skip link that leads somewhere"
    for part in page.select("a, button"):
        if not part.get_text(strip=True) and not part.get("aria-label"):
            yield f"nothing to read out: {part}"
    for link in page.select("a"):
        if not re.match(r"/(?!/)|#.|\?|https?://|mailto:|tel:", str(link.get("href", ""))):
            yield f"a link to nowhere: {link}"


def _identifiers(page: BeautifulSoup) -> Iterator[str]:
    counted = Counter(str(part["id"]) for part in page.select("[id]"))
    for name, count in counted.items():
        if count > 1 or not name or " " in name:
            yield f"id {name!r} {count} times"
    for part in page.select(", ".join(f"[{name}]" for name in POINTERS)):
        for name in POINTERS:
            for target in str(part.get(name, "")).split():
                if target not in counted:
                    yield f"{name} points to {target!r}, which is not there"


def _forms(page: BeautifulSoup) -> Iterator[str]:
    labelled = {str(label["for"]) for label in page.select("label[for]") if label.get_text(strip=True)}
    for field in page.select("input, select, textarea"):
        is_named = field.get("id") in labelled or field.get("aria-label") or field.find_parent("label")
        if field.get("type") not in NOT_ASKED and not is_named:
            yield f"no label: {field}"
    for form in page.select("form"):
        if form.find("form"):
            yield "a form within a form"
        if not re.match(r"(/(?!/)|\?|$)", str(form.get("action", ""))):
            yield f"a form that leaves the site: {form.get('action')}"
        token = form.select_one('input[name="csrf_token"]')
        if str(form.get("method", "get")).lower() == "post" and not (token and token.get("value")):
            yield "a form without its token"


def _nothing_inline(page: BeautifulSoup) -> Iterator[str]:
    for script in page.select("script"):
        if not script.get("src") and not (script.string or "").startswith(THE_INLINE_SCRIPT):
            yield f"an inline script: {script}"
    if page.find("style") or page.select("[style]"):
        yield "an inline style"
    for part in page.find_all(True):
        for name in part.attrs:
            if name.startswith("on"):
                yield f"an inline handler: {name}"
    for part in page.select("script[src], link[href], img[src], source[src], iframe[src]"):
        address = str(part.get("src") or part.get("href"))
        if not re.match(r"/(?!/)|data:image/", address):
            yield f"a file from elsewhere: {address}"
