"""A WARP with key holders, the one who reports, another member, and a way to go from screen to screen."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests import factories
from tests.page_client import filled_in, find_form, parse
from tests.portal import PortalClient, browser, portal, signed_in
from warp_hub import clock, db
from warp_hub.custody import holders, wrapping
from warp_hub.custody.promises import Promise
from warp_hub.custody.wrapping import Limits
from warp_hub.incidents import filing, places
from warp_hub.incidents.filing import Answers
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.memberships.models import Organisation, OrganisationDomain, Person, Warp
from warp_hub.sharing.visibility import house_read

__all__ = ["browser", "portal", "signed_in"]

# Who reports; none of these may be found where it does not belong.
NAME, EMAIL = "Zephyrine Quillfeather", "z.quillfeather@wexcombe.gov.uk"
COUNCIL, SHORT, DOMAIN, HOST = "Wexcombe Borough Council", "WXBC", "wexcombe.gov.uk", "wexdc01.corp.local"
CANARIES = (NAME, EMAIL, COUNCIL, SHORT, DOMAIN, HOST, "Quillfeather", "Wexcombe", "wexdc01")
# Four letters stand in some token of some letter by chance: they count as a word of their own.
_WORDS = (rf"\b{SHORT}\b" if canary == SHORT else re.escape(canary) for canary in CANARIES)
_SOUGHT = re.compile("|".join(_WORDS), re.IGNORECASE)
TEXTS = {
    "what": "Someone rang the help desk and had a password reset. They came back at night.",
    "noticed": "A colleague saw rules in a mailbox that nobody had made.",
    "impact": "Two mailboxes were read.",
    "helped": "We ended all sessions and asked for a second step again.",
}


def canaries_in(said: str) -> set[str]:
    """Return what a text tells of who reported."""
    return set(_SOUGHT.findall(said))


@pytest.fixture(autouse=True)
def _light_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrap keys at a cost that tests can bear."""
    monkeypatch.setattr(wrapping, "limits", Limits(effort=1, memory=8192))


@dataclass
class Village:
    """A WARP, its people, and what lies on its desk."""

    warp: Warp = field(default_factory=lambda: factories.warp())
    council: Organisation = field(init=False)
    reporter: Person = field(init=False)
    other: Person = field(init=False)
    coordinator: Person = field(init=False)

    def __post_init__(self) -> None:
        self.council = factories.organisation(self.warp)
        self.council.name, self.council.short_name = COUNCIL, SHORT
        db.session.add(OrganisationDomain(organisation_id=self.council.id, domain=DOMAIN))
        db.session.commit()
        self.reporter = factories.person(self.council, lead=True, name=NAME, email=EMAIL)
        self.other = factories.member(self.warp)
        self.coordinator = factories.coordinator(self.warp)

    def gain_key_holders(self) -> "Village":
        """Let the WARP have what it takes to not show a name."""
        for person in (self.coordinator, factories.coordinator(self.warp)):
            holders.make_key(person.id, "seven otters paint the harbour")
        db.session.commit()
        return self

    def file(self, promise: Promise = Promise.ANONYMISED, at: datetime | None = None, **given: Any) -> Report:
        """Put a report on the desk as its reporter would; return it."""
        (place,) = places.places_of(self.reporter.id)
        before = {report.record_id for report in self.reports()}
        answers = Answers(promise=promise, texts={**TEXTS, "what": given.pop("what", TEXTS["what"])}, **given)
        filing.file_report(answers, place, filing.new_sending(), at or clock.now())
        db.session.commit()
        (made,) = [report for report in self.reports() if report.record_id not in before]
        return made

    def approved(self, promise: Promise = Promise.ANONYMISED, at: datetime | None = None, **given: Any) -> Report:
        """Put a report on the desk and let it go; return it."""
        report = self.file(promise, at, **given)
        report.state = ReportState.APPROVED
        db.session.commit()
        return report

    def reports(self) -> list[Report]:
        """Return what lies on the desk."""
        asked = house_read(select(Report).where(Report.keeper == self.warp.id), "test")
        return list(db.session.scalars(asked.execution_options(populate_existing=True)))


@pytest.fixture
def village(database: object) -> Village:
    """Lend a WARP that can keep records of who sent a report."""
    return Village().gain_key_holders()


@dataclass
class Teller:
    """Somebody who goes from screen to screen."""

    browser: PortalClient
    path: str = "/report"
    page: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.browser.get_page(self.path)

    @property
    def heading(self) -> str:
        """Return the heading of the page."""
        return self.page.h1.get_text(strip=True) if self.page.h1 else ""

    @property
    def text(self) -> str:
        """Return what the page says."""
        return " ".join(self.page.get_text(" ", strip=True).split())

    def sends(self, button: str = "Continue", **answers: str) -> dict[str, str]:
        """Return what pressing a button would send."""
        return {**dict(filled_in(find_form(self.page, button), button)), **answers}

    def press(self, button: str = "Continue", **answers: str) -> "Teller":
        """Fill in some fields and press a button."""
        self.answer = self.browser.post(
            self.path, data=self.sends(button, **answers), headers={"Origin": "http://localhost"}, follow_redirects=True
        )
        assert self.answer.status_code == 200, self.answer.status_code
        self.page = parse(self.answer.get_data(as_text=True))
        return self

    def tell(self, promise: Promise = Promise.ANONYMISED, indicators: str = "", **texts: str) -> "Teller":
        """Go from the first screen to what members will see."""
        self.press().press(promise=promise.value).press(**{**TEXTS, **texts})
        return self.press(indicators=indicators)


def one(rows: list[Any]) -> Any:
    """Return the only one of something."""
    (found,) = rows
    return found


def ids(reports: list[Report]) -> set[UUID]:
    """Return the ids of reports."""
    return {report.record_id for report in reports}
