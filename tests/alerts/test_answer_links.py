"""Answering from the mail, by a link for one person, one warning and nothing else; and what the pages about it do."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests import factories
from tests.alerts.conftest import Community
from tests.page_client import find_form
from tests.portal import PortalClient
from warp_hub import clock, config, db
from warp_hub.alerts import answer_links, answers, askings, letters
from warp_hub.alerts.answer_models import Answer, AnswerChoice, AskedOf
from warp_hub.mail import Letter, Rendered, links
from warp_hub.memberships.models import State
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, Severity
from warp_hub.sharing.visibility import house_read
from warp_hub.signin.visitors import cookie_name
from warp_hub.tlp import Marking, Outlet

pytestmark = pytest.mark.usefixtures("database")
OVER = "There is nothing to answer any more"


def path(person: UUID, item: UUID) -> str:
    return answer_links.address(person, item).removeprefix(config.current().base_url)


def kept() -> list[AnswerChoice]:
    return list(db.session.scalars(house_read(select(Answer.choice), "answers")))


def said(here: Community, choice: str = "yes", **more: str) -> dict[str, str]:
    return {"organisation": str(here.council.id), "choice": choice, "may_know": "no", **more}


def send(browser: PortalClient, path: str, answers: dict[str, str]) -> TestResponse:
    """Send a form past the page it is on, with a good token."""
    token = find_form(browser.get_page("/sign-in/link")).find("input", {"name": "csrf_token"})["value"]
    return browser.post(path, data={"csrf_token": token, **answers})


def test_a_link_answers_for_its_person_opens_no_session_and_looking_changes_nothing(
    here: Community, browser: PortalClient
) -> None:
    item = here.asks(title="FortiOS 7.4.9 now")
    address = path(here.sam.id, item.id)
    for _ in range(2):
        first = browser.get(address)
        assert (first.status_code, first.location) == (303, "/answer")
    page = browser.get("/answer").text
    assert "FortiOS 7.4.9 now" in page
    assert here.council.name in page
    assert kept() == []
    token = address.partition("link=")[2]
    faulty = send(browser, "/answer", {"organisation": str(here.council.id), "link": token})
    assert "Error:" in faulty.text
    assert kept() == []
    done = send(browser, "/answer", said(here, "checking", link=token))
    assert "Your answer is saved" in done.text
    db.session.rollback()
    assert kept() == [AnswerChoice.CHECKING]
    assert browser.get_cookie(cookie_name()) is None
    assert browser.get("/advisories").status_code == 302
    # The same letter changes the answer, and tells whoever it was forwarded to nothing of the one before.
    browser.get(address)
    again = browser.get_page("/answer")
    assert [radio["value"] for radio in again.select("input[name=choice][checked]")] == []
    send(browser, "/answer", said(here, "fixed", link=token))
    db.session.rollback()
    assert kept() == [AnswerChoice.FIXED]


def test_a_link_is_refused_the_same_way_whatever_is_wrong_with_it(here: Community, browser: PortalClient) -> None:
    item, amber = here.asks(), here.asks(Marking.AMBER)
    closed, withdrawn, red = here.asks(), here.asks(), factories.item(Marking.RED, to=[here.sam])
    askings.close(closed.id, here.midshire.id, here.viewer(here.priya))
    publishing.withdraw(withdrawn)
    gone, void = factories.person(here.council), factories.person(here.council)
    good, of_gone, of_void = (path(person.id, item.id) for person in (here.sam, gone, void))
    gone.state, void.void_before = State.LEFT, clock.now() + timedelta(seconds=2)
    stranger = factories.member(factories.warp("Westmarch"))
    db.session.add_all([gone, void])
    db.session.commit()
    refused = [
        of_gone,
        of_void,
        good[:-3],
        f"/answer?link={links.sign('open', here.sam.id, next='/')}",
        path(stranger.id, item.id),
        path(here.priya.id, item.id),
        *(path(here.sam.id, one) for one in (amber.id, closed.id, withdrawn.id, red.id, uuid4())),
    ]
    answers_ = {_refusal(browser, here, address) for address in refused}
    assert len(answers_) == 1
    with clock.at(clock.now() + timedelta(days=41)):
        assert answer_links.read(good.partition("link=")[2]) is None
    assert answer_links.read(good.partition("link=")[2]) is not None
    assert kept() == []


def _refusal(browser: PortalClient, here: Community, address: str) -> tuple[int, str, int, str]:
    browser.get(address)
    looked = browser.get("/answer")
    sent = send(browser, "/answer", said(here, link=address.partition("link=")[2]))
    assert OVER in looked.text
    return looked.status_code, _body(looked.text), sent.status_code, _body(sent.text)


def _body(page: str) -> str:
    return page.partition("<main")[2].partition("</main")[0]


def test_a_member_answers_on_the_warnings_page_and_is_asked_once_about_the_name(
    here: Community, signed_in: PortalClient
) -> None:
    item = factories.item(
        kept_by=[here.midshire], passed_by=[here.midshire.id], severity=Severity.ACT_TODAY, title="Patch it"
    )
    askings.ask(item, here.midshire.id, here.viewer(here.priya))
    db.session.commit()
    sam = signed_in(here.sam, Proof.MAILBOX)
    where = f"/advisories/{item.id}/answer"
    assert "Please answer by" in sam.get(where).text
    faulty = send(sam, where, {"choice": "yes", "organisation": str(here.council.id)})
    assert "Choose yes or no" in faulty.text
    assert 'value="yes" checked' in " ".join(faulty.text.split())
    back = send(sam, where, said(here, "fixed", may_know="yes"))
    assert (back.status_code, back.location) == (303, f"/advisories/{item.id}")
    grace = signed_in(here.grace)
    assert grace.get(where).text.count("checked") == 2
    assert send(sam, where, said(here) | {"organisation": str(uuid4())}).status_code == 200
    db.session.rollback()
    assert kept() == [AnswerChoice.FIXED]
    for other in (signed_in(factories.member(factories.warp("Westmarch"))), signed_in(here.priya)):
        assert other.get(where).status_code == send(other, where, said(here)).status_code == 404


def test_a_coordinator_asks_and_closes_for_their_own_warp_alone(here: Community, signed_in: PortalClient) -> None:
    item = here.asks(of=AskedOf.NOBODY)
    desk, elsewhere = signed_in(here.priya), signed_in(factories.coordinator(factories.warp("Westmarch")))
    form = {"warp": str(here.midshire.id), "whom": "members"}
    assert send(elsewhere, f"/desk/warnings/{item.id}/ask", form).status_code == 404
    assert send(desk, f"/desk/warnings/{item.id}/ask", form | {"warp": "x"}).status_code == 404
    assert send(desk, f"/desk/warnings/{item.id}/ask", form).status_code == 303
    assert len(answers.waiting_for(here.viewer(here.sam))) == 1
    assert send(desk, f"/desk/warnings/{item.id}/close-answers", form).status_code == 303
    db.session.rollback()
    assert answers.waiting_for(here.viewer(here.sam)) == []
    found = askings.find(item.id, here.midshire.id, here.viewer(here.priya), Outlet.DESK)
    assert found is not None
    assert found.closed_at is not None
    assert db.session.scalar(house_read(select(func.count()).select_from(Answer), "answers")) == 0


def test_letters_ask_beside_what_they_print_where_an_answer_is_still_needed(portal: Flask, here: Community) -> None:
    asked, answered, amber, silent = here.asks(), here.asks(), here.asks(Marking.AMBER), here.asks(of=AskedOf.NOBODY)
    here.answers(here.grace, answered, AnswerChoice.NO)
    sam = here.viewer(here.sam)
    with portal.test_request_context(), db.acting("web"):
        db.enter(sam.settings())
        every = [item.id for item in (asked, answered, amber, silent)]
        assert set(answer_links.questions(sam, every)) == {asked.id}
        notices = [letters.render(_notice(here, item), sam) for item in (asked, answered, amber)]
        db.leave()
    assert all(isinstance(notice, Rendered) for notice in notices)
    texts = [(notice.text, notice.html) for notice in notices if isinstance(notice, Rendered)]
    assert [("/answer?link=" in text, "/answer?link=" in html) for text, html in texts] == [
        (True, True),
        (False, False),
        (False, False),
    ]


def _notice(here: Community, item: Item) -> Letter:
    return Letter(kind="alert", person_id=here.sam.id, warp_id=here.midshire.id, item_ids=[item.id])
