"""The pages about digests: stopping one with one press, choosing how often, seeing what yours will say."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.digests.post_room import PostRoom, text_of
from tests.page_client import PageClient, check_letter
from warp_hub import access, audit, clock, db, mail, pages
from warp_hub.alerts import choices
from warp_hub.digests import previews, subscriptions, unsubscribing
from warp_hub.digests.views import blueprint
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.settings import Cadence
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing.models import Severity
from warp_hub.signin import sessions, visitors
from warp_hub.signin.views import blueprint as signin
from warp_hub.tlp import Marking

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def app(database: object) -> Iterator[Flask]:
    """Return an app with the pages of digests and of signing in."""
    made = Flask("warp_hub", static_folder=None, template_folder=None)
    made.config.from_mapping(SECRET_KEY="for tests alone", BASE_URL="http://localhost:8000")
    pages.install(made)
    visitors.install(made)
    access.admit(made, visitors.load_visitor)
    made.register_blueprint(signin)
    made.register_blueprint(blueprint)
    made.test_client_class = PageClient
    with db.acting("web"):
        yield made
        db.leave()


@pytest.fixture
def midshire(database: object) -> Warp:
    with db.acting("work"):
        return factories.warp("Midshire")


@pytest.fixture
def reader(midshire: Warp) -> Person:
    with db.acting("work"):
        return factories.member(midshire, email="sam@ashford.example")


def browser_of(app: Flask, person: Person | None = None, proof: Proof = Proof.MAILBOX) -> PageClient:
    """Return a browser, of nobody or of someone who has proved this much."""
    made = app.test_client()
    assert isinstance(made, PageClient)
    if person is not None:
        made.set_cookie("warp_hub", sessions.open_session(person.id, proof))
        db.session.commit()
    return made


def link_of(person: Person, warp: Warp | None = None) -> str:
    """Return the path of a link that stops a list."""
    address = choices.unsubscribe_address(person.id) if warp is None else unsubscribing.address_of(person.id, warp.id)
    return address.removeprefix("http://localhost:8000")


def field_of(warp: Warp) -> str:
    """Return the name of the field that asks about a WARP."""
    return f"cadence_{warp.slug}"


def cadence(person: Person, warp: Warp) -> Cadence:
    db.session.rollback()
    return subscriptions.cadence_of(person.id, warp)


def test_opening_the_link_changes_nothing(app: Flask, reader: Person, midshire: Warp) -> None:
    page = browser_of(app).get_page(link_of(reader, midshire))
    assert "Stop the Midshire WARP digest?" in page.text
    assert cadence(reader, midshire) is Cadence.DAILY


def test_the_button_stops_that_digest(app: Flask, reader: Person, midshire: Warp) -> None:
    page = browser_of(app).post_form(link_of(reader, midshire), button="Stop these mails")
    assert "You will get no more of these mails" in page.text
    assert cadence(reader, midshire) is Cadence.NEVER


def test_a_mail_program_stops_it_without_cookie_token_or_origin(app: Flask, reader: Person, midshire: Warp) -> None:
    for _ in range(2):
        answer = app.test_client().post(link_of(reader, midshire), data=ONE_CLICK, headers={"Origin": "null"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert cadence(reader, midshire) is Cadence.NEVER
    with db.acting("work"):
        assert len(list(db.session.scalars(select(audit.Audit).where(audit.Audit.actor == reader.id)))) == 1


def test_other_lists_go_on(app: Flask, reader: Person, midshire: Warp) -> None:
    with db.acting("work"):
        eastdale = factories.warp("Eastdale")
    browser_of(app).post(link_of(reader, midshire), data=ONE_CLICK)
    assert choices.wants_alerts(reader.id)
    assert cadence(reader, eastdale) is Cadence.DAILY
    browser_of(app).post(link_of(reader), data=ONE_CLICK)
    assert not choices.wants_alerts(reader.id)


def test_immediate_notices_stop_without_the_digest(app: Flask, reader: Person, midshire: Warp) -> None:
    assert "Stop being told at once?" in browser_of(app).get_page(link_of(reader)).text
    browser_of(app).post_form(link_of(reader), button="Stop these mails")
    assert not choices.wants_alerts(reader.id)
    assert cadence(reader, midshire) is Cadence.DAILY


def test_a_link_is_good_for_a_year_and_no_longer(app: Flask, reader: Person, midshire: Warp) -> None:
    link = link_of(reader, midshire)
    with clock.at(clock.now() + timedelta(days=364)):
        assert browser_of(app).get(link).status_code == 200
    with clock.at(clock.now() + timedelta(days=366)):
        assert browser_of(app).get(link).status_code == 404
        assert browser_of(app).post(link, data=ONE_CLICK).status_code == 404


def test_a_forged_cut_or_borrowed_link_is_not_found(app: Flask, reader: Person, midshire: Warp) -> None:
    link = link_of(reader, midshire)
    opening = mail.links.sign("open", reader.id, next="/")
    for bad in (link[:-3] + "abc", link[:60], link.split("?")[0], f"/digests/unsubscribe?token={opening}"):
        assert browser_of(app).get(bad).status_code == 404
        assert browser_of(app).post(bad, data=ONE_CLICK).status_code == 404
    assert cadence(reader, midshire) is Cadence.DAILY


def test_a_link_works_after_its_letter_is_gone_and_its_reader_has_left(
    app: Flask, reader: Person, midshire: Warp
) -> None:
    with db.acting("work"):
        reader.void_before = clock.now() + timedelta(days=1)
        db.session.add(reader)
        db.session.commit()
    assert browser_of(app).post(link_of(reader, midshire), data=ONE_CLICK).status_code == 200


def test_a_reader_by_mail_chooses_how_often(app: Flask, reader: Person, midshire: Warp) -> None:
    browser = browser_of(app, reader)
    page = browser.get_page("/digests/settings")
    assert "Midshire WARP digest" in page.text
    page = browser.post_form("/digests/settings", button="Save", at_once="no", **{field_of(midshire): "weekly"})
    assert "Your choice is saved." in page.text
    assert page.select_one('input[value="weekly"][checked]')
    assert cadence(reader, midshire) is Cadence.WEEKLY
    assert not choices.wants_alerts(reader.id)


def test_a_choice_that_is_none_of_those_offered_changes_nothing(app: Flask, reader: Person, midshire: Warp) -> None:
    page = browser_of(app, reader).post_form("/digests/settings", button="Save", **{field_of(midshire): "hourly"})
    assert "There is a problem" in page.text
    assert cadence(reader, midshire) is Cadence.DAILY


def test_a_stranger_is_asked_to_sign_in_before_choosing(app: Flask) -> None:
    assert urlsplit(browser_of(app).get("/digests/settings").location).path == "/sign-in"


def test_a_coordinator_sees_the_digest_they_would_get(app: Flask, midshire: Warp) -> None:
    with db.acting("work"):
        chair = factories.coordinator(midshire)
        factories.item(title="Install 7.4.9", severity=Severity.ACT_TODAY, passed_by=[midshire.id])
        factories.item(Marking.AMBER, title="zq7secret", to=[midshire], passed_by=[midshire.id])
    page = browser_of(app, chair, Proof.FULL).get_page("/desk/digest")
    assert "TLP:GREEN Midshire WARP digest, 1 new" in page.text
    assert "Install 7.4.9" in page.text
    assert "1 new TLP:AMBER warning" in page.text
    assert "zq7secret" not in page.text
    assert "link=…" in page.text


def test_a_coordinator_without_news_is_told_so(app: Flask, midshire: Warp) -> None:
    with db.acting("work"):
        chair = factories.coordinator(midshire)
    page = browser_of(app, chair, Proof.FULL).get_page("/desk/digest")
    assert "no digest would be sent" in page.text


def test_another_warps_digest_is_not_to_be_seen(app: Flask, midshire: Warp) -> None:
    with db.acting("work"):
        chair, other = factories.coordinator(midshire), factories.warp("Westmarch")
    browser = browser_of(app, chair, Proof.FULL)
    assert browser.get(f"/desk/digest?warp={other.slug}").status_code == 404
    assert browser.get("/desk/digest?warp=nowhere").status_code == 404


def test_a_member_has_no_preview(app: Flask, reader: Person) -> None:
    assert browser_of(app, reader, Proof.FULL).get("/desk/digest").status_code == 404


def test_a_test_letter_counts_for_nothing(app: Flask, midshire: Warp) -> None:
    with db.acting("work"):
        chair = factories.coordinator(midshire, email="chair@ashford.example")
        item = factories.item(passed_by=[midshire.id])
    page = browser_of(app, chair, Proof.FULL).post_form("/desk/digest", button="Send it to me as a test")
    assert "The letter is on its way to chair@ashford.example." in page.text
    room = PostRoom()
    with db.acting("work"), app.app_context():
        (message,) = room.deliver()
        assert item.title in text_of(message)
        assert previews.send_now(midshire).posted == 1


def test_every_letter_reads_well_and_its_links_lead_somewhere(app: Flask, reader: Person, midshire: Warp) -> None:
    with db.acting("work"), app.app_context():
        factories.item(summary="Do it now.", passed_by=[midshire.id])
        factories.item(Marking.AMBER, to=[midshire], passed_by=[midshire.id])
        letter = previews.preview(midshire, reader)
        db.session.commit()
    assert letter is not None
    check_letter(letter.html, "the digest")
    paths = {urlsplit(word).path for word in letter.text.split() if word.startswith("http://localhost:8000/")}
    assert paths == {"/open", "/sign-in", "/help", "/digests/unsubscribe"}
    opening = next(word for word in letter.text.split() if "/open?" in word)
    assert parse_qs(urlsplit(opening).query)["link"]
    assert browser_of(app).get(opening).status_code in (200, 303)
