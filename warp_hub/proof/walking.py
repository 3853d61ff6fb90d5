"""Walking: every page as every viewer, by every address, link, filter and form that leads anywhere."""

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from warp_hub import db
from warp_hub.proof.addresses import ids_in
from warp_hub.proof.cast import VIEWERS, Cast
from warp_hub.proof.plans import WORD, WORD_OF_A_TEXT
from warp_hub.proof.searching import cookie_text, unpacked
from warp_hub.signin.visitors import cookie_name

MOST_FOLLOWED = 1_000
_TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
# What is looked up by its beginning: every canary begins like one of these.
SEARCHES = tuple(
    f"/search?q={asked}" for asked in (WORD, WORD_OF_A_TEXT, *(f"zq7{digit}" for digit in "0123456789abcdef"))
)


class TooMany(Exception):
    """Pages lead on for ever, or there are more than are followed: what was not looked at is not known to be clean."""


@dataclass(frozen=True)
class Answer:
    """What the hub said to one viewer."""

    viewer: str
    method: str
    url: str
    endpoint: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    mimetype: str

    @property
    def title(self) -> bytes:
        """Return what a browser keeps in its history."""
        found = _TITLE.search(self.body)
        return found[1] if found else b""

    @property
    def head(self) -> str:
        """Return the headers, redirects and cookies as one text, the hub's own cookie read."""
        lines = [f"{name}: {value}" for name, value in self.headers]
        cookies = (value.split(";")[0].split("=", 1)[-1] for name, value in self.headers if name == "Set-Cookie")
        return "\n".join([*lines, *map(cookie_text, cookies)])


@dataclass
class Form(HTMLParser):
    """The links of a page and its forms: method, address, and each field with the values it offers."""

    links: list[str] = field(default_factory=list)
    forms: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "a" if "href" in given:
                self.links.append(given["href"])
            case "form":
                self.forms.append((given.get("method", "get").lower(), given.get("action", ""), {}))
            case "input" | "textarea" | "button" if given.get("name"):
                self._offer(given["name"], given.get("value", ""))
            case "select":
                self._select = given.get("name", "")
            case "option" if self._select:
                self._offer(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def _offer(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1][2].setdefault(name, []).append(value)


class Walker:
    """The viewers' browsers, each with its own cookie."""

    def __init__(self, app: Flask, cast: Cast, role: db.Role = "web", viewers: Iterable[str] = tuple(VIEWERS)) -> None:
        self.app = app
        self.role = role
        self.asked = 0
        self._adapter = app.url_map.bind("localhost")
        self._browsers = {letter: self._browser(cast, letter) for letter in viewers}

    def ask(
        self,
        viewer: str,
        url: str,
        method: str = "GET",
        *,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return what a viewer is answered."""
        self.asked += 1
        with db.acting(self.role):
            browser = self._browsers[viewer]
            response = browser.open(url, method=method, data=data, headers=headers, buffered=True)
            return self._answer(viewer, method, url, response)

    @contextmanager
    def looking_up_once(self) -> Iterator[None]:
        """Let who is behind a cookie be looked up at the first of many questions: meanwhile nobody's place changes."""
        manager: Any = self.app.login_manager  # type: ignore[attr-defined]
        look_up, known = manager._request_callback, dict[str | None, Any]()

        def once(request: Request) -> Any:
            cookie = request.cookies.get(cookie_name())
            if cookie not in known:
                known[cookie] = look_up(request)
            return known[cookie]

        manager._request_callback = once
        try:
            yield
        finally:
            manager._request_callback = look_up

    def endpoint_of(self, url: str, method: str = "GET") -> str:
        """Return the endpoint that an address leads to, empty for none."""
        try:
            found: str = self._adapter.match(urlsplit(url).path, method)[0]
        except HTTPException:
            return ""
        return found

    def follow(self, viewer: str, beginnings: Iterable[str], within: tuple[str, ...] = ("/",)) -> Iterator[Answer]:
        """Yield the answers to these addresses and to all that their pages lead to below `within`, each once.

        Addresses with an id in them are left to whoever tries every id.
        """
        waiting, seen = list(beginnings), set[str]()
        while waiting:
            url = waiting.pop(0)
            if url in seen:
                continue
            if len(seen) == MOST_FOLLOWED:
                raise TooMany(f"{viewer} is led to more than {MOST_FOLLOWED} pages")
            seen.add(url)
            answer = self.ask(viewer, url)
            yield answer
            near = (found for found in leads_to(answer) if found not in seen and found.startswith(within))
            near = (found for found in near if _is_narrowed_once(found))
            waiting += [found for found in near if self._may_be_followed(found)]

    def _may_be_followed(self, url: str) -> bool:
        endpoint = self.endpoint_of(url)
        rules = self.app.url_map.iter_rules(endpoint) if endpoint else ()
        return any(not ids_in(rule) for rule in rules) and endpoint not in ("static", "switch_language")

    def _browser(self, cast: Cast, viewer: str) -> FlaskClient:
        browser = self.app.test_client()
        if viewer in cast.cookies:
            browser.set_cookie(cookie_name(), cast.cookies[viewer])
        if viewer in cast.tokens:
            # A tool gives its token on every page it asks for: what is not for tools must not look at it.
            given = b64encode(":".join(cast.tokens[viewer]).encode()).decode()
            browser.environ_base["HTTP_AUTHORIZATION"] = f"Basic {given}"
        return browser

    def _answer(self, viewer: str, method: str, url: str, response: TestResponse) -> Answer:
        body = unpacked(response.get_data(), response.headers.get("Content-Encoding", ""))
        endpoint = self.endpoint_of(url, method)
        return Answer(
            viewer,
            method,
            url,
            endpoint,
            response.status_code,
            body,
            tuple(response.headers.items()),
            response.mimetype or "",
        )


def leads_to(answer: Answer) -> list[str]:
    """Return the addresses on this host that a page's links and its searching forms lead to."""
    if answer.mimetype != "text/html" or answer.status != 200:
        return []
    page = read(answer)
    here = urlsplit(answer.url)
    found = [_local(link, here.path) for link in page.links]
    for method, action, fields in page.forms:
        if method == "get":
            found += _searches(action or here.path, fields)
    return [url for url in dict.fromkeys(found) if url]


def read(answer: Answer) -> Form:
    """Return the links and forms of a page."""
    page = Form()
    page.feed(answer.body.decode("utf-8", "replace"))
    return page


def is_unfiltered(url: str) -> bool:
    """Say whether an address asks for a whole list, or for the next page of one."""
    return {name for name, _ in parse_qsl(urlsplit(url).query)} <= {"before", "after"}


def _is_narrowed_once(url: str) -> bool:
    """Say whether an address narrows a list in one way at most: all ways together are more than anybody can walk."""
    return len({name for name, _ in parse_qsl(urlsplit(url).query)} - {"before", "after", "q"}) <= 1


def _local(link: str, here: str) -> str:
    parts = urlsplit(html.unescape(link))
    if parts.scheme or parts.netloc or link.startswith("#"):
        return ""
    path = parts.path or here
    return f"{path}?{parts.query}" if parts.query else path


def _searches(path: str, fields: dict[str, list[str]]) -> Iterator[str]:
    """Yield one address for each value that a searching form offers, and one for a word typed in."""
    for name, values in fields.items():
        for value in [*values, WORD] if values == [""] else values:
            given = [*parse_qsl(urlsplit(path).query), (name, value)]
            yield f"{urlsplit(path).path}?{urlencode(given)}"
