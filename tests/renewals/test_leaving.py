"""Leaving ends everything at once, in one transaction, and what lies about is cleared up."""

from base64 import b64encode
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from tests import factories
from tests.faults.killing import killed_at
from warp_hub import audit, clock, db, mail
from warp_hub.alerts.interest_models import Interest, InterestKind
from warp_hub.digests import subscriptions
from warp_hub.digests.models import Subscription
from warp_hub.discussions import following as follows
from warp_hub.discussions.models import Follow, Question, Reply
from warp_hub.jobs import tasks
from warp_hub.memberships import arrivals, authority, away, invitations, leaving, organisations, tokens
from warp_hub.memberships.models import Person, Post, State, Token
from warp_hub.memberships.settings import Cadence
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import ItemKind
from warp_hub.sharing.visibility import house_read
from warp_hub.signin.models import Session
from warp_hub.tlp import Marking
from warp_hub.training import following
from warp_hub.training.models import Booking, BookingState, OpenTo, SessionKind, TrainingSession


@pytest.fixture
def warp(database):
    return factories.warp()


@pytest.fixture
def council(warp):
    return factories.organisation(warp)


@pytest.fixture
def sam(council) -> Person:
    return factories.person(council, lead=True, name="Sam Hartley")


@pytest.fixture
def grace(council) -> Person:
    return factories.person(council, name="Grace Okafor")


def session_to_come(warp) -> TrainingSession:
    item = factories.item(to=[warp], kept_by=[warp], kind=ItemKind.TRAINING_SESSION)
    starts = clock.now() + timedelta(days=7)
    given = {"kind": SessionKind.BRIEFING, "open_to": OpenTo.OWN, "zone": "Europe/London", "capacity": 1}
    made = TrainingSession(id=item.id, warp_id=warp.id, starts_at=starts, ends_at=starts + timedelta(hours=1), **given)
    return factories._kept(made)


def rows(of, **where) -> int:
    asked = select(func.count()).select_from(of).filter_by(**where)
    return db.session.scalar(house_read(asked, "training")) or 0


def cleared_up() -> list[str]:
    """Run what waits on the queue for those who left; return whose it was."""
    asked = "SELECT args->>'person_id' FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'"
    waiting = list(db.session.scalars(text(asked), {"name": leaving.CLEAR_UP}))
    for person_id in waiting:
        tasks.clear_up_after(person_id)
    return waiting


def test_leaving_ends_each_thing_at_once_and_the_worker_clears_up(
    signed_in, browser, deliver, warp, council, grace
) -> None:
    red = factories.item(Marking.RED, to=[grace], kept_by=[warp], kind=ItemKind.QUESTION, title="For Grace alone")
    factories._kept(Question(id=red.id, text="?", html="<p>?</p>", asked_on=clock.today()))
    here, tool, feed = signed_in(grace), signed_in(grace), following.make_address(grace.id)
    secret = tokens.mint(grace.id, "Firewall", Marking.GREEN, clock.now() + timedelta(days=30))
    invited = invitations.mint(grace)
    training, follower = session_to_come(warp), factories.item(to=[warp])
    factories._kept(Booking(item_id=training.id, person_id=grace.id, state=BookingState.BOOKED, asked_at=clock.now()))
    other = factories.person(council)
    factories._kept(Booking(item_id=training.id, person_id=other.id, state=BookingState.WAITING, asked_at=clock.now()))
    follows.follow(grace.id, follower.id)
    subscriptions.choose(grace.id, warp, Cadence.WEEKLY)
    factories._kept(Interest(person_id=grace.id, kind=InterestKind.TOPIC, value="mail", key="mail"))
    said = {"item_id": follower.id, "place": 1, "text": "Ours too", "html": "<p>Ours too</p>", "said_on": clock.today()}
    reply = factories._kept(Reply(author=grace.id, name=grace.name, organisation=council.name, **said))
    address = f"/discussions/{red.id}"
    header = {"Authorization": "Basic " + b64encode(f"{grace.email}:{secret}".encode()).decode()}
    assert here.get(address).status_code == 200
    assert browser.get("/exports/firewall.txt", headers=header).status_code in (200, 404)
    assert browser.get(f"/training/calendar/{feed}.ics").status_code == 200

    page = tool.post_form("/account/leave", "Leave for good", status=422, email="somebody@else.example")
    assert "This is not your e-mail address here" in page.get_text()
    page = tool.post_form("/account/leave", "Leave for good", email=grace.email.upper())
    assert "You have left" in page.get_text()

    assert here.get(address).status_code in (302, 404)
    assert tokens.find(grace.email, secret) is None
    assert browser.get(f"/training/calendar/{feed}.ics").status_code == 404
    assert invitations.find(invited) is None
    assert not viewer_of(grace.id, Proof.FULL).is_member
    assert grace.id not in subscriptions.subscribers(warp.id)
    assert [one for one in deliver() if grace.name in str(one["To"])] == []
    db.session.expire_all()
    assert grace.email.endswith("@left.invalid")

    assert cleared_up() == [str(grace.id)]
    for of in (Follow, Subscription, Interest, Session, Token):
        assert rows(of, person_id=grace.id) == 0, of
    assert rows(Booking, person_id=grace.id, state=BookingState.CANCELLED) == 1
    tasks.fill_places(str(training.id))
    assert rows(Booking, person_id=other.id, state=BookingState.BOOKED) == 1
    db.session.expire_all()
    kept = db.session.scalars(house_read(select(Reply).where(Reply.id == reply.id), "training")).one()
    assert (kept.text, kept.author, kept.name, kept.organisation) == ("Ours too", None, None, None)


def test_a_letter_that_waits_when_somebody_leaves_does_not_go(deliver, grace) -> None:
    invitations.invite(grace)
    db.session.commit()
    leaving.leave(grace)
    db.session.commit()
    assert deliver() == []
    assert db.session.scalars(select(mail.Letter.state)).all() == [mail.LetterState.CANCELLED]


def test_a_lead_takes_out_officers_and_nobody_else(warp, council, sam, grace) -> None:
    other_lead = factories.person(council, lead=True)
    boss = factories.coordinator(warp, at=council)
    elsewhere = factories.member(warp)
    for person, of in ((other_lead, council), (boss, council), (elsewhere, council), (sam, council)):
        with pytest.raises(authority.NotTheirs):
            leaving.take_out(person, of, sam.id)
    nowhere = factories.person()
    for person, by in ((nowhere, sam), (sam, grace)):
        with pytest.raises(authority.NotTheirs):
            leaving.take_out(person, council, by.id)
    assert leaving.take_out(grace, council, sam.id)
    assert grace.state is State.LEFT


def test_who_stands_elsewhere_too_only_loses_the_one_post(warp, council, sam, grace) -> None:
    other = factories.organisation(factories.warp("Westmarch"))
    factories._kept(Post(person_id=grace.id, organisation_id=other.id))
    assert not leaving.take_out(grace, council, sam.id)
    db.session.commit()
    assert grace.state is State.ACTIVE
    assert council.id not in viewer_of(grace.id, Proof.FULL).amber
    assert other.id in viewer_of(grace.id, Proof.FULL).amber


@pytest.mark.parametrize("proof", [Proof.MAILBOX, Proof.PASSWORD])
def test_who_has_a_second_step_leaves_only_with_it(signed_in, grace, proof) -> None:
    away.begin_counting()
    assert signed_in(grace, proof).get("/account/leave").status_code == 200
    arrivals.after_full_sign_in(grace.id)
    db.session.commit()
    asked = signed_in(grace, proof).get("/account/leave", follow_redirects=True)
    assert "Leave for good" not in asked.text
    assert signed_in(grace).get("/account/leave").status_code == 200


def test_the_last_coordinator_cannot_leave_and_is_told_why(signed_in, warp, council) -> None:
    boss = factories.coordinator(warp, at=council)
    page = signed_in(boss).post_form("/account/leave", "Leave for good", status=422, email=boss.email)
    assert f"Nobody else runs {warp.name}" in page.get_text()
    assert page.title.get_text().startswith("Error:")
    db.session.expire_all()
    assert boss.state is State.ACTIVE
    factories.coordinator(warp)
    signed_in(boss).post_form("/account/leave", "Leave for good", email=boss.email)
    db.session.expire_all()
    assert boss.state is State.LEFT


def test_an_organisation_leaves_with_those_who_belong_nowhere_else(signed_in, warp, council, sam, grace) -> None:
    westmarch = factories.warp("Westmarch")
    factories._kept(Post(person_id=grace.id, organisation_id=factories.organisation(westmarch).id))
    theirs, desk = signed_in(sam), signed_in(factories.coordinator(warp))
    address = f"/desk/organisations/{council.id}/in/{warp.slug}"
    shown = desk.get_page(address).get_text()
    assert f"one person loses access at once, and comes back by a new invitation: {sam.name}" in shown
    desk.post_form(address, state="left", reason="merged")
    db.session.expire_all()
    assert (sam.state, grace.state) == (State.LEFT, State.ACTIVE)
    assert not viewer_of(grace.id, Proof.FULL).amber & {council.id, warp.id}
    assert theirs.get("/account").status_code == 302
    ended = db.session.scalars(select(audit.Audit.detail).where(audit.Audit.action == "person.left-post")).one()
    assert (ended["person"], ended["organisation"]) == (str(grace.id), str(council.id))
    # Admitted again, nobody of before is back: each is invited anew.
    organisations.join(council, warp)
    assert not viewer_of(sam.id, Proof.FULL).is_member
    assert not viewer_of(grace.id, Proof.FULL).amber & {council.id, warp.id}


def test_an_organisation_of_two_warps_keeps_its_people(warp) -> None:
    westmarch = factories.warp("Westmarch")
    shared = factories.organisation(warp, westmarch)
    mei = factories.person(shared)
    organisations.leave(shared, warp)
    assert leaving.let_people_go(shared, warp, None) == []
    assert viewer_of(mei.id, Proof.FULL).amber == {mei.id, shared.id, westmarch.id}


def test_killed_at_any_step_somebody_has_left_or_has_not(grace) -> None:
    def leave() -> None:
        leaving.leave(db.session.scalars(select(Person).where(Person.id == grace.id)).one())
        db.session.commit()

    def standing() -> tuple[object, ...]:
        db.session.rollback()
        db.session.expire_all()
        now = db.session.scalars(select(Person).where(Person.id == grace.id)).one()
        posts = db.session.scalars(select(Post.state).where(Post.person_id == grace.id)).all()
        jobs = db.session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name"), {"name": leaving.CLEAR_UP}
        )
        return now.state, now.void_before is not None, now.email == grace_email, tuple(posts), jobs

    grace_email, before = grace.email, (State.ACTIVE, False, True, (State.ACTIVE,), 0)
    after = (State.LEFT, True, False, (State.LEFT,), 1)
    step, met = 1, set()
    while killed_at(step, leave):
        met.add(standing())
        if standing() == after:
            break
        step += 4
    assert met <= {before, after}
    assert before in met


def test_nothing_is_cleared_up_of_who_has_not_left(grace) -> None:
    factories._kept(Interest(person_id=grace.id, kind=InterestKind.TOPIC, value="mail", key="mail"))
    tasks.clear_up_after(str(grace.id))
    assert rows(Interest, person_id=grace.id) == 1
