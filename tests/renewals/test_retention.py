"""What is kept goes at its limit, not a day before; the dry run says what would go and changes nothing."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests import factories
from tests.renewals.conftest import on
from warp_hub import clock, db, mail
from warp_hub.advisories import sources
from warp_hub.advisories.mailbox import taking
from warp_hub.alerts import answer_figures
from warp_hub.background import queue
from warp_hub.background import timetable as periods
from warp_hub.cli import main
from warp_hub.custody import opening
from warp_hub.desk import totals
from warp_hub.incidents import release, review
from warp_hub.jobs import kept, processing, retention
from warp_hub.jobs.kept import RETENTION
from warp_hub.jobs.timetable import TIMETABLE
from warp_hub.mail import outbox
from warp_hub.memberships import applications, away, invitations, people, stand_ins, tokens
from warp_hub.memberships.models import Invitation, Person, Post, State
from warp_hub.renewals import forgetting, mailboxes
from warp_hub.sharing import deliveries
from warp_hub.signin import sessions
from warp_hub.training import bookings

BEGUN = date(2027, 1, 15)
DOCS = Path(__file__).parents[2] / "docs"

# What the table says, against what the rooms go by.
SAID = {
    "invitations": forgetting.INVITATIONS_KEPT,
    "applications": applications.UNFINISHED_KEPT,
    "days of full sign-in": away.DAYS_KEPT,
    "times of signing in: sessions, tries and what sign-in remembers": sessions.KEPT_FOR,
    "letters that tell of signing in": sessions.KEPT_FOR,
    "tokens of tools, with the day of their last use": tokens.KEPT_FOR,
    "stand-ins": stand_ins._KEPT,
    "letters (never their text)": outbox._KEPT,
    "letters that say that there is a message about something reported": opening.MESSAGE_LIVES,
    "digests begun": kept.DIGESTS_KEPT,
    "what went out to whom": deliveries.KEPT,
    "places in training": bookings.KEPT,
    "answers to “Does this affect you?”": answer_figures.KEPT,
    "reports of incidents": release.KEPT_AFTER_RELEASE,
    "mails taken and numbers of the day": taking.TAKEN_KEPT,
    "runs of sources": sources.RUNS_KEPT,
    "jobs of the queue": queue._KEPT_DONE,
    "periods of the timetable": periods._KEPT_RUNS,
    "people who belong nowhere, or were shut out": forgetting.NOWHERE_KEPT,
}
ALSO_SAID = {
    "applications": applications.DECIDED_KEPT,
    "reports of incidents": review.KEPT_AFTER_DECLINING,
    "runs of sources": sources.NEWS_KEPT,
    "jobs of the queue": queue._KEPT_FAILED,
    "mails taken and numbers of the day": taking.COUNTS_KEPT,
}


@pytest.fixture
def warp(database):
    return factories.warp()


def purged(day: date) -> str:
    with on(day, time(3, 15)):
        told = retention.purge()
        db.session.commit()
    return told


def test_the_table_says_what_the_rooms_go_by() -> None:
    for said in (SAID, ALSO_SAID):
        for what, how_long in said.items():
            (line,) = [one for one in RETENTION if one.what == what]
            years = {timedelta(days=365): "1 year"}
            days = f"{how_long.days} day" if how_long.days == 1 else f"{how_long.days} days"
            assert years.get(how_long, days) in line.how_long or str(how_long.days) in line.how_long, what
    assert timedelta(days=5 * 366) == totals.KEPT


def test_each_class_is_purged_once_or_says_what_else_ends_it() -> None:
    assert all((one.purge is None) is bool(one.by) for one in RETENTION)
    assert len({one.what for one in RETENTION}) == len(RETENTION)
    assert [job.run for job in TIMETABLE if job.name == "tidying"] == [retention.purge]


def test_the_record_of_processing_is_the_table() -> None:
    assert processing.written() in (DOCS / "processing.md").read_text()


@pytest.mark.parametrize(("days", "stays"), [(-1, True), (0, True), (1, False)], ids=["before", "the day", "after"])
def test_at_its_limit_each_goes(warp, days, stays) -> None:
    sam, mei = factories.member(warp), factories.member(warp, name="Mei Zhang")
    with on(BEGUN):
        invitations.mint(sam)
        away.note_full_sign_in(sam.id)
        people.leave(mei)
        db.session.commit()
    purged(BEGUN + away.DAYS_KEPT + timedelta(days=days))
    assert len(db.session.scalars(select(away.SignedInDay.day)).all()) == stays
    purged(BEGUN + invitations.LIVES + forgetting.INVITATIONS_KEPT + timedelta(days=days))
    assert len(db.session.scalars(select(Invitation.id)).all()) == stays
    purged(BEGUN + forgetting.NAMES_KEPT + timedelta(days=days))
    db.session.expire_all()
    assert (mei.name == "Mei Zhang") is stays


@pytest.mark.parametrize(("days", "stays"), [(-1, True), (0, False), (1, False)], ids=["before", "the day", "after"])
def test_who_belongs_nowhere_or_was_shut_out_is_let_go(warp, days, stays) -> None:
    nowhere, shut_out, back = factories.person(), factories.member(warp), factories.person()
    boss = factories.coordinator(warp)
    with on(BEGUN):
        mailboxes.look_after()
    purged(BEGUN)
    factories._kept(Post(person_id=back.id, organisation_id=factories.organisation(warp).id))
    purged(BEGUN + forgetting.NOWHERE_KEPT + timedelta(days=days))
    db.session.expire_all()
    assert (nowhere.state is State.ACTIVE) is stays
    assert (back.state, boss.state) == (State.ACTIVE, State.ACTIVE)
    asked = BEGUN.replace(year=2028) - timedelta(days=30)
    ends = BEGUN.replace(year=2028) + timedelta(days=30)
    for day in (asked, ends):
        with on(day):
            mailboxes.look_after()
            db.session.commit()
    purged(ends + forgetting.SHUT_OUT_KEPT + timedelta(days=days))
    db.session.expire_all()
    assert (shut_out.state is State.SUSPENDED or shut_out.state is State.ACTIVE) is stays


def test_a_dry_run_lists_counts_and_ids_no_text_and_changes_nothing(warp) -> None:
    sam = factories.member(warp, name="Robin zqname", email="zqmail@council.example")
    with on(BEGUN):
        invitations.mint(sam)
        letter = mail.post("invitation", sam.id, expires_at=clock.now())
        letter.finished_at = clock.now()
        people.leave(sam)
        db.session.commit()
    invited = db.session.scalars(select(Invitation.id)).one()
    with on(BEGUN + timedelta(days=400)):
        told = "\n".join(retention.dry_run())
    assert f"  invitation: {invited}" in told
    assert f"  letter: {letter.id}" in told
    assert f"  person: {sam.id}" in told
    assert "1 invitations" in told
    assert "zq" not in told
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1
    assert db.session.scalars(select(Person.name).where(Person.id == sam.id)).one() == "Robin zqname"
    purged(BEGUN + timedelta(days=400))
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_the_dry_run_says_nothing_of_when_something_was_reported() -> None:
    hidden = {one.what for one in RETENTION if not one.lists_ids}
    assert {what for what in hidden if "report" in what} == hidden
    assert len(hidden) == 3


def test_the_commands_are_there() -> None:
    told = CliRunner().invoke(main, ["retention", "--help"]).output
    assert "--dry-run" in told
    assert "EMAIL" in CliRunner().invoke(main, ["person", "export", "--help"]).output
