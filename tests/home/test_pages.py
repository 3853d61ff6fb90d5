"""The first page, the account page, a WARP's public page, and the pages that explain."""

import re
from datetime import timedelta

import pytest

from tests import factories
from warp_hub import clock, db
from warp_hub.discussions import asking, speaking
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.asking import Asked
from warp_hub.memberships.models import State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import ItemKind, Severity
from warp_hub.tlp import Marking
from warp_hub.training import bookings, organising
from warp_hub.training.models import OpenTo, SessionKind
from warp_hub.training.organising import Details


@pytest.mark.parametrize(
    "path", ["/", "/privacy", "/cookies", "/help", "/handling", "/accessibility-statement", "/sign-in", "/demo"]
)
def test_anyone_may_read_the_pages_that_explain(browser, path: str) -> None:
    if path == "/demo":
        from warp_hub.demo.views import PERSONAS

        for slug in PERSONAS:
            factories.person(email=f"{slug}@demo.example")
    assert browser.get_page(path).find("h1")


def test_a_member_sees_what_is_new_most_urgent_first(signed_in) -> None:
    warp = factories.warp()
    factories.item(Marking.GREEN, title="Read some time", severity=Severity.FOR_INFORMATION)
    factories.item(Marking.AMBER, title="For Midshire at once", to=[warp], severity=Severity.ACT_TODAY)
    factories.item(Marking.AMBER, title="For others", to=[factories.warp("Westmarch")])
    page = signed_in(factories.member(warp, name="Sam Hartley")).get_page("/").get_text(" ", strip=True)
    assert ", Sam" in page
    assert page.index("For Midshire at once") < page.index("Read some time")
    assert "For others" not in page


def test_a_reader_by_mail_sees_green_and_is_told_calmly_that_there_is_more(signed_in) -> None:
    warp = factories.warp()
    factories.item(Marking.GREEN, title="Green for all")
    factories.item(Marking.AMBER, title="Amber for Midshire", to=[warp])
    page = signed_in(factories.member(warp), Proof.MAILBOX).get_page("/").get_text(" ", strip=True)
    assert "Green for all" in page
    assert "Amber for Midshire" not in page
    assert "sign in with a second step" in page


def test_who_belongs_nowhere_is_told_why_there_is_so_little(signed_in) -> None:
    warp = factories.warp()
    lapsed = factories.person(factories.organisation(warp, state=State.LAPSED))
    page = signed_in(lapsed).get_page("/").get_text(" ", strip=True)
    assert "You do not belong to a WARP at the moment" in page
    assert "second step" not in page
    member = signed_in(factories.member(warp)).get_page("/").get_text(" ", strip=True)
    assert "You do not belong" not in member


def _training(warp, person) -> None:
    starts = clock.now() + timedelta(days=3)
    said = Details("Ransomware exercise", SessionKind.EXERCISE, starts, starts + timedelta(hours=1), {"en": "Come."})
    viewer = viewer_of(person.id, Proof.FULL)
    made = organising.announce(said, warp, Marking.GREEN, OpenTo.OWN, viewer_of(_coordinator(warp).id, Proof.FULL))
    db.session.commit()
    bookings.book(made.id, viewer)
    db.session.commit()


def _coordinator(warp):
    return factories.coordinator(warp, at=factories.organisation(warp))


def _asks(person, title: str) -> None:
    viewer = viewer_of(person.id, Proof.FULL)
    with db.acting("web"):
        db.enter(viewer.settings())
        asking.ask(Asked(title, "Who has done it?", addresses_for(viewer)[0], speaking.speaker_of(person.id)), viewer)
        db.session.commit()
        db.leave()


def test_incidents_are_new_as_warnings_are_and_each_leads_to_its_own_page(signed_in) -> None:
    warp = factories.warp()
    warning = factories.item(Marking.GREEN, title="A warning")
    incident = factories.item(
        Marking.AMBER, title="What happened to a council", to=[warp], kind=ItemKind.SHARED_INCIDENT, severity=None
    )
    factories.item(Marking.GREEN, title="An old incident", kind=ItemKind.SHARED_INCIDENT, published=timedelta(days=-20))
    page = signed_in(factories.member(warp)).get_page("/")
    links = {link.get_text(strip=True): link["href"] for link in page.select("main a")}
    assert links["A warning"] == f"/advisories/{warning.id}"
    assert links["What happened to a council"] == f"/incidents/{incident.id}"
    assert page.get_text().index("Everything else") < page.get_text().index("An old incident")
    other = signed_in(factories.member(factories.warp("Westmarch"))).get_page("/").get_text()
    assert "What happened to a council" not in other


def test_what_is_coming_up_and_what_is_asked_stands_beside(signed_in) -> None:
    warp = factories.warp()
    sam = factories.member(warp)
    _training(warp, sam)
    for number in range(4):
        _asks(sam, f"Question number {number}?")
    beside = signed_in(sam).get_page("/").select_one(".govuk-grid-column-one-third").get_text(" ", strip=True)
    assert re.search(r"Booked\s+Ransomware exercise", beside)
    assert beside.count("Question number") == 3
    assert "Question number 0" not in beside
    assert "Ask a question" in beside
    by_mail = signed_in(sam, Proof.MAILBOX).get_page("/").get_text(" ", strip=True)
    assert "Ask a question" not in by_mail


def test_a_warps_public_page_shows_only_what_it_made_public(browser) -> None:
    warp = factories.warp(slug="midshire", settings={"about": {"en": "We help each other."}})
    factories.item(Marking.CLEAR, title="For everyone", is_public=True, passed_by=[warp.id])
    factories.item(Marking.CLEAR, title="Clear but not public", passed_by=[warp.id])
    factories.item(Marking.GREEN, title="For members", passed_by=[warp.id])
    page = browser.get_page("/warps/midshire").get_text(" ", strip=True)
    assert "We help each other." in page
    assert "For everyone" in page
    assert "Clear but not public" not in page
    assert "For members" not in page


def test_a_warp_that_does_not_exist_is_not_found(browser) -> None:
    browser.get_page("/warps/nowhere", status=404)


def test_the_account_page_says_where_one_belongs(signed_in) -> None:
    warp = factories.warp()
    person = factories.coordinator(warp, at=factories.organisation(warp))
    page = signed_in(person).get_page("/account").get_text(" ", strip=True)
    assert person.email in page
    assert f"Coordinator of {warp.name}" in page
    assert f"a member of {warp.name}" in page


def test_security_txt_names_a_contact_and_expires(browser) -> None:
    told = browser.get("/.well-known/security.txt").get_data(as_text=True)
    assert "Contact: mailto:" in told
    assert "Expires: 20" in told


def test_machines_are_told_whether_the_hub_lives_and_is_ready(browser) -> None:
    assert browser.get("/healthz").data == b"ok\n"
    assert browser.get("/readyz").data == b"ready\n"


def test_whats_waiting_is_for_coordinators_alone(signed_in) -> None:
    warp = factories.warp()
    signed_in(factories.member(warp)).get_page("/desk", status=404)
    page = signed_in(factories.coordinator(warp)).get_page("/desk").get_text(" ", strip=True)
    assert "Warnings to decide: nothing waits" in page
