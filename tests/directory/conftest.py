"""Two WARPs with their people, of whom some show themselves."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub import db
from warp_hub.memberships.directory_models import Profile
from warp_hub.memberships.models import MembershipKind, Organisation, Person, Warp, WarpKind

__all__ = ["browser", "portal", "signed_in"]
PHONE, ROLE, HELP = "01632 960 777", "Information security officer", "moving to passkeys"


@dataclass
class Town:
    """Midshire with Ashcombe and a supplier, run by Priya and Grace; Westmarch with Larkhaven, run by Ffion."""

    midshire: Warp = field(default_factory=lambda: factories.warp(slug="midshire"))
    westmarch: Warp = field(default_factory=lambda: factories.warp("Westmarch", slug="westmarch"))

    def __post_init__(self) -> None:
        self.ashcombe, self.larkhaven = factories.organisation(self.midshire), factories.organisation(self.westmarch)
        self.supplier = factories.organisation(self.midshire, kind=MembershipKind.ASSOCIATE)
        for body, name in ((self.ashcombe, "Ashcombe Council"), (self.larkhaven, "Larkhaven Council")):
            body.name = name
        self.supplier.name = "Brightwater Ltd"
        self.sam = factories.person(self.ashcombe, lead=True, name="Sam Hartley", email="sam@ashcombe.example")
        self.tom = factories.person(self.ashcombe, name="Tom Fielding", email="tom@ashcombe.example")
        self.declan = factories.person(self.supplier, name="Declan Byrne")
        self.owen = factories.person(self.larkhaven, lead=True, name="Owen Pritchard")
        self.priya = factories.coordinator(self.midshire, name="Priya Shah")
        self.grace = factories.coordinator(self.midshire, name="Grace Okafor")
        self.ffion = factories.coordinator(self.westmarch, name="Ffion Morgan")

    def national(self) -> Person:
        """Return somebody of the national team."""
        team = factories.warp("National", slug="national", kind=WarpKind.NATIONAL)
        return factories.coordinator(team, name="Marcus Lockwood")

    def has_domain(self, body: Organisation, domain: str) -> None:
        """Note that a domain is an organisation's."""
        from warp_hub.memberships.organisations import add_domain

        add_domain(body, domain)
        db.session.commit()


def shows(person: Person, *what: str, **said: str) -> None:
    """Let a person show these fields."""
    chosen = {f"shows_{name}": name in what for name in ("name", "role", "telephone", "email", "help")}
    told = {"role": ROLE, "telephone": PHONE, "can_help_with": HELP, **said}
    db.session.merge(Profile(person_id=person.id, **told, **chosen))
    db.session.commit()


def send(browser: Any, path: str, **fields: Any) -> Any:
    """Post fields as a page's form would, and whatever else; return the plain answer."""
    if not hasattr(browser, "token"):
        browser.token = browser.get_page("/account/profile").select_one('input[name="csrf_token"]')["value"]
    return browser.post(path, data={"csrf_token": browser.token, **fields}, headers={"Origin": "http://localhost"})


def words(page: Any) -> str:
    return " ".join(page.get_text(" ", strip=True).split())


def fresh(of: Any) -> Any:
    """Return a row as it stands now."""
    db.session.rollback()
    db.session.refresh(of)
    return of


@pytest.fixture
def town(database: object) -> Town:
    made = Town()
    db.session.commit()
    return made
