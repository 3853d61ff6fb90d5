"""From the public page to an application that is sent: in pieces, by a link, the same for every address."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, func, select

from tests import factories
from tests.joining.conftest import TOLD, answer_requests, link_in, now, sent, words, written
from tests.page_client import check_letter
from warp_hub import clock, db
from warp_hub.joining import requests
from warp_hub.mail import Letter, links
from warp_hub.memberships import applications, warps
from warp_hub.memberships.application_models import Application, ApplicationRequest, ApplicationState

MEI = "mei@fernhollow.gov.uk"


def _begun(portal, browser, warp, email: str = MEI):
    """Ask for a link, open it, press the button; return the list of tasks."""
    browser.post_form(f"/apply?warp={warp.slug}", email=email)
    answer_requests()
    browser.get(link_in(written(portal, "application_link")))
    return browser.post_form("/apply/open")


def test_from_the_public_page_to_an_application_that_is_sent(portal, browser, midshire, priya) -> None:
    factories.coordinator(midshire, email="boss@fernhollow.gov.uk")  # it is about their own organisation
    priya_id = priya.id
    public = browser.get_page(f"/warps/{midshire.slug}")
    apply = public.find("a", string="Apply to join")["href"]
    page = browser.post_form(apply, email=MEI)
    assert f"A letter with a link is on its way to {MEI}" in words(page)
    answer_requests()
    letter = written(portal, "application_link")
    check_letter(letter.html, "application_link")
    assert letter.subject.startswith("Your application to Midshire WARP / ")

    assert "Continue as m•••@fernhollow.gov.uk" in words(browser.get_page(link_in(letter)))
    assert now(db.session.scalars(select(Application)).one()).confirmed_at is None
    tasks = browser.post_form("/apply/open")
    assert "Cannot start yet" in words(tasks)
    for question, typed in (
        ("name", "Mei Zhang"),
        ("job", "Security manager"),
        ("language", "cy"),
        ("organisation", "Fernhollow Town Council"),
        ("kind", "full"),
        ("reason", "Our neighbours\nare members."),
    ):
        tasks = browser.post_form(f"/apply/tasks/{question}", "Save", answer=typed)
    assert "Cannot start yet" not in words(tasks)
    check = browser.get_page("/apply/check")
    assert "Fernhollow Town Council" in words(check)
    assert "Cymraeg" in words(check)
    done = browser.post_form("/apply/check", "Send to Midshire WARP")
    assert "Application sent" in words(done)
    kept = now(db.session.scalars(select(Application)).one())
    assert (kept.state, kept.language, kept.name) == (ApplicationState.SENT, "cy", "Mei Zhang")
    told = written(portal, "application_came")
    check_letter(told.html, "application_came")
    assert f"/desk/applications/{kept.id}" in told.text
    assert db.session.scalars(select(Letter.person_id).where(Letter.kind == "application_came")).all() == [priya_id]
    assert browser.get("/apply/tasks/name").status_code == 303  # what is sent cannot be changed any more


def test_an_address_that_is_known_gets_the_same_answer_and_the_same_letter(portal, browser, midshire) -> None:
    factories.member(midshire, email="sam@leeds.gov.uk")
    sent(midshire, "ann@york.gov.uk")
    browser.post_form(f"/apply?warp={midshire.slug}", email="first@from.here.gov.uk")  # the place is known from now on
    answer_requests()
    pages, rows = [], []
    for address in ("sam@leeds.gov.uk", "ann@york.gov.uk", "nobody@otley.gov.uk"):
        with counted() as statements:
            page = browser.post_form(f"/apply?warp={midshire.slug}", email=address)
        pages.append(words(page.select_one("main")).replace(address, "X"))
        rows.append(statements)
        assert db.session.scalar(select(func.count()).select_from(ApplicationRequest)) == 1
        answer_requests()
        assert written(portal, "application_link").text.count("/apply/open?link=") == 2
    assert len(set(pages)) == 1
    assert rows[0] == rows[1] == rows[2]


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note the statements that are sent to the database, without their values."""
    sent_there: list[str] = []

    def note(_connection, _cursor, statement, *_others) -> None:
        sent_there.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent_there
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_what_cannot_be_an_address_is_refused_and_kept_in_the_form(browser, midshire) -> None:
    for typed in ("x@lеeds.gov.uk", "x@xn--leds-43d.gov.uk", "x@leeds", "not an address"):
        page = browser.post_form(f"/apply?warp={midshire.slug}", email=typed, status=422)
        assert page.select_one('[name="email"]')["value"] == typed
    assert db.session.scalar(select(func.count()).select_from(ApplicationRequest)) == 0


def test_one_place_cannot_have_letters_sent_without_end(browser, midshire) -> None:
    with db.acting("web"):
        for number in range(30):
            requests.ask(midshire.id, f"somebody{number}@leeds.gov.uk", "127.0.0.1")
        db.session.commit()
    page = browser.post_form(f"/apply?warp={midshire.slug}", email=MEI, status=429)
    assert "Too many tries" in words(page)
    before = db.session.scalar(select(func.count()).select_from(ApplicationRequest))
    with db.acting("web"):
        for _ in range(4):
            requests.ask(midshire.id, MEI, "192.0.2.9")  # to one address: three letters, no word about the fourth
        db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(ApplicationRequest)) == before + 3


def test_one_stops_and_comes_back_by_the_link_and_another_browser_sees_nothing(portal, browser, midshire) -> None:
    _begun(portal, browser, midshire)
    browser.post_form("/apply/tasks/organisation", "Save", answer="Fernhollow Town Council")
    link = link_in(written(portal, "application_link"))
    browser.post_form("/apply/tasks", "Stop for now")
    assert browser.get("/apply/tasks").location == "/apply"
    other = portal.test_client()
    assert other.get("/apply/tasks/organisation").location == "/apply"
    other.get(link)
    other.post_form("/apply/open")
    page = other.get_page("/apply/tasks/organisation")
    assert page.select_one('[name="answer"]')["value"] == "Fernhollow Town Council"
    again = _begun(portal, browser, midshire)  # asked for once more: the same application
    assert words(again).count("Completed") == 1
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1


def test_what_is_not_sent_is_removed_after_30_days_and_its_link_is_over(portal, browser, midshire) -> None:
    _begun(portal, browser, midshire)
    link = link_in(written(portal, "application_link"))
    waits = sent(midshire, "ann@york.gov.uk")
    with clock.at(clock.now() + timedelta(days=29)):
        assert applications.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert applications.forget_old() == 1
        db.session.commit()
    assert db.session.scalars(select(Application.id)).all() == [waits.id]
    browser.get(link)
    assert browser.get("/apply/open").status_code == 410
    assert browser.get("/apply/tasks").location == "/apply"


def test_a_forged_link_and_one_for_something_else_lead_nowhere(browser, midshire) -> None:
    application = sent(midshire)
    for token in ("nonsense", links.sign("open", application.id), links.sign("apply", midshire.id)):
        browser.get(f"/apply/open?link={token}")
        assert browser.get("/apply/open").status_code == 410


def test_nothing_is_sent_without_a_proved_mailbox_or_with_something_missing(midshire) -> None:
    application = applications.begin(MEI, midshire.id)
    applications.save(application.id, **TOLD)
    with pytest.raises(applications.NotComplete):
        applications.send(application.id)
    applications.confirm(application)
    applications.save(application.id, why="")
    with pytest.raises(applications.NotComplete):
        applications.send(application.id)


def test_a_warp_that_takes_no_applications_offers_none(browser, midshire) -> None:
    other = factories.warp("Westmarch", settings={"costs": {"en": "Free for public bodies."}})
    warps.change_settings(midshire, takes_applications=False)
    db.session.commit()
    assert not browser.get_page(f"/warps/{midshire.slug}").find("a", string="Apply to join")
    assert "Free for public bodies." in words(browser.get_page(f"/warps/{other.slug}"))
    page = words(browser.get_page(f"/apply?warp={midshire.slug}").select_one("main"))
    assert "Westmarch" in page
    assert "Midshire" not in page
