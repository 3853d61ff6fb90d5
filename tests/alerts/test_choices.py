"""Being told at once as one asked for it: of one's own systems, so many a week, not in the night, never twice."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.alerts.test_matching import told, watches
from tests.alerts.test_notices import told_of, withheld_from
from tests.digests.conftest import post_room as post_room
from tests.digests.post_room import PostRoom, html_of, text_of
from warp_hub import clock, db, mail
from warp_hub.alerts import choices, interests, notices
from warp_hub.alerts.choices import Choice
from warp_hub.alerts.models import AtOnce
from warp_hub.background.models import jobs
from warp_hub.digests import schedule
from warp_hub.memberships.models import Person, Warp
from warp_hub.sharing.models import Item, Severity

MINE = frozenset({"ivanti-connect-secure"})


def says(person: Person, **given: object) -> None:
    choices.keep(person.id, Choice(**given))  # type: ignore[arg-type]
    db.session.commit()


def pulse(warp: Warp, severity: Severity, **given: object) -> Item:
    return told("Pulse Secure: install zq7now", severity=severity, passed_by=[warp.id], **given)  # type: ignore[arg-type]


def test_who_asked_for_their_systems_alone_is_told_of_these_from_as_urgent_as_they_said(database: object) -> None:
    warp = factories.warp()
    council = factories.organisation(warp)
    sam, ann, officer, other = (
        factories.member(warp),
        factories.member(warp),
        factories.person(council),
        factories.member(warp),
    )
    lead = factories.person(council, lead=True)
    watches(sam, products=MINE)
    watches(ann, products=MINE)
    watches(lead, of=interests.Owner(organisation_id=council.id), products=MINE)
    says(sam, of_what=AtOnce.MINE, from_severity=Severity.THIS_WEEK)
    says(ann, of_what=AtOnce.MINE)
    says(officer, of_what=AtOnce.MINE, from_severity=Severity.THIS_WEEK)
    says(lead, wants=False)
    item = pulse(warp, Severity.THIS_WEEK)
    assert told_of(item) == {sam.id, officer.id}
    assert withheld_from(lead) == withheld_from(ann) == []
    assert told_of(pulse(warp, Severity.FOR_INFORMATION)) == set()
    assert told_of(told("PaperCut", severity=Severity.ACT_TODAY, passed_by=[warp.id])) == {other.id}
    item.severity = Severity.ACT_TODAY  # an edit tells whom it newly concerns, and nobody twice
    db.session.add(item)
    db.session.commit()
    assert told_of(item) == {ann.id, other.id}
    assert told_of(item) == set()


def test_a_letter_says_that_it_matches_and_never_what_and_is_given_up_when_it_matches_no_more(
    post_room: PostRoom,
) -> None:
    warp = factories.warp("Midshire")
    sam = factories.member(warp)
    watches(sam, typed=("zq7jadu",), products=MINE)
    says(sam, of_what=AtOnce.MINE, from_severity=Severity.THIS_WEEK)
    notices.announce(pulse(warp, Severity.THIS_WEEK).id)
    notices.announce(pulse(warp, Severity.THIS_WEEK).id)
    db.session.commit()
    messages = post_room.deliver()
    assert len(messages) == 2
    for part in (text_of(messages[0]), html_of(messages[0])):
        assert "It matches your list" in part
        assert "zq7now" in part
        assert "Ivanti" not in part
        assert "zq7jadu" not in part
    notices.announce(pulse(warp, Severity.THIS_WEEK).id)
    db.session.commit()
    watches(sam, typed=("zq7jadu",))
    assert post_room.deliver() == []


def test_whoever_was_told_by_one_source_is_not_told_the_same_by_another(database: object) -> None:
    warp, other = factories.warp(), factories.warp("Westmarch")
    sam, ann = factories.member(warp), factories.member(other)
    first = pulse(warp, Severity.ACT_TODAY)
    assert told_of(first) == {sam.id}
    second = pulse(warp, Severity.ACT_TODAY, same_as_id=first.id)
    second.passed_by = [warp.id, other.id]
    db.session.add(second)
    db.session.commit()
    assert told_of(second) == {ann.id}


def test_so_many_a_week_as_one_said(database: object) -> None:
    warp = factories.warp()
    sam = factories.member(warp)
    says(sam, most_a_week=1)
    assert told_of(pulse(warp, Severity.ACT_TODAY)) == {sam.id}
    assert told_of(pulse(warp, Severity.ACT_TODAY)) == set()
    assert sorted(map(str, withheld_from(sam))) == ["1 in the last 7 days already", "None"]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 12, 3, 23, 30, tzinfo=UTC), datetime(2026, 12, 4, 7, tzinfo=UTC)),
        (datetime(2026, 12, 4, 6, 59, tzinfo=UTC), datetime(2026, 12, 4, 7, tzinfo=UTC)),
        (datetime(2026, 12, 4, 7, 0, tzinfo=UTC), None),
        (datetime(2026, 7, 3, 21, 30, tzinfo=UTC), datetime(2026, 7, 4, 6, tzinfo=UTC)),  # 22:30 on a summer's wall
        # In the night when clocks go forward the quiet ends at 7:00 of the new time.
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
    ],
)
def test_quiet_hours_go_over_midnight_by_the_clock_on_the_wall(at: datetime, until: datetime | None) -> None:
    quiet = Choice(quiet_from=time(22), quiet_until=time(7), may_wake=True)
    assert quiet.quiet_till(Severity.THIS_WEEK, at) == until
    assert quiet.quiet_till(Severity.ACT_TODAY, at) is None
    assert Choice().quiet_till(Severity.THIS_WEEK, at) is None


def test_what_comes_in_quiet_hours_waits_for_their_end(database: object) -> None:
    warp = factories.warp()
    quiet, woken = factories.member(warp), factories.member(warp)
    night = {"quiet_from": time(22), "quiet_until": time(7)}
    says(quiet, **night)
    says(woken, **night, may_wake=True)
    seven = datetime(2026, 12, 4, 7, tzinfo=UTC)
    with clock.at(seven - timedelta(hours=8)):
        notices.announce(pulse(warp, Severity.ACT_TODAY).id)
        db.session.commit()
    letters = {letter.person_id: letter for letter in db.session.scalars(select(mail.Letter))}
    assert letters[quiet.id].next_try_at == seven
    assert letters[quiet.id].expires_at == seven + timedelta(hours=24)
    assert letters[woken.id].next_try_at < seven
    posted = select(jobs.c.args).where(jobs.c.task_name == "deliver")
    waiting = {job["letter_id"] for job in db.session.scalars(posted)}
    assert waiting == {str(letters[woken.id].id)}
    with clock.at(seven - timedelta(seconds=30)):
        assert mail.start_due() == "1 tried again, 0 cut off"  # the other one's, which nobody has sent in this test
    with clock.at(seven):
        assert mail.start_due() == "1 tried again, 0 cut off"


def test_a_digest_puts_what_matches_first_and_names_nothing_of_the_list(post_room: PostRoom) -> None:
    warp = factories.warp("Midshire")
    sam, other = factories.member(warp), factories.member(warp)
    watches(sam, products=MINE, typed=("zq7jadu",))
    told("PaperCut: install 23", severity=Severity.THIS_WEEK, passed_by=[warp.id])
    pulse(warp, Severity.FOR_INFORMATION)
    with clock.at(datetime(2027, 1, 6, 7, 31, tzinfo=UTC)):
        told("Pulse Secure again", passed_by=[warp.id])
        told("PaperCut again", severity=Severity.ACT_TODAY, passed_by=[warp.id])
        schedule.start_due(clock.now())
        db.session.commit()
        letters = {str(message["To"]): message for message in post_room.deliver()}
    mine, theirs = (letters[f"{one.name} <{one.email}>"] for one in (sam, other))
    for part in (text_of(mine), html_of(mine)):
        assert (
            part.lower().index("because it matches your list")
            < part.index("Pulse Secure again")
            < part.index("PaperCut")
        )
        assert "zq7jadu" not in part
        assert "Ivanti" not in part
        assert "Change your list" in part
    assert "matches your list" not in text_of(theirs).lower() + html_of(theirs).lower()
