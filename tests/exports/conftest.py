"""Tools with tokens, and items with values to block."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub import clock, db
from warp_hub.memberships import tokens
from warp_hub.memberships.models import Person, Warp
from warp_hub.sharing.models import Indicator, Item
from warp_hub.tlp import Marking

__all__ = ["browser", "portal", "signed_in"]
LIST = "/exports/indicators.txt"


@pytest.fixture
def midshire(database: object) -> Warp:
    return factories.warp()


@pytest.fixture
def sam(midshire: Warp) -> Person:
    return factories.member(midshire, email="sam.lee@testham.example", name="Sam Lee")


def minted(person: Person, ceiling: Marking = tokens.HIGHEST, name: str = "firewall", **given: Any) -> str:
    secret = tokens.mint(person.id, name, ceiling, clock.now() + given.pop("lives", tokens.LIVES))
    db.session.commit()
    return secret


def header(email: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{email}:{secret}".encode()).decode()}


def with_values(marking: Marking = Marking.GREEN, *values: str, kind: str = "domain", **given: Any) -> Item:
    """Return an item with these values to look for."""
    made = factories.item(marking, **given)
    db.session.add_all(Indicator(item_id=made.id, kind=kind, value=value) for value in values)
    db.session.commit()
    return made


@pytest.fixture
def fetch(browser: Any) -> Callable[..., TestResponse]:
    """Lend a tool that fetches as whoever's token it has."""

    def ask(person: Person, secret: str | None = None, **query: Any) -> TestResponse:
        answer: TestResponse = browser.get(
            LIST, query_string=query, headers=header(person.email, secret or minted(person, name=f"t{clock.now()}"))
        )
        return answer

    return ask


def lines(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True).splitlines()
