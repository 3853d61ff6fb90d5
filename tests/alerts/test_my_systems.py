"""The page "My systems", what it changes on other pages, and that nobody else is shown what is on it."""

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import select

from tests import factories
from tests.alerts.test_matching import told, watches
from tests.portal import PortalClient
from warp_hub import audit, db
from warp_hub.advisories.models import Advisory
from warp_hub.alerts import choices
from warp_hub.alerts.choices import Choice
from warp_hub.alerts.models import AtOnce
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing.models import Severity

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TICKED = {"of_firewalls": ["ivanti-connect-secure"]}


def text(page: object) -> str:
    return " ".join(page.get_text(" ", strip=True).split())  # type: ignore[attr-defined]


def test_somebody_ticks_types_and_saves_and_the_list_is_as_they_left_it(signed_in) -> None:
    warp = factories.warp()
    told("Pulse Secure: install 9.1", severity=Severity.ACT_TODAY)
    told("Quiet week", severity=Severity.ACT_TODAY)
    browser = signed_in(factories.member(warp))
    page = browser.get_page("/account/interests")
    assert "yours alone" in text(page)
    assert "90 seconds" in text(page)
    assert len(page.select("input[name^=of_]")) == 60
    saved = browser.post_form(
        "/account/interests",
        button="Save",
        typed="Hornbill\nCitrix ADC",
        topics=["phishing"],
        floor="This week",
        **TICKED,
    )
    assert "1 warning matches it" in text(saved)
    page = browser.get_page("/account/interests")
    ticked = {box["value"] for box in page.select("input[checked]")}
    assert ticked == {"ivanti-connect-secure", "citrix-netscaler", "phishing", "This week"}
    assert page.select_one("textarea").get_text(strip=True) == "Hornbill"


def test_a_word_that_tells_nothing_is_refused_and_nothing_typed_is_lost(signed_in) -> None:
    browser = signed_in(factories.member(factories.warp()))
    page = browser.post_form("/account/interests", button="Save", typed="Hornbill\nthe server", **TICKED, status=422)
    assert page.title.get_text().startswith("Error:")
    assert "“the server” is in too many warnings" in text(page)
    assert "Hornbill" in page.select_one("textarea").get_text()
    assert page.select_one("input[value=ivanti-connect-secure]").has_attr("checked")


def test_only_who_leads_an_organisation_fills_in_its_list_after_a_full_sign_in(signed_in) -> None:
    warp = factories.warp()
    council = factories.organisation(warp)
    lead, officer = factories.person(council, lead=True), factories.person(council)
    item = told("Pulse Secure: install 9.1")
    db.session.add(
        Advisory(id=item.id, stix_id="report--1", body={}, to_do={}, links=[], received_at=NOW, modified=NOW)
    )
    db.session.commit()
    address = f"/account/interests/{council.id}"
    browser = signed_in(lead)
    assert council.name in text(browser.get_page("/account/interests"))
    browser.post_form(address, button="Save", **TICKED)
    page = text(signed_in(officer).get_page(f"/advisories/{item.id}"))
    assert "Matches Ivanti Connect Secure (formerly Pulse) in your organisation’s systems" in page
    signed_in(officer).get_page(address, status=404)
    signed_in(factories.coordinator(warp, at=factories.organisation(warp))).get_page(address, status=404)
    assert council.name not in text(signed_in(lead, Proof.MAILBOX).get_page("/account/interests"))
    assert signed_in(lead, Proof.MAILBOX).get(address).status_code == 302


@pytest.mark.parametrize("proof", [Proof.FULL, Proof.MAILBOX])
def test_home_puts_what_matches_first_and_the_rest_under_everything_else(signed_in, proof: Proof) -> None:
    person = factories.member(factories.warp())
    told("PaperCut: install 23", severity=Severity.ACT_TODAY)
    told("Pulse Secure: install 9.1", severity=Severity.FOR_INFORMATION)
    browser: PortalClient = signed_in(person, proof)
    page = text(browser.get_page("/"))
    assert "Tell us what you run" in page
    assert page.index("New for you") < page.index("PaperCut") < page.index("Pulse Secure")
    watches(person, products=frozenset({"ivanti-connect-secure"}))
    page = text(browser.get_page("/"))
    assert "Tell us what you run" not in page
    assert page.index("Pulse Secure") < page.index("Everything else") < page.index("PaperCut")
    assert "Matches Ivanti Connect Secure (formerly Pulse) in your systems" in page


def test_nobody_else_meets_what_is_on_a_list_on_any_page_and_no_row_of_the_audit_holds_it(signed_in) -> None:
    warp = factories.warp()
    council = factories.organisation(warp)
    lead, officer = factories.person(council, lead=True), factories.person(council)
    watches(lead, typed=("zq7secretsystem",), products=frozenset({"unit4-erp"}))
    told("Zq7secretsystem and Agresso fall over", severity=Severity.THIS_WEEK)
    for other in (officer, factories.member(warp), factories.coordinator(warp, at=council)):
        browser = signed_in(other)
        for address in ("/", "/account", "/account/interests", "/advisories", "/members", "/desk", "/search?q=unit4"):
            page = browser.get(address).get_data(as_text=True)
            assert "zq7secretsystem" not in page
            assert "Matches" not in page
    assert "zq7secretsystem" in signed_in(lead).get("/").get_data(as_text=True)
    assert "zq7" not in str(db.session.execute(select(audit.Audit.action, audit.Audit.detail)).all())


def test_get_fewer_mails_asks_of_what_how_often_and_when_and_refuses_half_a_night(signed_in) -> None:
    person = factories.member(factories.warp())
    browser = signed_in(person)
    night = {"quiet_from": "22:00", "quiet_until": "07:00", "may_wake": "y"}
    said = {"at_once": "mine", "from_severity": "This week", "most_a_week": "2"}
    browser.post_form("/digests/settings", button="Save", **said, **night)
    assert choices.choice_of(person.id) == Choice(
        of_what=AtOnce.MINE,
        from_severity=Severity.THIS_WEEK,
        most_a_week=2,
        quiet_from=time(22),
        quiet_until=time(7),
        may_wake=True,
    )
    page = browser.post_form("/digests/settings", button="Save", **{**said, "most_a_week": "0"}, quiet_from="")
    assert "Enter both times, or neither" in text(page)
    assert "Enter a whole number from 1 to 50" in text(page)
    assert choices.choice_of(person.id).most_a_week == 2
