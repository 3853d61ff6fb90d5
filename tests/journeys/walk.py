"""Every page that a reader can reach: the routes by their own list, and whatever the pages link to."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from playwright.sync_api import APIRequestContext

from tests.journeys.hub import Hub

# Not pages: for machines, pictures, and the switch that answers with the page one came from.
NOT_PAGES = re.compile(
    r"^/(training/calendar/.+|healthz|readyz|desk/warnings/[^/]+/original"
    r"|static/.*|exports/.*|language/.*|\.well-known/.*|account/second-step/picture\.svg|sign-in/stay\.svg"
    # Away to a provider, and back.
    r"|sign-in/(again/)?with/[^/]+(/back)?|(account/keys/connect|invitation/with)/[^/]+)$"
)
# What nothing links to: refusals, links that ran out, filters.
ODD = (
    "/nothing-here",
    "/demo/sign-in",
    "/open?link=over",
    "/reset?token=over",
    "/invitation?token=over",
    "/digests/unsubscribe?token=forged",
    "/advisories/00000000-0000-0000-0000-000000000000",
    "/advisories?severity=nonsense",
    "/search?q=update",
    "/search?q=update&kind=warnings",
    "/search?q=203.0",
    "/search?q=nothing+like+it",
    "/desk/warnings?show=kept",
    "/desk/records/00000000-0000-0000-0000-000000000000/open",
    "/desk/sources/00000000-0000-0000-0000-000000000000",
    *(f"/sign-in/with/microsoft/refused/{why}" for why in ("failed", "down", "unknown", "connect", "again")),
)


UUID = "[0-9a-f-]{36}"


@dataclass(frozen=True)
class Visit:
    """A page as one reader met it; `parts` say which elements with which classes stand within which."""

    path: str
    status: int
    html: str
    rule: str
    parts: frozenset[str]


def routes(folder: Path) -> list[str]:
    """Return the rules of every route that can be read and is a page."""
    rules: list[str] = json.loads((folder / "routes.json").read_text())
    return [rule for rule in rules if not NOT_PAGES.match(rule)]


def walk(
    request: APIRequestContext, hub: Hub, rules: list[str], also: tuple[str, ...] = (), most: int = 12
) -> Iterator[Visit]:
    """Yield every page this reader reaches, following links; of one kind no more than `most`."""
    waiting = [*(rule for rule in rules if "<" not in rule), *ODD, *also]
    known, of_a_kind = set(waiting), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        rule = rule_of(path, rules)
        of_a_kind[rule] += 1
        if of_a_kind[rule] > most:
            continue
        answer = request.get(hub.address + path)
        html = answer.text()
        final = answer.url.removeprefix(hub.address)
        page = BeautifulSoup(html, "html.parser")
        yield Visit(path, answer.status, html, rule_of(final, rules), frozenset(map(_way_to, page.find_all(True))))
        for link in _links(page, final):
            if link not in known:
                known.add(link)
                waiting.append(link)


def rule_of(path: str, rules: list[str]) -> str:
    """Return the rule that answers a path, or the path itself."""
    plain = urlsplit(path).path
    if plain in rules:  # before any that has a place for an id there
        return plain
    for rule in rules:
        if re.fullmatch(re.sub(r"<[^>]*>", "[^/]+", re.sub("<uuid:[^>]*>", UUID, rule)), plain):
            return rule
    return plain


def _links(page: BeautifulSoup, path: str) -> Iterator[str]:
    for link in page.select("a[href]"):
        parts = urlsplit(urljoin(path, str(link["href"])))
        if not parts.netloc and parts.scheme in ("", "http") and not NOT_PAGES.match(parts.path):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def _way_to(part: Tag) -> str:
    steps = [part, *part.parents]
    return " < ".join(f"{step.name}.{'.'.join(step.get('class') or ())}" for step in steps if step.name != "[document]")
