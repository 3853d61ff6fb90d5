"""The welcome letter: written by a coordinator, once a week at most; by its one button people stay."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.moving.conftest import delivered, named, words
from tests.page_client import check_letter
from tests.portal import PortalClient
from warp_hub import clock, db, mail
from warp_hub.audit import Audit
from warp_hub.memberships import agreement_writing, invitations, people, reach
from warp_hub.memberships.authority import NotTheirs
from warp_hub.memberships.models import Invitation, Person, Post, PostKind, State, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.moving import inviting, staying
from warp_hub.tlp import Outlet

INVITE, LINK = "/desk/people/invite", "/keep-sending"


@pytest.fixture
def guests(warp: Warp) -> list[Person]:
    """Return two people of a list, at one organisation, who have not answered."""
    at = factories.organisation(warp)
    return [
        factories.person(at, post=State.INVITED, name=name, email=f"{name}@testham.example") for name in ("Sam", "Ali")
    ]


def post_of(person: Person) -> Post:
    return db.session.scalars(select(Post).where(Post.person_id == person.id)).one()


def token_of(person: Person, warp: Warp) -> str:
    return staying.sign(person.id, warp.id)


def test_who_is_on_a_list_gets_the_letter_in_both_languages_and_nothing_else(
    portal: Flask, warp: Warp, priya: Person, desk: PortalClient, guests: list[Person]
) -> None:
    page = desk.get_page(INVITE)
    assert "Not written to yet (2)" in words(page)
    previewed = page.select_one("pre").text
    assert previewed.count("Yes, keep sending me this") + previewed.count("Ie, ") == 2
    assert "token=" not in previewed

    told = words(desk.post_form(INVITE, button="Send to all 2"))
    assert "2 letters are on their way." in told
    assert "Written to in the last week (2)" in told
    (message, text), other = delivered(portal)
    assert {str(message["To"]), str(other[0]["To"])} == {"Sam <Sam@testham.example>", "Ali <Ali@testham.example>"}
    assert text.index("Hello ") < text.index("-----") < text.index("You got this because a coordinator of")
    assert "Cawsoch hwn" in text  # why it came, and whom to ask, in both too
    html = message.get_body(("html",)).get_content()
    check_letter(html, "welcome")
    assert 'lang="cy"' in html
    assert {*re.findall(r"/keep-sending\?token=[\w.-]+", html)} == {*re.findall(r"/keep-sending\?token=[\w.-]+", text)}
    assert not viewer_of(guests[0].id, Proof.FULL).is_member


def test_nobody_is_written_to_twice_in_a_week_nor_after_they_answered(
    portal: Flask, warp: Warp, priya: Person, desk: PortalClient, guests: list[Person]
) -> None:
    sam, ali = guests
    assert "1 letter is on its way." in words(desk.post_form(INVITE, button="Send to those", person=str(sam.id)))
    assert inviting.write_to(warp, priya.id, [sam.id]) == 0
    assert inviting.write_to(warp, priya.id) == 1
    db.session.commit()
    staying.say_yes(staying.by_link(token_of(ali, warp)))  # type: ignore[arg-type]
    assert [str(message["To"]) for message, _text in delivered(portal)] == ["Sam <Sam@testham.example>"]

    with clock.at(clock.now() + timedelta(days=6)):
        assert list(inviting.write_by_command(warp.slug)) == ["written 0 too soon 1 stopped 0"]
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        dry = list(inviting.write_by_command(warp.slug, dry_run=True))
        assert dry[0].startswith("Sam@testham.example (Testham")
        sam.mail_suspended = "550 no such user"
        told = list(inviting.write_by_command(warp.slug))
        assert told == [
            "mail to Sam@testham.example was stopped: 550 no such user",
            "written 0 too soon 0 stopped 1",
        ]
    assert dry[1] == "written 1 too soon 0 stopped 0"


def test_the_button_makes_a_reader_by_mail_and_looking_changes_nothing(
    portal: Flask, warp: Warp, browser: PortalClient, guests: list[Person]
) -> None:
    sam, ali = guests
    address = f"{LINK}?token={token_of(sam, warp)}"

    page = browser.get_page(address)
    assert "S•••@testham.example" in words(page)
    assert post_of(sam).state is State.INVITED
    assert "token" not in browser.get(address).location

    told = words(browser.post_form(LINK, button="Yes, keep sending me this"))
    db.session.expire_all()
    assert "You said yes" in told
    assert post_of(sam).state is State.ACTIVE
    assert sam.mailbox_confirmed_at is not None
    assert viewer_of(sam.id, Proof.MAILBOX).is_member
    assert post_of(ali).state is State.INVITED

    again = browser.get_page(address)  # the same letter, opened again
    assert "You said yes" in words(again)
    assert browser.post(LINK, data={"csrf_token": again.select_one("[name=csrf_token]")["value"]}).status_code == 200
    confirmed = db.session.scalars(select(Audit).where(Audit.action == "post.confirmed")).all()
    assert [(one.actor, one.warp_id) for one in confirmed] == [(sam.id, warp.id)]

    for _time in range(2):
        told = words(browser.post_form(LINK, button="Send me an invitation"))
        assert "Your invitation is on its way to S•••@testham.example" in told
    ((message, text),) = delivered(portal)
    assert str(message["To"]) == "Sam <Sam@testham.example>"
    assert "/invitation?token=" in text


def test_whose_organisation_has_an_agreement_to_accept_is_told_that_mail_waits_for_it(
    warp: Warp, priya: Person, browser: PortalClient, guests: list[Person]
) -> None:
    agreement_writing.write(warp, {"en": "We keep it among us.", "cy": "Cadwn ef rhyngom."}, priya.id)
    agreement_writing.publish(warp, clock.now() + timedelta(minutes=1), priya.id)
    db.session.commit()

    with clock.at(clock.now() + timedelta(days=2)):
        browser.get_page(f"{LINK}?token={token_of(guests[0], warp)}")
        told = words(browser.post_form(LINK, button="Yes, keep sending me this"))

    assert f"It begins once somebody has accepted the agreement of {warp.name}" in told


def test_an_accepted_invitation_counts_as_yes(portal: Flask, warp: Warp, priya: Person, guests: list[Person]) -> None:
    secret = invitations.mint(guests[0], priya.id)
    invitations.redeem(secret)

    assert post_of(guests[0]).state is State.ACTIVE
    assert post_of(guests[1]).state is State.INVITED


def test_a_link_that_is_forged_over_or_for_somebody_gone_changes_nothing(
    warp: Warp, browser: PortalClient, guests: list[Person]
) -> None:
    sam = guests[0]
    good = token_of(sam, warp)
    over = [
        good[:-2] + ("aa" if not good.endswith("aa") else "bb"),
        mail.links.sign("open", sam.id, warp=str(warp.id)),  # made for something else
        token_of(sam, factories.warp("Westmarch")),  # a WARP whose list they are not on
        token_of(factories.person(), warp),
        "",
        "é",
    ]
    for token in over:
        assert browser.get(f"{LINK}?token={token}", follow_redirects=True).status_code == 410, token
    with clock.at(clock.now() + timedelta(days=14, minutes=1)):
        page = browser.get_page(f"{LINK}?token={good}", status=410)
        assert "This link has run out" in words(page)
    form = browser.get_page(f"{LINK}?token={good}").select_one("[name=csrf_token]")
    people.suspend(sam, "away")
    db.session.commit()
    for path in (LINK, f"{LINK}/invitation"):
        assert browser.post(path, data={"csrf_token": form["value"]}).status_code == 410
    assert {post_of(one).state for one in guests} == {State.INVITED}
    assert db.session.scalars(select(Invitation)).all() == []


def test_nobody_asks_for_an_invitation_before_they_said_yes(
    portal: Flask, warp: Warp, browser: PortalClient, guests: list[Person]
) -> None:
    form = browser.get_page(f"{LINK}?token={token_of(guests[0], warp)}").select_one("[name=csrf_token]")

    browser.post(f"{LINK}/invitation", data={"csrf_token": form["value"]})

    assert delivered(portal) == []


def test_a_sheet_to_print_has_who_has_not_answered_by_organisation(
    warp: Warp, desk: PortalClient, guests: list[Person]
) -> None:
    factories.person(factories.organisation(warp), name="Done Already")
    other = factories.person(factories.organisation(factories.warp("Westmarch")), post=State.INVITED, name="Elsewhere")

    page = desk.get_page(f"{INVITE}/sheet")

    told = words(page)
    assert [row.text.strip() for row in page.select("tbody th")] == ["Ali", "Sam"]
    assert "Done Already" not in told
    assert other.email not in told
    assert page.select(".warp-not-printed")


def test_who_never_answers_is_taken_off_the_list_after_half_a_year(
    warp: Warp, priya: Person, guests: list[Person]
) -> None:
    sam, ali = guests
    inviting.write_to(warp, priya.id, [sam.id])
    with clock.at(clock.now() + timedelta(days=179)):
        assert inviting.let_lie() == 0
    with clock.at(clock.now() + timedelta(days=181)):
        assert inviting.let_lie() == 1
    assert (post_of(sam).state, post_of(ali).state) == (State.LEFT, State.INVITED)


def test_another_warps_coordinator_sees_and_writes_to_nobody(
    warp: Warp, desk: PortalClient, guests: list[Person], signed_in: Any
) -> None:
    ffion = factories.coordinator(factories.warp("Westmarch"))
    westmarch = signed_in(ffion)

    for path in (INVITE, f"{INVITE}/sheet"):
        assert westmarch.get(f"{path}?warp={warp.slug}").status_code == 404
    form = desk.get_page(INVITE).select_one("form [name=csrf_token]")
    assert "Everybody on your list has answered" in words(westmarch.get_page(INVITE))
    assert form is not None
    page = westmarch.get_page("/desk/people/import").select_one("[name=csrf_token]")
    answer = westmarch.post(INVITE, data={"csrf_token": page["value"], "warp": warp.slug, "do": "all"})
    assert answer.status_code == 404
    with pytest.raises(NotTheirs):
        inviting.write_to(warp, ffion.id)
    assert desk.post(INVITE, data={"csrf_token": form["value"], "warp": warp.slug, "person": "x"}).status_code == 404
    assert db.session.scalars(select(mail.Letter)).all() == []


def test_a_lead_of_a_list_leads_nothing_before_they_say_yes(warp: Warp, guests: list[Person]) -> None:
    at = post_of(guests[0])
    at.kind = PostKind.LEAD
    db.session.commit()
    assert viewer_of(guests[0].id, Proof.FULL).keeps == frozenset()
    assert guests[0].id not in reach.receivers(factories.item(to=[warp]).handling(), Outlet.MAIL)

    staying.say_yes(staying.by_link(token_of(named("sam@testham.example"), warp)))  # type: ignore[arg-type]

    assert viewer_of(guests[0].id, Proof.FULL).is_member
