"""Once a year everybody says that they read their mail, and every lead who is still with them."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.digests.post_room import text_of
from tests.renewals.conftest import on
from warp_hub import clock, db, mail
from warp_hub.audit import Audit
from warp_hub.jobs.letters import LETTERS
from warp_hub.memberships import confirming, people, profiles
from warp_hub.memberships.models import Membership, Person, Post, State
from warp_hub.memberships.profiles import Details
from warp_hub.memberships.renewal_models import Answer, StaffAnswer, StaffRenewal
from warp_hub.memberships.settings import WarpSettings
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.renewals import mailboxes, staff, terms
from warp_hub.renewals.terms import Terms
from warp_hub.renewals.waiting import waiting
from warp_hub.tlp import NOBODY

BEGUN = date(2027, 1, 15)
DUE = date(2028, 1, 15)
ASKED = DUE - timedelta(days=30)
ENDS = DUE + timedelta(days=30)


@pytest.fixture
def warp(database):
    return factories.warp()


@pytest.fixture
def hannah(warp) -> Person:
    """Return a reader by mail, whose year began in January 2027."""
    made = factories.member(warp, name="Hannah Whitlock")
    with on(BEGUN):
        looked_after()
    return made


def looked_after(day: date | None = None, *, leads: bool = False) -> dict[str, int]:
    if day is not None:
        with on(day):
            return looked_after(leads=leads)
    done = mailboxes.look_after() | (staff.look_after() if leads else {})
    db.session.commit()
    return {what: count for what, count in done.items() if count}


def post_of(person: Person) -> Post:
    db.session.expire_all()
    return db.session.scalars(select(Post).where(Post.person_id == person.id)).one()


def test_nobody_is_asked_before_the_day_and_everybody_once(hannah) -> None:
    days = [ASKED - timedelta(days=1), ASKED, ASKED + timedelta(days=1)]
    assert [looked_after(day) for day in days] == [{}, {"asked": 1}, {}]


def test_two_reminders_come_after_14_and_28_days_and_no_third(hannah) -> None:
    looked_after(ASKED)
    told = {after: looked_after(ASKED + timedelta(days=after)) for after in (13, 14, 15, 27, 28, 29, 42, 59)}
    assert {after: done for after, done in told.items() if done} == {14: {"reminded": 1}, 28: {"reminded": 1}}


def test_access_ends_30_days_after_it_was_due_and_not_a_day_before(hannah) -> None:
    looked_after(ASKED)
    looked_after(DUE)
    assert looked_after(ENDS - timedelta(days=1)) == {}
    assert viewer_of(hannah.id, Proof.MAILBOX).is_member
    assert looked_after(ENDS) == {"suspended": 1}
    assert not viewer_of(hannah.id, Proof.MAILBOX).is_member
    assert (post_of(hannah).state, hannah.state) == (State.SUSPENDED, State.ACTIVE)
    assert looked_after(ENDS + timedelta(days=1)) == {}


def test_the_letter_is_one_button_that_needs_no_password_and_looking_changes_nothing(hannah, deliver, browser) -> None:
    with on(ASKED):
        looked_after()
        (letter,) = deliver()
        assert "Yes, keep sending me this" in text_of(letter)
        link = re.search(r"http://localhost:8000(/mailbox\?link=\S+)", text_of(letter))[1]
        page = browser.get(link)
        assert page.status_code == 303
        assert "link" not in page.location
        assert hannah.email not in browser.get_page("/mailbox").get_text()
        db.session.expire_all()
        assert hannah.mailbox_confirmed_at is None
        assert "Thank you" in browser.post_form("/mailbox").get_text()
    db.session.expire_all()
    assert hannah.mailbox_confirmed_at is not None
    assert viewer_of(hannah.id, Proof.MAILBOX).is_member
    assert looked_after(ENDS) == {}
    # The next year counts from the press.
    again = terms.months_later(ASKED, 12) - timedelta(days=30)
    assert [looked_after(day) for day in (again - timedelta(days=1), again)] == [{}, {"asked": 1}]


def test_until_somebody_says_which_language_they_read_a_letter_speaks_both(hannah, warp, portal) -> None:
    sam = factories.member(warp, lead=True)
    council = db.session.scalars(select(Post.organisation_id).where(Post.person_id == sam.id)).one()
    factories._kept(StaffRenewal(organisation_id=council, counted_from=BEGUN, asked_on=ASKED, due_on=DUE, reminded=0))
    spoken = {
        mailboxes.ASK: (hannah, ("Yes, keep sending me this", "Ie, parhewch i anfon hwn ataf")),
        staff.ASK: (sam, ("Sign in and answer", "Mewngofnodi ac ateb")),
    }
    looked_after(ASKED)

    def told(kind: str) -> set[tuple[bool, bool]]:
        person, button = spoken[kind]
        letter = mail.Letter(kind=kind, person_id=person.id, item_ids=[council])
        with portal.app_context():
            made = LETTERS[kind](letter, NOBODY)
        due = ("15 January", "15 Ionawr")
        return {tuple(word in part for word in words) for part in (made.text, made.html) for words in (button, due)}

    for kind, (person, _button) in spoken.items():
        assert told(kind) == {(True, True)}
        profiles.save(person, Details(person.name, "cy"))
        assert told(kind) == {(False, True)}


def test_a_press_after_the_end_brings_back_what_ended_and_no_more(hannah, warp, deliver, browser) -> None:
    ended = factories._kept(
        Post(person_id=hannah.id, organisation_id=factories.organisation(warp).id, state=State.LEFT)
    )
    for day in (ASKED, ENDS):
        looked_after(day)
    with on(ENDS):
        subjects = [str(letter["Subject"]) for letter in deliver()]
        assert [subject.partition(" / ")[0] for subject in subjects] == [f"{warp.name}: your mail has stopped"]
        browser.get("/mailbox", query_string={"link": confirming.sign(hannah.id)})
        browser.post_form("/mailbox")
    db.session.expire_all()
    states = dict(db.session.execute(select(Post.id, Post.state).where(Post.person_id == hannah.id)).all())
    assert states.pop(ended.id) is State.LEFT
    assert set(states.values()) == {State.ACTIVE}


def test_a_link_is_over_for_who_left_and_after_120_days_and_forged(hannah, browser) -> None:
    with on(ASKED):
        link = confirming.sign(hannah.id)
    assert browser.get("/mailbox", query_string={"link": f"{link}x"}, follow_redirects=True).status_code == 410
    with on(ASKED + timedelta(days=121)):
        assert browser.get("/mailbox", query_string={"link": link}, follow_redirects=True).status_code == 410
    with on(ASKED + timedelta(hours=0)):
        assert browser.get("/mailbox", query_string={"link": link}, follow_redirects=True).status_code == 200
        people.leave(hannah)
        db.session.commit()
        assert browser.get("/mailbox").status_code == 410


def test_who_was_asked_late_has_no_less_time(hannah) -> None:
    late = DUE + timedelta(days=20)
    assert looked_after(late) == {"asked": 1}
    assert looked_after(late + timedelta(days=59)) != {"suspended": 1}
    assert looked_after(late + timedelta(days=60)) == {"suspended": 1}


def test_a_round_that_nobody_looked_after_begins_anew_and_shuts_nobody_out(hannah, warp) -> None:
    looked_after(ASKED)
    place = db.session.scalars(select(Membership).where(Membership.warp_id == warp.id)).one()
    place.state = State.LAPSED
    assert looked_after(ENDS + timedelta(days=10)) == {}
    place.state = State.ACTIVE
    later = ENDS + timedelta(days=200)
    assert looked_after(later) == {"asked": 1}
    assert looked_after(later + timedelta(days=59)) != {"suspended": 1}


def test_not_signing_in_is_not_dormancy(hannah) -> None:
    for year in range(3):
        with on(ASKED + timedelta(days=365 * year + 5)):
            looked_after()
            confirming.confirm_mailbox(hannah, "link in a letter")
            db.session.commit()
    with on(ASKED + timedelta(days=365 * 3)):
        assert viewer_of(hannah.id, Proof.MAILBOX).is_member


def test_a_month_asks_everybody_together_but_for_who_confirmed_just_before() -> None:
    october = Terms(months=(10,))
    assert october.due(date(2027, 1, 15)) == date(2027, 10, 1)
    assert october.due(date(2027, 9, 3)) == date(2028, 10, 1)
    assert october.due(date(2027, 10, 20)) == date(2028, 10, 1)
    assert terms.months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)


@pytest.mark.parametrize(
    "wrong",
    [
        {"renewal_month": 13},
        {"renewal_every_months": 13},
        {"renewal_ask_days": 13},
        {"renewal_grace_days": 13},
        {"renewal_remind_after_days": (3,)},
        {"renewal_remind_after_days": (14, 20)},
    ],
)
def test_what_a_warp_sets_has_floors(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        WarpSettings(**wrong)


class TestLeads:
    """Who is still with an organisation."""

    @pytest.fixture
    def council(self, warp):
        return factories.organisation(warp)

    @pytest.fixture
    def sam(self, council):
        return factories.person(council, lead=True, name="Sam Hartley")

    @pytest.fixture
    def grace(self, council, sam):
        made = factories.person(council, name="Grace Okafor")
        with on(BEGUN):
            looked_after(leads=True)
        return made

    def test_a_lead_is_asked_and_reminded_and_their_silence_ends_nothing(self, warp, sam, grace, deliver) -> None:
        done = {}
        for after in (0, 14, 28, 30, 61):
            with on(ASKED + timedelta(days=after)):
                confirming.confirm_mailbox(sam, "a test")
                confirming.confirm_mailbox(grace, "a test")
                done[after] = looked_after(leads=True)
                if after == 0:
                    (letter,) = [one for one in deliver() if "still with you" in str(one["Subject"])]
                    assert sam.email in str(letter["To"])
                    assert grace.name not in text_of(letter)
                    assert waiting([warp.id]).silent == []
        assert done[0] == {"organisations asked": 1}
        assert done[14] == done[28] == {"organisations reminded": 1}
        assert done[30] == done[61] == {}
        assert post_of(grace).state is State.ACTIVE
        with on(DUE):
            (silent,) = waiting([warp.id]).silent
        assert silent.leads == ["Sam Hartley"]

    def test_one_page_takes_one_answer_a_person(self, signed_in, warp, council, sam, grace) -> None:
        left = factories.person(council, name="Declan Byrne")
        unsure = factories.person(council, name="Mei Zhang")
        other_lead = factories.person(council, lead=True, name="Priya Shah")
        looked_after(ASKED, leads=True)
        with on(ASKED):
            page = signed_in(sam)
            address = f"/renewals/{council.id}"
            shown = page.get_page(address).get_text()
            assert "Are these people still with you?" in shown
            assert sam.email not in shown.split("Are these people still with you?")[2]
            fields = {one: f"post_{post_of(one).id.hex}" for one in (grace, left, unsure, other_lead)}
            faulty = page.post_form(address, "Save answers", status=422, **{fields[grace]: "still here"})
            assert faulty.title.get_text().startswith("Error:")
            said = {grace: "still here", left: "has left", unsure: "not sure", other_lead: "has left"}
            page.post_form(address, "Save answers", **{fields[one]: answer for one, answer in said.items()})
        assert not viewer_of(left.id, Proof.FULL).is_member
        assert viewer_of(other_lead.id, Proof.FULL).is_member  # an equal is for the coordinator to take out
        doubts = {(one.person.name, one.answer.value, one.said_by) for one in waiting([warp.id]).doubts}
        assert doubts == {("Mei Zhang", "not sure", "Sam Hartley"), ("Priya Shah", "has left", "Sam Hartley")}
        assert looked_after(ASKED + timedelta(days=14), leads=True).get("organisations reminded") is None
        noted = db.session.scalars(select(Audit.detail).where(Audit.action == "staff.confirmed")).one()
        assert noted == {"organisation": str(council.id), "still here": 1, "has left": 2, "not sure": 1}

    def test_nobody_else_sees_the_page(self, signed_in, browser, warp, council, sam, grace) -> None:
        address = f"/renewals/{council.id}"
        elsewhere = factories.person(factories.organisation(warp), lead=True)
        for person in (grace, elsewhere, factories.coordinator(factories.warp("Westmarch"))):
            signed_in(person).get_page(address, status=404)
        assert signed_in(sam, Proof.MAILBOX).get(address).status_code == 302
        assert browser.get(address).status_code == 302
        signed_in(factories.coordinator(warp)).get_page(address)

    def test_after_ten_minutes_a_lead_proves_who_they_are_before_the_page(self, signed_in, council, sam, grace) -> None:
        page, address = signed_in(sam), f"/renewals/{council.id}"
        assert page.get(address).status_code == 200
        with clock.at(clock.now() + timedelta(minutes=11)):
            led = page.get(address)
        assert led.status_code == 303
        assert led.location.endswith(f"next=/renewals/{council.id}")

    def test_a_coordinator_settles_what_is_left_open(self, signed_in, warp, council, sam, grace) -> None:
        for day in (ASKED, ENDS):
            looked_after(day, leads=True)
        with on(ENDS):
            boss = signed_in(factories.coordinator(warp))
            assert "Access has ended for want of an answer (2)" in boss.get_page("/desk/renewals").get_text()
            address = f"/desk/renewals/people/{grace.id}"
            stranger = signed_in(factories.coordinator(factories.warp("Westmarch")))
            given = {"do": "let back"}
            assert stranger.post(address, data=given).status_code in (400, 404)
            page = boss.post_form("/desk/renewals", f"Let back in {grace.name}")
            assert "has access again" in page.get_text()
        assert viewer_of(grace.id, Proof.MAILBOX).is_member

    def test_who_runs_a_warp_is_not_for_one_coordinator_alone(self, signed_in, warp, council, sam, grace) -> None:
        equal = factories.coordinator(warp, at=council, name="Priya Shah")
        for person in (equal, grace):
            factories._kept(StaffAnswer(post_id=post_of(person).id, answer=Answer.NOT_SURE, answered_on=ASKED))
        boss = signed_in(factories.coordinator(warp))
        page = boss.get_page("/desk/renewals")
        shown = {button.get_text() for button in page.select("button")}
        assert {"Has left Grace Okafor", "Still here Grace Okafor"} <= shown
        assert "Priya Shah" in page.get_text()
        assert not [words for words in shown if "Priya" in words]

    def test_mail_that_comes_back_is_seen_at_once(self, warp, grace) -> None:
        grace.mail_suspended = "550 no such user"
        db.session.commit()
        assert [one.person.id for one in waiting([warp.id]).refused] == [grace.id]
