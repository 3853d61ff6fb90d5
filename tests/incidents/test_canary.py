"""The reporter's name, address, organisation, domain and host: nowhere but where it was sealed.

An anonymised report is told with all of them in it, the suggestions are taken, and it goes its whole way. Then every
page of the others, every letter, every object for tools, the log and every row of the database are searched.
"""

import logging
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.database import connect
from tests.digests.post_room import PostRoom
from tests.incidents.conftest import (
    CANARIES,
    COUNCIL,
    DOMAIN,
    EMAIL,
    HOST,
    NAME,
    SHORT,
    Teller,
    Village,
    canaries_in,
    one,
)
from tests.incidents.test_filing import COUNTS
from tests.portal import PortalClient
from warp_hub import clock, db
from warp_hub.custody import moving
from warp_hub.db.roles import RoleUrls
from warp_hub.digests import runs
from warp_hub.incidents import release
from warp_hub.incidents.forms import CHECKLIST
from warp_hub.tlp import Marking

# Where a hub keeps who its people and members are, whatever they report.
DIRECTORY = {"public.person", "public.organisation", "public.organisation_domain"}
# Pages that list members and their people to coordinators, whatever anybody reports.
LISTS_OF_MEMBERS = r"/desk/(stand-in|applications|organisations|people|roles|renewals)|/members"
OF_NO_REPORT = (
    r"/(static|language|sign-out|demo|account|cookies|handling|help|privacy|accessibility|advisories|exports)"
)
NOT_READ = f"{LISTS_OF_MEMBERS}|{OF_NO_REPORT}"


def test_who_reported_is_nowhere_but_where_it_was_sealed(
    village: Village, signed_in: Any, portal: Flask, database: RoleUrls, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with clock.at(clock.now() - timedelta(days=9)):
        _tell(Teller(signed_in(village.reporter)))
        _tell_for_company(Teller(signed_in(village.other)))
        report = one([report for report in village.reports() if "[" in str(report.texts)])
        for waiting in village.reports():
            signed_in(village.coordinator).post_form(
                f"/desk/reports/{waiting.record_id}", "Approve", checked=list(CHECKLIST)
            )
        _move()
    assert not _found(_rows(database))
    _release_and_tell_all(village)

    for person in (village.other, village.coordinator, factories.member(factories.warp("Westmarch"))):
        for path, html in _every_page(signed_in(person), f"/incidents/{report.record_id}"):
            assert not canaries_in(html), f"{path} for {person.name}"
    with portal.app_context():
        letters = [told for told in PostRoom().deliver() if EMAIL not in str(told["To"])]
    assert letters
    assert not canaries_in("\n".join(map(_told_by, letters)))
    assert not _found(_rows(database))
    assert not canaries_in(caplog.text)
    _the_reporter_is_beside_the_report_no_more_than_anybody_else(village, str(report.record_id), _rows(database))


def _tell(teller: Teller) -> None:
    what = f"{COUNCIL} was called. {NAME} ({EMAIL}) saw it on {HOST}."
    teller.tell(what=what, noticed=f"{SHORT} saw it at {DOMAIN}.", indicators=f"evil[.]example\nwww.{DOMAIN}\n{HOST}")
    teller.press(**{"choose-all": "use", "marking": Marking.GREEN.value})
    assert teller.heading == "Check your answers", teller.text
    teller.press("Send to")


def _tell_for_company(teller: Teller) -> None:
    teller.tell().press().press("Send to")
    assert teller.heading == "Your report is sent"


def _move() -> None:
    with moving.as_custodian():
        assert moving.move() == 2
        db.session.commit()


def _release_and_tell_all(village: Village) -> None:
    assert release.release_due(clock.now()) == 2
    db.session.commit()
    people = dict.fromkeys((village.reporter.id, village.other.id, village.coordinator.id))
    runs.begin(village.warp.id, clock.now().date(), people, expires_at=clock.now() + timedelta(days=1), now=clock.now())
    db.session.commit()


def _told_by(letter: EmailMessage) -> str:
    """Return all that a letter says, as it lies in a mailbox and as a person reads it."""
    parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return "\n".join([letter.as_string(), *map(str, parts)])


def _every_page(browser: PortalClient, *also: str) -> list[tuple[str, str]]:
    """Return every page that this reader reaches by links."""
    waiting, known = ["/", "/incidents", "/report", "/search?q=evil", *also], set()
    found = []
    while waiting:
        path = waiting.pop()
        known.add(path)
        with db.acting("web"):  # every page is looked at closely by tests of its own
            answer = FlaskClient.open(browser, path, follow_redirects=True)
        html = answer.get_data(as_text=True)
        found.append((path, html))
        for link in re.findall(r'href="(/[^"#]*)', html) if answer.mimetype == "text/html" else ():
            address = link.replace("&amp;", "&")
            if address not in known and not re.match(NOT_READ, address):
                known.add(address)
                waiting.append(address)
    assert len(found) > 10
    return found


def _rows(urls: RoleUrls) -> dict[str, list[str]]:
    with connect(urls.owner) as owner:
        names = [str(row[0]) for row in owner.execute(COUNTS).fetchall()]
        rows = {name: owner.execute(f"SELECT t::text FROM {name} AS t").fetchall() for name in names}  # type: ignore[call-overload]
    return {name: [str(row[0]) for row in found] for name, found in rows.items()}


def _found(rows: dict[str, list[str]]) -> list[str]:
    told = [(name, row) for name, found in rows.items() if name not in DIRECTORY for row in found]
    hexed = {canary: canary.encode().hex() for canary in CANARIES}
    return [f"{canary} in {name}" for name, row in told for canary in CANARIES if canary in row or hexed[canary] in row]


def _the_reporter_is_beside_the_report_no_more_than_anybody_else(
    village: Village, record_id: str, rows: dict[str, list[str]]
) -> None:
    def beside(who: str) -> list[str]:
        return sorted(name for name, found in rows.items() for row in found if record_id in row and who in row)

    assert beside(str(village.reporter.id)) == beside(str(village.other.id))
    assert beside(str(village.council.id)) == []
