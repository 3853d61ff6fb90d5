"""Nothing gets out unseen: a new page, letter, outlet, marking, viewer or field without a row fails the build."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.leaks.throwaway import hub
from warp_hub import config
from warp_hub.advisories.models import Advisory, Note
from warp_hub.jobs.letters import LETTERS
from warp_hub.proof import (
    addresses,
    expected,
    expected_files,
    expected_letters,
    expected_rooms,
    expected_search,
    judging,
    outlets,
    parts,
    places,
    plans,
)
from warp_hub.proof.cast import VIEWERS
from warp_hub.proof.expected import table
from warp_hub.proof.planted import Garden
from warp_hub.proof.searching import Register
from warp_hub.sharing.models import Item, ItemKind, ItemVersion
from warp_hub.tlp import Marking, Outlet

TABLES = {
    expected: ("PAGES", "BEHIND", "DESK", "QUEUE", "PUBLIC"),
    expected_files: ("FILES",),
    expected_search: ("SEARCHED",),
    places: ("FEEDS",),
    expected_rooms: ("PAGES", "DESK", "FILES", "SEARCHED", "DIGEST_OF_HERE", "LETTERS", "NOTICES"),
    expected_letters: ("DIGEST_OF_HERE", "LETTERS", "NOTICES", "TOLD_AT_ONCE"),
}


@pytest.fixture(scope="module")
def app(hub_settings: object) -> Iterator[Flask]:
    """Return the app with every page it can have, those of the demonstration too."""
    with hub(demo=True) as made:
        yield made


def _without_a_row(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()} - set(outlets.PAGES)


def test_every_page_has_a_row(app: Flask) -> None:
    assert _without_a_row(app) == set()
    assert set(outlets.PAGES) - {rule.endpoint for rule in app.url_map.iter_rules()} == set()


def test_a_new_page_without_a_row_would_fail(app: Flask) -> None:
    other = Flask("other", static_folder=None)
    for rule in app.url_map.iter_rules():
        other.add_url_rule(f"/copy{rule.rule}", rule.endpoint, lambda **_given: "", methods=list(rule.methods or ()))
    other.add_url_rule("/advisories/newest.rss", "advisories.feed", lambda: "")
    assert _without_a_row(other) == {"advisories.feed"}


def test_every_page_that_is_read_has_a_kind_the_matrix_knows(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        page = outlets.PAGES[rule.endpoint]
        assert page.kind in judging.ALLOWED, rule.endpoint
        assert page.kind != "change" or "GET" not in (rule.methods or ()), f"{rule.endpoint} can be read"
        assert set(page.enters) <= set(VIEWERS)


def test_whom_a_page_lets_in_is_whom_its_view_admits(app: Flask) -> None:
    """Where the hand-written letters and the view's own word differ, one of them is wrong."""
    letters = {
        "public": outlets.EVERYONE,
        "demo": outlets.EVERYONE,
        "signed-in": outlets.SIGNED_IN,
        "coordinator": outlets.COORDINATORS,
        "full": outlets.FULLY,
        "token": outlets.TOOLS,
    }
    for endpoint, page in outlets.PAGES.items():
        kind = app.view_functions[endpoint].__dict__.get("__audience__")
        if page.kind in ("item", "list", "desk", "queue", "at desk", "letter", "file", "values"):
            assert set(page.enters) <= set(letters[kind]), endpoint


def test_every_argument_of_an_address_can_be_filled_in(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        named = set(rule.arguments) - set(addresses.ids_in(rule))
        assert named <= set(addresses.FITTING), f"{rule.rule}: say in FITTING what to try"


def test_every_kind_of_letter_has_a_row() -> None:
    assert set(outlets.LETTERS) == set(LETTERS)
    assert set(outlets.LETTERS.values()) <= {"text", "desk", "nothing"}


def test_every_outlet_has_a_row_that_names_what_serves_it(app: Flask) -> None:
    assert set(outlets.OUTLETS) == set(Outlet)
    served = {by for by in outlets.OUTLETS.values() if by}
    assert served <= set(outlets.PAGES) | set(outlets.LETTERS)


def test_an_outlet_that_nothing_serves_is_used_by_nothing() -> None:
    """The day somebody reads through SEARCH, FILE or TAXII, its row must say so."""
    used = {name for name in Outlet.__members__ if any(f"Outlet.{name}" in text for text in _sources())}
    unserved = {outlet.name for outlet, by in outlets.OUTLETS.items() if not by}
    assert used & unserved == set()


def _sources() -> Iterator[str]:
    rule = ("tlp.py", "/sharing/", "/proof/", "/operations/explaining.py", "/pages/labels.py")  # they only name them
    package = config.__file__.removesuffix("config.py")
    for path in Path(package).rglob("*.py"):
        if not any(name in path.as_posix() for name in rule):
            yield path.read_text()


def test_every_table_has_every_viewer_and_no_row_that_is_not_planted() -> None:
    for text, name in ((getattr(module, name), name) for module, names in TABLES.items() for name in names):
        assert text.split("\n")[1].split() == list(VIEWERS), name
        assert set(table(text)) <= set(judging.ROWS), name
    assert set(judging.ON_DESKS) == set(judging.ROWS)


def test_every_plan_has_its_row_and_every_state_every_marking_it_can_have() -> None:
    states = {row.partition(" ")[2] for row in judging.WARNINGS}
    assert states == set(plans.STATES)
    assert {row.partition(" ")[2] for row in judging.OF_ROOMS} == set(plans.IN_ROOMS)
    assert set(judging.STANDING_BEHIND) == set(plans.BEHIND)
    for state in ("published", "waiting", "early notice", "lifted", "withdrawn"):
        markings = {row.partition(" ")[0] for row in judging.WARNINGS if row.partition(" ")[2] == state}
        assert markings == {marking.removeprefix("TLP:") for marking in Marking}, state


def test_every_field_of_an_item_that_holds_words_has_a_canary() -> None:
    register = Register()
    garden = Garden(cast=None, register=register)  # type: ignore[arg-type]
    held = parts.item(plans.plan_of("RED held"), "RED held", _canaries(garden))
    for column in Item.__table__.columns:
        if _holds_words(column) and column.name not in ("kind", "marking", "severity", "pap"):
            assert "zq7" in str(getattr(held, column.name)), column.name


@pytest.mark.parametrize("mapped", [Advisory, Note, ItemVersion])
def test_every_field_of_a_part_that_holds_words_has_a_canary(mapped: type[Any]) -> None:
    source = inspect.getsource(parts)
    for column in mapped.__table__.columns:
        if _holds_words(column) and column.name not in ("stix_id", "marking"):
            assert f"canary('{column.name}" in source or f'canary("{column.name}' in source or _inside(source, column)


def _inside(source: str, column: Any) -> bool:
    words = {"links": "link name", "text": "note", "html": "note html"}
    return f"canary('{words.get(column.name)}')" in source or f'canary("{words.get(column.name)}")' in source


def _holds_words(column: Any) -> bool:
    return type(column.type).__name__ in ("Text", "String", "Enum", "JSONB", "LargeBinary")


def _canaries(garden: Garden) -> parts.Canary:
    return lambda of_field: garden.register.new("RED held", of_field)


def test_every_kind_of_item_that_the_hub_makes_is_planted() -> None:
    not_yet = {ItemKind.MEETING_PAPER}
    planted = (*plans.STATES.values(), *plans.BEHIND.values(), *plans.IN_ROOMS.values())
    assert {plan.kind for plan in planted} == set(ItemKind) - not_yet
    creating = {kind for kind in not_yet if any(f"kind=ItemKind.{kind.name}" in text for text in _sources())}
    assert creating == set()


def test_the_pages_of_the_demonstration_are_not_there_otherwise(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("demo.")}
    with hub() as plain:
        assert [rule.rule for rule in plain.url_map.iter_rules() if "demo" in rule.rule] == []


def test_every_view_says_for_whom_it_is(app: Flask) -> None:
    undeclared = [name for name, view in app.view_functions.items() if not hasattr(view, "__audience__")]
    assert undeclared == []
