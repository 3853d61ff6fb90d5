"""Asking and answering on pages: what is typed is kept, and whoever may not is answered as if it were not there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.discussions.conftest import Room
from warp_hub import clock, db
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing import publishing
from warp_hub.tlp import Marking

LOOK, SEND = "See what members will see", "Send"
QUESTION = {"title": "Who has moved to passkeys?", "words": "We start in March.", "shown_as": "named"}


def said(page: BeautifulSoup) -> str:
    main = page.select_one("main")
    assert main is not None
    return main.get_text(" ", strip=True)


def send(browser: Any, path: str, status: int = 200, **answers: str) -> BeautifulSoup:
    """Send a form as it stands on its page, with what was filled in."""
    token = browser.get_page("/sign-out").select_one('input[name="csrf_token"]')["value"]
    answer = browser.post(path, data={"csrf_token": token, **answers}, follow_redirects=True)
    assert answer.status_code == status
    return BeautifulSoup(answer.get_data(as_text=True), "html5lib")


def test_a_named_question_is_seen_before_it_is_sent_and_answered_under_a_name(room: Room, signed_in: Any) -> None:
    sam, grace = signed_in(room.sam), signed_in(room.grace)
    to = f"TLP:AMBER {room.midshire.id}"
    page = sam.post_form("/discussions/ask", LOOK, to=to, **QUESTION)
    assert "Sam Hartley" in said(page)
    assert "5 people of 5 organisations" in said(page)
    assert "There are no questions to show." in said(grace.get_page("/discussions"))
    page = send(sam, "/discussions/ask", to=to, step="send", **QUESTION)
    assert "Your question is sent." in said(page)
    link = grace.get_page("/discussions").select_one(".warp-item__title a")["href"]
    reply = {"words": "We **have** moved.", "shown_as": "named"}
    assert "Grace Okafor" in said(grace.post_form(link, LOOK, **reply))
    page = send(grace, f"{link}/reply", step="send", **reply)
    assert page.select_one(".warp-reply strong").text == "have"
    assert "Grace Okafor" in said(sam.get_page(link))
    assert "1 reply" in said(sam.get_page("/discussions?show=answered"))
    assert "There are no questions to show." in said(sam.get_page("/discussions?show=open"))


@pytest.mark.parametrize("missing", ["title", "words", "shown_as", "to"])
def test_what_was_typed_survives_an_error(room: Room, signed_in: Any, missing: str) -> None:
    answers = QUESTION | {"to": f"TLP:AMBER {room.midshire.id}"}
    answers.pop(missing)
    page = send(signed_in(room.sam), "/discussions/ask", **answers)
    assert page.title.text.startswith("Error:")
    kept = {field["name"]: field.get("value") or field.text.strip() for field in page.select("main [name]")}
    assert all(kept[name] == answers[name] for name in ("title", "words") if name != missing)


def test_what_would_give_a_member_away_is_asked_about_before_it_is_sent(room: Room, signed_in: Any) -> None:
    sam, to = signed_in(room.sam), f"TLP:AMBER {room.midshire.id}"
    words = f"Here at {room.council.name} we start in March."
    question = {"title": QUESTION["title"], "words": words, "shown_as": "a member", "to": to}
    page = send(sam, "/discussions/ask", **question)
    assert "This names your organisation." in said(page)
    unsettled = {field["name"]: field["value"] for field in page.select("main input[type=hidden]")}
    page = send(sam, "/discussions/ask", **unsettled | {"step": "send"})
    assert page.title.text.startswith("Error:")
    choice = page.select_one("main input[type=radio]")
    page = send(sam, "/discussions/ask", **unsettled | {choice["name"]: choice["value"], "step": "send"})
    assert "Your question is sent." in said(page)
    assert room.council.name not in said(page)
    assert "A member of Midshire WARP" in said(page)


def test_a_preview_leads_back_to_the_form_with_everything_in_it(room: Room, signed_in: Any) -> None:
    page = send(signed_in(room.sam), "/discussions/ask", to=f"TLP:AMBER {room.midshire.id}", step="change", **QUESTION)
    assert page.select_one("main textarea").text.strip() == QUESTION["words"]
    assert "Error" not in page.title.text


def test_a_reply_has_no_label_of_its_own(room: Room, signed_in: Any) -> None:
    """D7: an answer to TLP:AMBER cannot be made TLP:GREEN, whatever is sent along."""
    asked = room.asks(room.sam)
    sent = {"marking": "TLP:GREEN", "to": "TLP:GREEN", "recipients": str(room.westmarch.id)}
    send(signed_in(room.grace), f"/discussions/{asked}/reply", step="send", words="Ours.", shown_as="named", **sent)
    assert room.item(asked).marking is Marking.AMBER
    signed_in(room.owen).get_page(f"/discussions/{asked}", 404)


def _withdrawn(room: Room) -> UUID:
    asked = room.asks(room.sam)
    publishing.withdraw(room.item(asked))
    db.session.commit()
    return asked


REFUSED = {
    "asked elsewhere": lambda room: room.asks(room.owen),
    "full members only": lambda room: room.asks(room.sam, marking=Marking.AMBER_STRICT),
    "withdrawn": _withdrawn,
    "early notice": lambda room: factories.item(early=[room.declan], embargo_until=clock.now() + timedelta(days=1)).id,
    "not out yet": lambda room: factories.item(kept_by=[room.midshire], published=None).id,
    "addressed to another": lambda room: factories.item(Marking.AMBER, to=[room.sam]).id,
    "nothing": lambda _room: UUID(int=0),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_one_may_not_reply_to_is_not_there(room: Room, signed_in: Any, what: str) -> None:
    item_id, declan = REFUSED[what](room), signed_in(room.declan)
    declan.get_page(f"/discussions/{item_id}/reply", 404)
    send(declan, f"/discussions/{item_id}/reply", 404, step="send", words="Ours.", shown_as="named")
    if what != "early notice":
        declan.get_page(f"/discussions/{item_id}", 404)
        send(declan, f"/discussions/{item_id}/follow", 404, follow="yes")
        declan.get_page(f"/discussions/ask?about={item_id}", 404)


def test_who_has_proved_only_the_mailbox_reads_green_and_speaks_nowhere(room: Room, signed_in: Any) -> None:
    green, amber = room.asks(room.sam, marking=Marking.GREEN), room.asks(room.sam)
    reader = signed_in(room.grace, Proof.MAILBOX)
    assert "sign in with a second step" in said(reader.get_page(f"/discussions/{green}"))
    reader.get_page(f"/discussions/{amber}", 404)
    send(reader, f"/discussions/{green}/reply", 404, step="send", words="Ours.", shown_as="named")
    send(reader, "/discussions/ask", 404, step="send", **QUESTION)


def test_its_author_and_any_other_member_see_the_same_bytes_of_what_a_member_said(room: Room, signed_in: Any) -> None:
    asked = room.asks(room.sam, named=False)
    room.replies(room.sam, asked, named=False)
    pages = []
    for who in (room.sam, room.grace):
        browser = signed_in(who)
        for path in ("/discussions", f"/discussions/{asked}", f"/discussions/{asked}/reply"):
            page = browser.get(path).get_data(as_text=True)
            token = BeautifulSoup(page, "html5lib").select_one('input[name="csrf_token"]')
            pages.append(page.replace(token["value"], "").replace(who.name, "") if token else page)
    assert pages[:3] == pages[3:]


def test_only_the_author_takes_back_a_named_reply(room: Room, signed_in: Any) -> None:
    asked = room.asks(room.sam)
    named, nameless = room.replies(room.grace, asked), room.replies(room.grace, asked, named=False)
    for browser, reply in ((signed_in(room.sam), named), (signed_in(room.grace), nameless)):
        send(browser, f"/discussions/replies/{reply}/take-back", 404)
    page = send(signed_in(room.grace), f"/discussions/replies/{named}/take-back")
    assert "The author has taken this reply back." in said(page)
    assert (room.reply(named).text, room.reply(named).html, room.reply(nameless).text) == ("", "", "We have.")


def test_a_coordinator_of_the_warp_removes_closes_and_withdraws_with_a_reason(room: Room, signed_in: Any) -> None:
    asked = room.asks(room.sam, marking=Marking.GREEN)
    reply = room.replies(room.owen, asked)
    paths = (f"/discussions/replies/{reply}/hide", f"/discussions/{asked}/close", f"/discussions/{asked}/withdraw")
    for other in (room.sam, room.owen, room.ffion):
        for path in paths:
            send(signed_in(other), path, 404, because="I may not.")
    priya = signed_in(room.priya)
    assert "Say why" in said(send(priya, paths[0], because=""))
    assert "removed this reply: It names a school." in said(send(priya, paths[0], because="It names a school."))
    assert "nobody can reply any more. Answered." in said(send(priya, paths[1], because="Answered."))
    signed_in(room.sam).get_page(f"/discussions/{asked}/reply", 404)
    send(priya, paths[2], because="Asked twice.")
    signed_in(room.sam).get_page(f"/discussions/{asked}", 404)
    assert _audited() == ["closed a question", "hid a reply", "withdrew a question"]


def _audited() -> list[str]:
    from sqlalchemy import select

    from warp_hub.audit import Audit

    actions = db.session.scalars(select(Audit.action).where(Audit.action.not_like("session.%")))
    return sorted(actions)


def test_a_warning_is_answered_on_its_own_page_and_members_are_asked_about_it(room: Room, signed_in: Any) -> None:
    warning = _warning(room)
    sam = signed_in(room.sam)
    page = sam.get_page(f"/advisories/{warning.id}")
    assert "Nobody has replied yet." in said(page)
    room.replies(room.declan, warning.id, "It hit us too.", named=False)
    assert "It hit us too." in said(sam.get_page(f"/advisories/{warning.id}"))
    ask = page.find("a", string="Ask other members")["href"]
    offered = [radio["value"].split()[0] for radio in sam.get_page(ask).select('input[name="to"]')]
    assert offered == ["TLP:AMBER", "TLP:AMBER+STRICT"]
    to = f"TLP:GREEN {room.midshire.id}"
    assert "Error" in send(sam, ask, step="send", to=to, **QUESTION).title.text
    page = send(sam, ask, step="send", to=f"TLP:AMBER {room.midshire.id}", **QUESTION)
    assert page.find("a", href=f"/advisories/{warning.id}")


def _warning(room: Room) -> Any:
    from warp_hub.advisories.models import Advisory

    item = factories.item(Marking.AMBER, to=[room.midshire], kept_by=[room.midshire])
    times = {"received_at": clock.now(), "modified": clock.now()}
    db.session.add(Advisory(id=item.id, stix_id="report--1", body={}, to_do={}, links=[], **times))
    db.session.commit()
    return item


def test_following_is_begun_and_ended_by_one_button(room: Room, signed_in: Any) -> None:
    asked, grace = room.asks(room.sam), signed_in(room.grace)
    assert "Stop following" in said(grace.post_form(f"/discussions/{asked}", "Follow this"))
    assert "Follow this" in said(grace.post_form(f"/discussions/{asked}", "Stop following"))


def test_whoever_replies_is_told_how_many_may_come_to_read_it(room: Room, signed_in: Any) -> None:
    """A WARP that keeps an item may still pass it on, and the replies with it."""
    warning = factories.item(Marking.AMBER, to=[room.council], kept_by=[room.midshire, room.westmarch])
    page = send(signed_in(room.sam), f"/discussions/{warning.id}/reply", words="Ours.", shown_as="named")
    assert "7 people of 7 organisations" in said(page)


def test_the_title_of_a_red_item_above_a_reply_is_a_view_on_record(room: Room, signed_in: Any) -> None:
    red = factories.item(Marking.RED, to=[room.sam, room.grace])
    assert red.title in said(signed_in(room.sam).get_page(f"/discussions/{red.id}/reply"))
    assert _audited() == ["read"]
