"""Does this affect you: whom a WARP asks, what an organisation answers, and what anybody is told of it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from tests import factories
from tests.alerts.conftest import Community
from warp_hub import clock, db
from warp_hub.alerts import answer_figures, answers, askings
from warp_hub.alerts.answer_models import Answer, AnswerChoice, AnswerConsent, AskedOf, Asking
from warp_hub.memberships.models import MembershipKind, Organisation, Person
from warp_hub.memberships.settings import WarpSettings
from warp_hub.memberships.viewers import Proof
from warp_hub.memberships.working_days import Nation, after_working_days
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, Severity
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, Outlet

pytestmark = pytest.mark.usefixtures("database")
YES, NO, CHECKING, FIXED = AnswerChoice.YES, AnswerChoice.NO, AnswerChoice.CHECKING, AnswerChoice.FIXED


def as_web(viewer: Any, asked: Any) -> Any:
    """Return what somebody reads as the web role, row-level security and all."""
    with db.acting("web"):
        db.enter(viewer.settings())
        found = asked()
        db.leave()
    return found


def waiting(here: Community, person: Person, outlet: Outlet = Outlet.PAGE) -> list[UUID]:
    viewer = here.viewer(person)
    return as_web(viewer, lambda: [one.item.id for one in answers.waiting_for(viewer, outlet)])


def test_what_a_warp_asks_waits_for_each_organisation_until_one_of_its_people_answers(here: Community) -> None:
    first, second = here.asks(), here.asks(severity=Severity.THIS_WEEK, of=AskedOf.MEMBERS)
    other = here.members(1)[0]
    assert waiting(here, here.sam) == waiting(here, here.grace) == waiting(here, other) == [first.id, second.id]
    here.answers(here.sam, first, CHECKING)
    assert waiting(here, here.sam) == waiting(here, here.grace) == [second.id]
    assert waiting(here, other) == [first.id, second.id]
    here.answers(here.grace, first, FIXED)
    given = answers.answer_of(first.id, here.viewer(here.sam))
    assert given is not None
    assert given.choice is FIXED
    assert len(db.session.scalars(house_read(select(Answer), "answers")).all()) == 1


def test_no_column_says_which_person_answered_or_when(here: Community) -> None:
    named = {"id", "item_id", "organisation_id", "warp_id", "choice", "named", "left_out", "counted", "counted_in"}
    assert set(Answer.__table__.columns.keys()) == named
    here.answers(here.sam, here.asks(), YES, may_know=True)
    told = db.session.execute(text("SELECT detail::text || action FROM audit WHERE actor = :who"), {"who": here.sam.id})
    assert told.all() == []


def test_whom_is_asked_follows_from_severity_and_the_coordinators_choice(here: Community) -> None:
    for severity, of, asked in (
        (Severity.ACT_TODAY, None, AskedOf.MEMBERS),
        (Severity.THIS_WEEK, None, AskedOf.MATCHING),
        (Severity.FOR_INFORMATION, None, AskedOf.NOBODY),
        (Severity.FOR_INFORMATION, AskedOf.MEMBERS, AskedOf.MEMBERS),
        (Severity.ACT_TODAY, AskedOf.NOBODY, AskedOf.NOBODY),
    ):
        item = here.asks(severity=severity, of=of)
        found = askings.find(item.id, here.midshire.id, here.viewer(here.priya), Outlet.DESK)
        assert found is not None
        assert found.of_whom is asked
        assert (item.id in waiting(here, here.sam)) is (asked is AskedOf.MEMBERS)
    red = factories.item(Marking.RED, to=[here.priya, here.sam], kept_by=[here.midshire], passed_by=[here.midshire.id])
    assert askings.ask(red, here.midshire.id, here.viewer(here.priya)) is None


def test_what_a_trusted_source_passed_on_asks_those_it_matches_once(here: Community) -> None:
    item = factories.item(severity=Severity.ACT_TODAY, passed_by=[here.midshire.id])
    factories.item(severity=Severity.FOR_INFORMATION, passed_by=[here.midshire.id])
    factories.item(severity=Severity.ACT_TODAY, passed_by=[here.midshire.id], withdrawn_at=clock.now())
    here.asks(of=AskedOf.NOBODY)
    assert (askings.ask_of_what_came(), askings.ask_of_what_came()) == (1, 0)
    db.session.commit()
    found = db.session.scalars(house_read(select(Asking).where(Asking.item_id == item.id), "answers")).one()
    assert found.of_whom is AskedOf.MATCHING


def test_nobody_answers_what_they_may_not_have_or_were_not_asked(here: Community) -> None:
    strict = here.asks(Marking.AMBER_STRICT)
    amber = here.asks(Marking.AMBER)
    green = here.asks()
    associate = factories.member(here.midshire, MembershipKind.ASSOCIATE)
    stranger = factories.member(factories.warp("Westmarch"))
    assert set(waiting(here, here.sam)) == {strict.id, amber.id, green.id}
    assert set(waiting(here, here.sam, Outlet.MAIL)) == {green.id}
    assert set(waiting(here, associate)) == {amber.id, green.id}
    assert waiting(here, stranger) == []
    for person, item in ((associate, strict), (stranger, green), (stranger, amber)):
        viewer = here.viewer(person)
        with pytest.raises(answers.NotAsked):
            answers.give(item.id, viewer, here.council.id, YES, may_know=False)
    reader = here.viewer(here.sam, Proof.MAILBOX)
    assert as_web(reader, lambda: [one.item.id for one in answers.waiting_for(reader)]) == [green.id]


def test_a_question_ends_by_the_coordinator_by_itself_and_with_its_warning(here: Community) -> None:
    closed, old, withdrawn = here.asks(), here.asks(), here.asks()
    askings.close(closed.id, here.midshire.id, here.viewer(here.priya))
    publishing.withdraw(withdrawn)
    db.session.commit()
    assert askings.close_due() == 1
    db.session.commit()
    assert waiting(here, here.sam) == [old.id]
    with pytest.raises(answers.NotAsked):
        answers.give(closed.id, here.viewer(here.sam), here.council.id, YES, may_know=False)
    with clock.at(clock.now() + timedelta(days=45)):
        assert askings.close_due() == 1
        assert answers.waiting_for(here.viewer(here.sam)) == []


def test_answers_are_removed_thirty_days_after_the_end_and_listed_before(here: Community) -> None:
    item, other = here.asks(), here.asks()
    here.answers(here.sam, item, YES)
    here.answers(here.sam, other, NO)
    askings.close(item.id, here.midshire.id, here.viewer(here.priya))
    db.session.commit()
    for days, listed in ((29, []), (31, [(item.id, here.midshire.id)])):
        with clock.at(clock.now() + timedelta(days=days)):
            assert list(answer_figures.to_forget()) == listed
    assert answer_figures.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert answer_figures.forget_old() == 1
    db.session.commit()
    assert [one.item_id for one in db.session.scalars(house_read(select(Answer), "answers"))] == [other.id]


def test_the_desk_reads_an_answer_only_where_its_organisation_gave_its_name(here: Community) -> None:
    item = here.asks()
    silent, open_ = here.members(2)
    here.answers(silent, item, YES)
    here.answers(open_, item, NO, may_know=True)
    priya, name = here.viewer(here.priya), _organisation(open_).name
    rows = "SELECT organisation_id FROM warning_answer"
    seen = as_web(priya, lambda: list(db.session.execute(text(rows), execution_options={"tlp": "page"}).scalars()))
    assert seen == [_organisation(open_).id]
    assert as_web(priya, lambda: answers.named_to(item.id, here.midshire.id, priya)) == [(name, NO)]
    for person in (here.sam, factories.coordinator(factories.warp("Westmarch"))):
        viewer = here.viewer(person)
        assert as_web(viewer, lambda: list(db.session.execute(text(rows), execution_options={"tlp": "page"}))) == []
    here.answers(open_, item, NO)
    assert as_web(priya, lambda: answers.named_to(item.id, here.midshire.id, priya)) == []


def test_nobody_writes_an_answer_for_another_organisation_past_the_verbs(here: Community) -> None:
    item = here.asks()
    here.answers(here.sam, item, YES)
    for person in (here.priya, here.members(1)[0]):
        changed = update(Answer).values(choice=NO)
        rows = as_web(here.viewer(person), lambda changed=changed: db.session.execute(changed).rowcount)
        assert rows == 0
    with pytest.raises(Exception, match="permission denied"):
        as_web(here.viewer(here.sam), lambda: db.session.execute(update(Answer).values(counted=YES)))


def test_figures_come_when_due_at_k_and_hide_what_could_be_worked_out(here: Community) -> None:
    item = here.asks()
    people = here.members(12)
    priya = here.viewer(here.priya)
    for person, choice in zip(people, [YES] * 5 + [NO] * 6 + [CHECKING], strict=True):
        here.answers(person, item, choice)
    here.answers(here.sam, item, YES, may_know=True)
    assert _figures(item, here, timedelta()) is None
    told = _figures(item, here, timedelta(days=5))
    assert told is not None
    assert told.answered == 12
    assert told.by_choice == {YES: 5, NO: None, CHECKING: None, FIXED: None}
    assert answer_figures.counts(item.id, here.midshire.id, here.viewer(here.sam)) is None
    # Who gave no name before it was counted stays without one; a single later answer moves nothing.
    assert not here.answers(people[0], item, FIXED, may_know=True).named
    assert _figures(item, here, timedelta(days=9)) == told
    assert answers.named_to(item.id, here.midshire.id, priya) == [(here.council.name, YES)]


def test_asked_anew_after_the_answers_were_removed_the_figures_stay_as_they_were(here: Community) -> None:
    item = here.asks()
    people = here.members(11)
    for person, choice in zip(people[:10], [YES] * 5 + [NO] * 5, strict=True):
        here.answers(person, item, choice)
    told = _figures(item, here, timedelta(days=5))
    assert told is not None
    askings.close(item.id, here.midshire.id, here.viewer(here.priya))
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=40)):
        assert answer_figures.forget_old() == 10
        askings.ask(item, here.midshire.id, here.viewer(here.priya), AskedOf.MEMBERS)
        db.session.commit()
    for person, choice in zip(people, [YES] * 6 + [NO] * 5, strict=True):
        here.answers(person, item, choice)
    assert _figures(item, here, timedelta(days=50)) == told


def test_an_organisation_of_two_warps_is_counted_by_one_of_them(here: Community) -> None:
    eastdale = factories.warp("Eastdale")
    both = here.members(6, here.midshire, eastdale)
    item = here.asks()
    db.session.execute(update(Item).where(Item.id == item.id).values(passed_by=[here.midshire.id, eastdale.id]))
    askings.ask_of_what_came([item.id])
    db.session.commit()
    for person, choice in zip(both, [YES, YES, YES, NO, NO, NO], strict=True):
        here.answers(person, item, choice)
    held = house_read(select(Answer.warp_id).distinct(), "answers")
    assert list(db.session.scalars(held)) == [here.midshire.id]


def test_due_dates_know_working_days_and_the_bank_holidays_of_a_nation() -> None:
    friday = datetime(2026, 12, 24, 10, tzinfo=UTC)
    london, five = ZoneInfo("Europe/London"), time(17)
    for nation, days, due in (
        (Nation.ENGLAND, 1, datetime(2026, 12, 29, 17, tzinfo=UTC)),
        (Nation.SCOTLAND, 5, datetime(2027, 1, 6, 17, tzinfo=UTC)),
        (Nation.WALES, 5, datetime(2027, 1, 5, 17, tzinfo=UTC)),
    ):
        assert after_working_days(friday, days, five, nation, london) == due
    summer = after_working_days(datetime(2026, 7, 10, 8, tzinfo=UTC), 1, five, Nation.NORTHERN_IRELAND, london)
    assert summer == datetime(2026, 7, 14, 16, tzinfo=UTC)
    this_week = askings.due_at(Severity.THIS_WEEK, WarpSettings(), datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert this_week == datetime(2026, 11, 30, 17, tzinfo=UTC)
    for refused in ({"answer_days_this_week": 1}, {"answers_close_after_days": 3}, {"answer_at": time(3)}):
        with pytest.raises(ValueError, match="greater than"):
            WarpSettings(**refused)  # type: ignore[arg-type]


def _figures(item: Item, here: Community, later: timedelta) -> answer_figures.Counts | None:
    with clock.at(clock.now() + later):
        answer_figures.read_due()
        db.session.commit()
    priya = here.viewer(here.priya)
    return as_web(priya, lambda: answer_figures.counts(item.id, here.midshire.id, priya))


def _organisation(person: Person) -> Organisation:
    from warp_hub.memberships.models import Post

    held = select(Organisation).join(Post, Post.organisation_id == Organisation.id)
    return db.session.scalars(held.where(Post.person_id == person.id)).one()


def test_the_wall_keeps_what_an_organisation_lets_be_known_from_everybody_else(here: Community) -> None:
    item = here.asks()
    here.answers(here.sam, item, AnswerChoice.YES, may_know=True)
    for person, rows in ((here.grace, 1), (here.members(1)[0], 0), (here.priya, 0)):
        with db.acting("web"):
            db.enter(here.viewer(person).settings())
            assert len(db.session.scalars(select(AnswerConsent).execution_options(tlp="test")).all()) == rows
            changed = db.session.execute(update(AnswerConsent).values(may_know=False))
            assert changed.rowcount == rows  # type: ignore[attr-defined]
            db.session.rollback()
            db.leave()
