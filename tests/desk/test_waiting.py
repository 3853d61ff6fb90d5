"""The page of everything that waits: each pile with its number, its first rows, the oldest first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests import factories
from tests.alerts.test_matching import told, watches
from warp_hub import clock, db, mail
from warp_hub.alerts import choices, notices
from warp_hub.alerts.choices import Choice
from warp_hub.alerts.models import AtOnce
from warp_hub.desk import troubled
from warp_hub.discussions import asking
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.asking import Asked
from warp_hub.jobs import LETTERS
from warp_hub.mail import LetterState
from warp_hub.memberships.models import MembershipKind, Person, State, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Severity


def _words(page) -> str:
    return " ".join(page.get_text(" ").split())


@pytest.fixture
def warp(database: object) -> Warp:
    return factories.warp()


@pytest.fixture
def priya(warp: Warp) -> Person:
    return factories.coordinator(warp, name="Priya Shah")


def _failed(warp: Warp | None, to: Person, kind: str = "digest", days_ago: float = 1, **given) -> mail.Letter:
    """Return a letter that a server refused."""
    moment = clock.now() - timedelta(days=days_ago)
    expires = given.pop("expires_at", clock.now() + timedelta(days=1))
    letter = mail.post(kind, to.id, warp_id=warp.id if warp else None, expires_at=expires)
    letter.created_at, letter.finished_at, letter.attempts = moment, moment, 3
    letter.state, letter.reason, letter.address_refused = LetterState.FAILED, "550 no such mailbox", True
    for name, value in given.items():
        setattr(letter, name, value)
    db.session.commit()
    return letter


def _now(letter_id) -> mail.Letter:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(mail.Letter).where(mail.Letter.id == letter_id)).one()


def test_where_nothing_waits_each_heading_says_so(signed_in, priya) -> None:
    page = signed_in(priya).get_page("/desk")
    quiet = [heading.text for heading in page.select("h2.warp-nothing")]
    assert len(quiet) == len(page.select("h2[id]")) >= 4
    assert all(heading.endswith("nothing waits") for heading in quiet)


def test_the_oldest_letters_come_first_and_three_of_them(signed_in, warp, priya) -> None:
    for days, name in ((1, "Ann"), (3, "Bob"), (2, "Cem"), (4, "Dee")):
        _failed(warp, factories.member(warp, name=name), days_ago=days)
    page = _words(signed_in(priya).get_page("/desk"))
    assert "Letters that failed (4)" in page
    assert [name for name in ("Dee", "Bob", "Cem", "Ann") if f"Digest for {name}" in page] == ["Dee", "Bob", "Cem"]
    assert page.index("for Dee") < page.index("for Bob") < page.index("for Cem")
    assert "The oldest came 4 days ago" in page
    assert "Digest for Ann" in _words(signed_in(priya).get_page("/desk/letters"))


def test_a_letter_is_tried_again_under_its_own_message_id_and_the_address_is_written_to(signed_in, warp, priya) -> None:
    sam = factories.member(warp, mail_suspended="550 no such mailbox")
    letter = _failed(warp, sam)
    letter_id, message_id = letter.id, letter.message_id
    page = signed_in(priya).post_form("/desk/letters", "Try again")
    assert "The letter is sent again." in _words(page)
    after = _now(letter_id)
    assert (after.state, after.message_id, after.attempts) == (LetterState.WAITING, message_id, 0)
    assert (after.reason, after.address_refused) == (None, False)
    assert db.session.scalars(select(Person.mail_suspended).where(Person.id == sam.id)).one() is None


def test_pressing_twice_sends_once(signed_in, warp, priya) -> None:
    letter_id = _failed(warp, factories.member(warp)).id
    browser = signed_in(priya)
    token = browser.get_page("/desk/letters").find("input", {"name": "csrf_token"})["value"]
    for said in ("The letter is sent again.", "There is nothing to send again."):
        answer = browser.post(f"/desk/letters/{letter_id}/again", data={"csrf_token": token}, follow_redirects=True)
        assert said in answer.get_data(as_text=True)


def test_what_came_too_late_or_is_tried_by_itself_has_no_button(signed_in, warp, priya) -> None:
    _failed(warp, factories.member(warp), expires_at=clock.now() - timedelta(hours=1))
    _failed(warp, factories.member(warp), state=LetterState.UNKNOWN, finished_at=None)
    page = signed_in(priya).get_page("/desk/letters")
    assert page.find("button", string="Try again") is None
    assert "too old to be sent again" in _words(page)
    assert "tried once more by itself" in _words(page)


def test_letters_of_others_and_letters_that_would_name_somebody_are_not_there(signed_in, warp, priya) -> None:
    sam = factories.member(warp, name="Sam Hartley")
    elsewhere = _failed(factories.warp("Westmarch"), sam)
    for kind in ("record_opened", "reset_link"):
        _failed(warp, sam, kind=kind)
    browser = signed_in(priya)
    for path in ("/desk", "/desk/letters"):
        assert "Sam Hartley" not in _words(browser.get_page(path))
    token = browser.get_page("/account").find("input", {"name": "csrf_token"})["value"]
    assert browser.post(f"/desk/letters/{elsewhere.id}/again", data={"csrf_token": token}).status_code == 404


def test_a_notice_that_its_readers_list_called_for_names_nobody_on_the_desk(signed_in, warp, priya) -> None:
    sam, mei = factories.member(warp, name="Sam Hartley"), factories.member(warp, name="Mei Zhang")
    for person in (sam, mei):
        choices.keep(person.id, Choice(of_what=AtOnce.MINE, from_severity=Severity.THIS_WEEK))
    choices.keep(mei.id, Choice(of_what=AtOnce.ALL))
    watches(sam, typed=("Zorgon",))
    for severity in (Severity.ACT_TODAY, Severity.THIS_WEEK):
        item = told("Zorgon: install 9.1", severity=severity, passed_by=[warp.id])
        notices.announce(item.id)
    for letter in db.session.scalars(select(mail.Letter)):
        letter.state, letter.reason, letter.address_refused = LetterState.FAILED, "550 no such mailbox", True
    db.session.commit()
    page = _words(signed_in(priya).get_page("/desk/letters"))
    assert "Urgent warning for Mei Zhang" in page
    assert "Sam Hartley" not in page


def test_a_question_that_nobody_answers_waits_after_two_days(signed_in, warp, priya) -> None:
    sam, *_others = (factories.member(warp) for _ in range(5))
    for title, days in (("Asked yesterday?", 1), ("Asked last week?", 7), ("Asked before?", 3)):
        with clock.at(clock.now() - timedelta(days=days)), db.acting("web"):
            viewer = viewer_of(sam.id, Proof.FULL)
            db.enter(viewer.settings())
            asking.ask(Asked(title, "Who has?", addresses_for(viewer)[0], None, None), viewer)
            db.session.commit()
            db.leave()
    page = _words(signed_in(priya).get_page("/desk"))
    assert "Questions unanswered for 2 days (2)" in page
    assert page.index("Asked last week?") < page.index("Asked before?")
    assert "Asked yesterday?" not in page
    other = factories.coordinator(factories.warp("Westmarch"))
    assert "Questions unanswered for 2 days: nothing waits" in _words(signed_in(other).get_page("/desk"))


def test_every_kind_the_desk_names_is_one_that_is_written() -> None:
    assert set(troubled.KINDS) <= set(LETTERS)


def test_who_applied_is_named_with_what_they_would_join(signed_in, warp, priya) -> None:
    council = factories.organisation(warp, state=State.APPLIED)
    supplier = factories.organisation(warp, kind=MembershipKind.ASSOCIATE, state=State.APPLIED)
    member = factories.organisation(warp)
    factories.person(member, post=State.APPLIED, name="Mei Zhang")
    factories.organisation(factories.warp("Westmarch"), state=State.APPLIED)
    for path in ("/desk", "/desk/applications"):
        page = _words(signed_in(priya).get_page(path))
        assert f"{council.name} would like to join {warp.name}" in page
        assert f"{supplier.name} would like to join {warp.name} as an associate" in page
        assert f"Mei Zhang would like to join {member.name}" in page
        assert "Westmarch" not in page
    assert "Applications (3)" in _words(signed_in(priya).get_page("/desk"))


def test_more_that_waits_asks_the_database_no_more_often(signed_in, warp, priya) -> None:
    browser = signed_in(priya)
    counts = []
    for _ in range(2):
        for _number in range(4):
            _failed(warp, factories.member(warp))
            factories.organisation(warp, state=State.APPLIED)
        browser.get_page("/desk")
        with _counting() as statements:
            browser.get_page("/desk")
        counts.append(len(statements))
    assert counts[0] == counts[1] < 60, counts


@contextmanager
def _counting() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, sql, *_more) -> None:
        statements.append(sql)

    engine = db.engine("web")
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
