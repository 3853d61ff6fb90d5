"""From the public page to an application that is sent: in pieces, by a link, the same for every address."""

from sqlalchemy import select

from tests.joining.conftest import answer_requests, link_in, now, words, written
from tests.page_client import check_letter
from warp_hub import db
from warp_hub.memberships.application_models import Application, ApplicationState

MEI = "mei@fernhollow.gov.uk"


def _begun(portal, browser, warp, email: str = MEI):
    """Ask for a link, open it, press the button; return the list of tasks."""
    browser.post_form(f"/apply?warp={warp.slug}", email=email)
    answer_requests()
    browser.get(link_in(written(portal, "application_link")))
    return browser.post_form("/apply/open")


def test_from_the_public_page_to_an_application_that_is_sent(portal, browser, midshire) -> None:
    public = browser.get_page(f"/warps/{midshire.slug}")
    apply = public.find("a", string="Apply to join")["href"]
    page = browser.post_form(apply, email=MEI)
    assert f"A letter with a link is on its way to {MEI}" in words(page)
    answer_requests()
    letter = written(portal, "application_link")
    check_letter(letter.html, "application_link")
    assert letter.subject == "Your application to Midshire WARP / Eich cais i Midshire WARP" or " / " in letter.subject

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
    assert browser.get("/apply/tasks/name").status_code == 303  # what is sent cannot be changed any more
