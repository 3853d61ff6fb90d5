"""Every page as everybody: sound, accessible, in our words, and nothing spills off a small screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESK, NAMES, PHONE, SMALLEST, Reader, Readers
from tests.journeys.look import faults, spilling
from tests.journeys.walk import Visit, routes, walk
from tests.journeys.words import never_on_screen
from tests.page_client import PageProblem, check_page

pytestmark = pytest.mark.xdist_group("every page")
NOBODY = "nobody"
# Who reads many pages of a kind; of what all others meet they read a few.
THOROUGH = ("lead-midshire", "coordinator-midshire")
MANY, FEW = 12, 4
# A code is asked for only on the way in, a password is chosen and a question of a warning is answered only by who has
# the letter or is asked, a reply is begun below what it replies to, a warning is changed by whoever wrote it: journeys
# of their own.
ON_THE_WAY = {
    "/sign-in/code",
    "/invitation",
    # What is there to rename or remove only for who has made it, and what two letters lead to.
    "/account/keys/<uuid:passkey_id>",
    "/account/keys/<uuid:passkey_id>/remove",
    "/account/password/remove",
    "/account/second-step/remove",
    "/account/keys/connect/<slug>/confirm",
    "/account/second-step",
    "/invitation/with/<slug>/confirm",
    "/recovery-address",
    "/sign-in/recovery-address/code",
    "/sign-in/recovery-address/password",
    "/sign-in/with/<slug>/refused/<why>",  # looked at, but it never answers 200
    "/address/confirm",
    "/address/undo",
    "/reset",
    "/discussions/<uuid:item_id>/reply",
    "/answer",
    "/keep-sending",
    "/mailbox",
    "/advisories/<uuid:item_id>/answer",
    "/desk/warnings/<uuid:item_id>/edit",
    # Whoever applies has the letter; an agreement is read by those who are asked, and previewed once it is written.
    "/apply/open",
    "/apply/tasks",
    "/apply/tasks/<any(name, job, telephone, language, organisation, kind, reason):question>",
    "/apply/reply",
    "/apply/check",
    "/agreement/<uuid:agreement_id>/<uuid:organisation_id>",
    "/desk/agreement/preview",
}
_looked_at: set[tuple[str, str]] = set()
_shapes: set[tuple[str, frozenset[str]]] = set()
_walked: dict[str, list[Visit]] = {}


@pytest.mark.parametrize("who", [NOBODY, *NAMES])
def test_every_page_is_sound_and_accessible_and_in_our_words(who: str, readers: Readers, hub_folder: Path) -> None:
    reader = _seat(readers, who)
    visits = _pages_of(reader, who, hub_folder)

    found = [fault for visit in visits for fault in _faults_of_the_text(visit)]
    for language in ("en", "cy"):
        _speak(reader, language)
        for visit in visits:
            if _is_made_of_something_new(visit, language):
                found += _faults_in_the_browser(reader, visit, language)

    assert not found, "\n".join(found)


def test_every_route_is_met_by_somebody(readers: Readers, hub_folder: Path) -> None:
    people = (NOBODY, *THOROUGH, "national")
    visits = [visit for who in people for visit in _pages_of(_seat(readers, who), who, hub_folder)]

    met = {visit.rule for visit in visits if visit.status == 200}

    assert sorted(set(routes(hub_folder)) - met) == sorted(ON_THE_WAY)


def _seat(readers: Readers, who: str) -> Reader:
    """Seat somebody whose browser lets axe in."""
    found = readers(DESK, bypass_csp=True)
    _speak(found, "en")
    return found if who == NOBODY else found.become(who)


def _speak(reader: Reader, language: str) -> None:
    reader.context.add_cookies([{"name": "language", "value": language, "url": reader.hub.address}])


def _pages_of(reader: Reader, who: str, folder: Path) -> list[Visit]:
    """Return every page this reader meets, those of links in letters among them; they are walked once."""
    if who not in _walked:
        letter = reader.hub.letters("lead-midshire@demo.example", "digest")[-1]
        links = [reader.hub.here(letter.link(words)) for words in ("Unsubscribe", "Get fewer mails")]
        also = tuple(link.removeprefix(reader.hub.address) for link in links)
        most = MANY if who in THOROUGH else FEW
        _walked[who] = list(walk(reader.context.request, reader.hub, routes(folder), also, most))
    return _walked[who]


def _faults_of_the_text(visit: Visit) -> Iterator[str]:
    if visit.status >= 500 and not visit.path.endswith("/refused/down"):
        yield f"{visit.path}: {visit.status}"
    shape = (visit.rule, visit.parts)
    if shape not in _shapes:  # pages of one kind made of the same parts are as sound as the first of them
        _shapes.add(shape)
        try:
            check_page(visit.html, visit.path)
        except PageProblem as problem:
            yield str(problem)
    for word in never_on_screen(visit.html, visit.rule):
        yield f"{visit.path}: never on screen: {word}"


def _is_made_of_something_new(visit: Visit, language: str) -> bool:
    """Say whether a page has a part that no page has shown yet; lists are long and their rows are all alike.

    In Welsh the parts are the same: each page is looked at once more for its words.
    """
    parts = {(language, part) for part in (*(visit.parts if language == "en" else ()), visit.rule)}
    is_new = not parts <= _looked_at
    _looked_at.update(parts)
    return is_new


def _faults_in_the_browser(reader: Reader, visit: Visit, language: str) -> Iterator[str]:
    complaints = _listen(reader.page)
    reader.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    reader.go(visit.path)
    if reader.page.locator("html").get_attribute("lang") != language:
        yield f"{visit.path}: not in {language}"
    for view in (DESK, PHONE, SMALLEST) if language == "en" else (PHONE, SMALLEST):
        reader.page.set_viewport_size(view)  # type: ignore[arg-type]
        for problem in spilling(reader.page) if view is SMALLEST else faults(reader.page):
            yield f"{visit.path} in {language} at {view['width']}: {problem}"
    if visit.status == 200:
        yield from (f"{visit.path}: {complaint}" for complaint in complaints)


def _listen(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
