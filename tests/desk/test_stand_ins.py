"""Who stands in for a coordinator: named by them alone, until a day, and out again by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.digests.post_room import recipient, text_of
from warp_hub import clock, db, mail
from warp_hub.audit import Audit
from warp_hub.custody import holders
from warp_hub.desk import letters
from warp_hub.memberships import authority, people, stand_ins
from warp_hub.memberships.models import Coordinator, MembershipKind, Person, StandIn, Warp
from warp_hub.memberships.viewers import Proof, viewer_of


@pytest.fixture
def warp(database: object) -> Warp:
    """Return a WARP with a coordinator, Priya, who is a lead at a council of it."""
    return factories.warp()


@pytest.fixture
def priya(warp: Warp) -> Person:
    return factories.coordinator(warp, at=factories.organisation(warp), name="Priya Shah")


@pytest.fixture
def sam(warp: Warp) -> Person:
    """Return a lead of a full member."""
    return factories.person(factories.organisation(warp), lead=True, name="Sam Hartley")


def _runs(person: Person, warp: Warp) -> bool:
    return warp.id in viewer_of(person.id, Proof.FULL).keeps


def _named(priya: Person, warp: Warp, person: Person, days: int = 7) -> StandIn:
    made = stand_ins.name(priya.id, warp, person.id, clock.now() + timedelta(days=days))
    db.session.commit()
    return made


def _words(page) -> str:
    return " ".join(page.get_text(" ").split())


def _letters() -> list[tuple[str, str, str]]:
    """Deliver what waits; return to whom, the subject and the text of each letter."""
    sent = []

    class Carrier:
        def send(self, message, name, *, again) -> None:
            sent.append((str(message["To"]), str(message["Subject"]), text_of(message)))

    waiting = select(mail.Letter.id).where(mail.Letter.state == mail.LetterState.WAITING)
    for letter_id in db.session.scalars(waiting.order_by(mail.Letter.created_at)).all():
        mail.deliver(letter_id, letters.LETTERS, mail.People(recipient, lambda *_: None), Carrier())
    return sent


def test_a_lead_runs_the_warp_until_the_moment_and_not_a_second_longer(warp, priya, sam) -> None:
    assert not _runs(sam, warp)
    _named(priya, warp, sam)
    assert _runs(sam, warp)
    with clock.at(clock.now() + timedelta(days=7, seconds=1)):
        assert not _runs(sam, warp)  # even where no job has run since
        assert not authority.may_run(sam.id, warp.id)
        assert stand_ins.end_due() == 1
        db.session.commit()
        assert stand_ins.end_due() == 0
    assert not _runs(sam, warp)
    assert db.session.scalars(select(Coordinator.state).where(Coordinator.person_id == sam.id)).one() == "left"


def test_both_are_told_when_it_begins_and_when_it_ends(portal, warp, priya, sam) -> None:
    made = _named(priya, warp, sam)
    with portal.app_context():
        begun = {to: text for to, _, text in _letters()}
    assert "Priya Shah named you to run" in begun[f"{sam.name} <{sam.email}>"]
    assert "You named Sam Hartley to run" in begun[f"{priya.name} <{priya.email}>"]
    stand_ins.end(made, priya.id)
    db.session.commit()
    with portal.app_context():
        assert sorted(subject for _, subject, _ in _letters()) == [f"{warp.name}: the stand-in has ended"] * 2


def test_it_is_written_down_who_named_whom(warp, priya, sam) -> None:
    stand_ins.end(_named(priya, warp, sam), priya.id)
    db.session.commit()
    rows = select(Audit.action, Audit.actor).where(Audit.action.startswith("stand-in")).order_by(Audit.at)
    expected = [("stand-in.named", priya.id), ("stand-in.ended", priya.id)]
    assert [tuple(row) for row in db.session.execute(rows)] == expected


def test_another_coordinator_who_stands_in_stays_one_afterwards(warp, priya) -> None:
    grace = factories.coordinator(warp)
    stand_ins.end(_named(priya, warp, grace), priya.id)
    db.session.commit()
    assert _runs(grace, warp)


def test_naming_the_same_person_again_changes_the_day_alone(warp, priya, sam) -> None:
    first = _named(priya, warp, sam, days=3)
    again = _named(priya, warp, sam, days=9)
    assert (again.id, first.ended_at) == (first.id, None)
    with clock.at(clock.now() + timedelta(days=8)):
        assert _runs(sam, warp)


def test_ending_twice_tells_once(warp, priya, sam) -> None:
    made = _named(priya, warp, sam)
    for _ in range(2):
        stand_ins.end(made, priya.id)
        db.session.commit()
    kinds = db.session.scalars(select(mail.Letter.kind)).all()
    assert kinds.count("stand_in_ended") == 2


def test_only_leads_of_full_members_and_coordinators_may_be_named(warp, priya, sam) -> None:
    strangers = [
        priya,
        factories.member(warp),
        factories.person(factories.organisation(warp, kind=MembershipKind.ASSOCIATE), lead=True),
        factories.person(factories.organisation(factories.warp("Westmarch")), lead=True),
        factories.person(factories.organisation(warp), lead=True, state="suspended"),
    ]
    for person in strangers:
        with pytest.raises(stand_ins.NotEligible):
            _named(priya, warp, person)
    with pytest.raises(stand_ins.NotEligible):
        _named(priya, warp, sam, days=93)
    with pytest.raises(stand_ins.NotEligible):
        _named(priya, warp, sam, days=-1)


def test_a_stand_in_hands_nothing_on(warp, priya, sam) -> None:
    _named(priya, warp, sam)
    other = factories.person(factories.organisation(warp), lead=True)
    with pytest.raises(authority.NotTheirs):
        _named(sam, warp, other)
    with pytest.raises(authority.NotTheirs):
        people.appoint_coordinator(other, warp, by=sam.id)


def test_a_warp_is_not_left_to_a_stand_in_alone(warp, priya, sam) -> None:
    _named(priya, warp, sam)
    with pytest.raises(authority.LastCoordinator):
        people.step_down(priya, warp, by=priya.id)


def test_the_longer_of_two_counts_and_one_that_ends_leaves_the_other(warp, priya, sam) -> None:
    grace = factories.coordinator(warp)
    first, second = _named(priya, warp, sam, days=3), _named(grace, warp, sam, days=9)
    stand_ins.end(second, grace.id)
    db.session.commit()
    assert _runs(sam, warp)
    with clock.at(first.until + timedelta(seconds=1)):
        assert not _runs(sam, warp)


def test_it_ends_with_what_it_stood_on(warp, priya, sam) -> None:
    grace = factories.coordinator(warp)
    _named(priya, warp, sam)
    people.suspend(priya, "for a test")
    db.session.commit()
    assert not _runs(sam, warp)

    _named(grace, warp, sam)
    for post in db.session.scalars(select(people.Post).where(people.Post.person_id == sam.id)):
        post.state = "left"
    assert stand_ins.end_due() == 1
    db.session.commit()
    assert not _runs(sam, warp)


def test_who_is_appointed_for_good_meanwhile_stays(warp, priya, sam) -> None:
    made = _named(priya, warp, sam)
    people.appoint_coordinator(sam, warp)
    stand_ins.end(made, priya.id)
    db.session.commit()
    assert _runs(sam, warp)


def test_naming_by_the_page_and_working_by_it(signed_in, warp, priya, sam) -> None:
    browser = signed_in(priya)
    assert "Stand-in while you are away: nobody" in _words(browser.get_page("/desk"))
    address = f"/desk/stand-in/{warp.slug}"
    page = browser.post_form(address, "Save", person=str(sam.id), last_day="soon")
    assert "Enter a day like 24/12/2026" in _words(page)
    day = clock.local(clock.now()) + timedelta(days=5)
    page = browser.post_form(address, "Save", person=str(sam.id), last_day=f"{day:%d/%m/%Y}")
    assert f"Sam Hartley, up to and including {day.day} " in _words(page)

    theirs = signed_in(sam)
    assert "You stand in for Priya Shah" in _words(theirs.get_page("/desk"))
    theirs.get_page(address, status=404)
    browser.post_form(address, "End it now")
    theirs.get_page("/desk", status=404)


def test_somebody_elses_warp_is_not_there(signed_in, warp, priya) -> None:
    other = factories.warp("Westmarch")
    factories.coordinator(other)
    signed_in(priya).get_page(f"/desk/stand-in/{other.slug}", status=404)
    signed_in(priya).get_page("/desk/stand-in/nowhere", status=404)


def test_an_old_session_does_not_become_a_coordinators(signed_in, warp, priya, sam) -> None:
    before = signed_in(sam)
    _named(priya, warp, sam)
    assert before.get("/desk").status_code in (302, 404)


def test_a_key_that_a_stand_in_holds_is_no_key_of_the_warp(warp, priya, sam) -> None:
    """Somebody who runs another WARP and holds a key there opens nothing where they only stand in."""
    factories._kept(Coordinator(person_id=sam.id, warp_id=factories.warp("Westmarch").id))
    holders.make_key(sam.id, "a passphrase that is long enough for anybody")
    _named(priya, warp, sam)
    assert _runs(sam, warp)
    assert holders.count_keys(warp.id) == 0
    assert not authority.runs_for_good(sam.id, warp.id)
