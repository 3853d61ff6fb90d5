"""From the slot to the letter: nothing missed, nothing twice, and only what its reader may see when it goes."""

import base64
import threading
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.digests.post_room import PostRoom, html_of, states, text_of
from warp_hub import clock, db
from warp_hub.digests import schedule, subscriptions
from warp_hub.digests.models import DigestRun, DigestSlot, Watermark
from warp_hub.memberships.models import Membership, Person, State, Warp
from warp_hub.memberships.settings import Cadence
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking

MONDAY = datetime(2026, 1, 12, 7, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.fixture
def midshire(post_room: PostRoom) -> Warp:
    return factories.warp("Midshire")


def begin(at: datetime) -> list[schedule.Started]:
    """Let the timetable look at the clock at this moment."""
    with clock.at(at):
        started = schedule.start_due(clock.now())
        db.session.commit()
    return started


def begin_and_deliver(post_room: PostRoom, at: datetime) -> list[str]:
    """Run one morning; return the text of the letters that came of it."""
    begin(at)
    with clock.at(at + timedelta(minutes=1)):
        return [text_of(message) for message in post_room.deliver()]


def passed_on(warp: Warp, marking: Marking = Marking.GREEN, at: datetime = MONDAY, **given: object) -> Item:
    """Publish a warning that a WARP passed on an hour before a moment."""
    return factories.item(marking, passed_by=[warp.id], published=at - timedelta(hours=1), **given)  # type: ignore[arg-type]


def runs_of(person: Person) -> list[DigestRun]:
    db.session.rollback()
    return list(
        db.session.scalars(select(DigestRun).where(DigestRun.person_id == person.id).order_by(DigestRun.period))
    )


def mark_of(person: Person) -> datetime | None:
    db.session.rollback()
    return db.session.scalars(select(Watermark.covered_until).where(Watermark.person_id == person.id)).one_or_none()


def test_what_came_since_the_last_digest_comes_and_comes_once(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    first = passed_on(midshire, at=MONDAY)
    (letter,) = begin_and_deliver(post_room, MONDAY)
    assert first.title in letter
    second = passed_on(midshire, at=MONDAY + A_DAY)
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY)
    assert second.title in letter
    assert first.title not in letter


def test_a_digest_is_never_empty_and_the_run_says_why_there_was_none(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    assert begin_and_deliver(post_room, MONDAY) == []
    assert [run.skipped for run in runs_of(reader)] == ["nothing new"]


def test_a_slot_runs_once_however_often_the_clock_is_looked_at(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    passed_on(midshire)
    for minutes in (0, 1, 2, 60):
        begin(MONDAY + timedelta(minutes=minutes))
    assert len(runs_of(reader)) == 1
    assert [state for state, _ in states()] == ["waiting"]


def test_what_was_missed_while_the_hub_was_down_is_caught_up_once(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    passed_on(midshire)
    begin_and_deliver(post_room, MONDAY)
    lost = [passed_on(midshire, at=MONDAY + A_DAY * day) for day in (1, 2, 3)]
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY * 3 + timedelta(hours=5))
    assert all(item.title in letter for item in lost)
    assert len(runs_of(reader)) == 2


@pytest.mark.parametrize("evening", [datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 3, 28, 20, tzinfo=UTC)])
def test_each_clock_change_night_has_one_digest(post_room: PostRoom, evening: datetime) -> None:
    warp = factories.warp("Midshire", settings={"digest_at": "01:30:00", "digest_days": [0, 1, 2, 3, 4, 5, 6]})
    reader = factories.member(warp)
    begin(evening)
    passed_on(warp, at=evening)
    begun = [begin(evening + timedelta(minutes=10 * step)) for step in range(6 * 12)]
    daily = [one for started in begun for one in started if one.slot.cadence is Cadence.DAILY]
    assert [one.posted for one in daily] == [1]
    assert len(runs_of(reader)) == 2  # that night's, and the one of the evening's catching up


def test_the_mark_moves_on_delivery_alone(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    item = passed_on(midshire)
    begin(MONDAY)
    assert mark_of(reader) is None
    post_room.is_down = True
    with clock.at(MONDAY + timedelta(minutes=1)):
        assert post_room.deliver() == []
    assert mark_of(reader) is None
    post_room.is_down = False
    with clock.at(MONDAY + timedelta(hours=1)):
        assert len(post_room.deliver()) == 1
    assert mark_of(reader) == item.added_at
    (run,) = runs_of(reader)
    assert (run.printed, run.noticed, run.delivered_at is not None) == ([item.id], [], True)


def test_a_letter_that_never_went_is_made_up_for_by_the_next(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    lost = passed_on(midshire)
    post_room.is_down = True
    begin_and_deliver(post_room, MONDAY)
    post_room.is_down = False
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY)
    assert lost.title in letter
    assert sorted(states()) == [("cancelled", "it came too late"), ("sent", None)]
    assert mark_of(reader) == lost.added_at


def test_two_open_letters_tell_nothing_twice(midshire: Warp, post_room: PostRoom) -> None:
    from warp_hub.digests import previews

    factories.member(midshire)
    item = passed_on(midshire, at=MONDAY - A_DAY)
    with clock.at(MONDAY - timedelta(hours=20)):
        previews.send_now(midshire)
        db.session.commit()
    begin(MONDAY)
    with clock.at(MONDAY + timedelta(minutes=1)):
        letters = post_room.deliver()
    assert [item.title in text_of(letter) for letter in letters] == [True]
    assert ("cancelled", "nothing new") in states()


def test_a_late_commit_is_not_missed(midshire: Warp, post_room: PostRoom) -> None:
    """A warning is stamped before the digest is begun and committed after it: the next digest has it."""
    factories.member(midshire)
    early = passed_on(midshire, at=clock.now() - timedelta(hours=2))
    held = factories.item(published=None, added_at=None, passed_by=[])
    stamped, go_on = threading.Event(), threading.Event()

    def publish_slowly() -> None:
        item = db.session.scalars(select(Item).where(Item.id == held.id).execution_options(**MARK)).one()
        publishing.publish([item], passed_by=[midshire.id])
        stamped.set()
        go_on.wait(10)
        db.session.commit()
        db.session.remove()

    slow = threading.Thread(target=publish_slowly)
    slow.start()
    assert stamped.wait(10)
    (first,) = begin_and_deliver(post_room, next_slot())
    go_on.set()
    slow.join()
    (second,) = begin_and_deliver(post_room, next_slot(2))
    assert early.title in first
    assert held.title not in first
    assert held.title in second


def test_a_warning_that_another_warp_passes_on_later_comes_to_its_people_alone(
    midshire: Warp, post_room: PostRoom
) -> None:
    westmarch = factories.warp("Westmarch")
    factories.member(midshire, email="m@a.example")
    factories.member(westmarch, email="w@a.example")
    item = passed_on(midshire, Marking.AMBER, to=[midshire])
    begin_and_deliver(post_room, MONDAY)
    with clock.at(MONDAY + timedelta(hours=3)):
        publishing.publish([item], to=[westmarch.id], passed_by=[westmarch.id])
        db.session.commit()
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY)
    assert "Westmarch WARP digest" in letter
    assert "1 new TLP:AMBER warning" in letter
    assert [to.split("<")[1] for to, _ in post_room.sent] == ["m@a.example>", "w@a.example>"]


def test_what_is_revised_after_its_digest_comes_as_changed(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    item = passed_on(midshire)
    begin_and_deliver(post_room, MONDAY)
    with clock.at(MONDAY + timedelta(hours=3)):
        publishing.revise(item)
        db.session.commit()
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY)
    assert "1 changed" in letter
    assert item.title in letter


MARK = {"tlp": "house: a test"}


def next_slot(count: int = 1) -> datetime:
    """Return a coming morning on which there is a digest."""
    day, moment = 0, clock.now()
    while day < count:
        moment += A_DAY
        day += moment.weekday() < 5
    return moment.replace(hour=12)


def test_two_clocks_begin_a_slot_once(midshire: Warp, post_room: PostRoom) -> None:
    readers = [factories.member(midshire) for _ in range(3)]
    passed_on(midshire)
    together = threading.Barrier(2)
    begun: list[schedule.Started] = []

    def tick() -> None:
        with clock.at(MONDAY):
            together.wait(10)
            begun.extend(schedule.start_due(clock.now()))
            db.session.commit()
            db.session.remove()

    clocks = [threading.Thread(target=tick) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()
    assert sum(one.posted for one in begun) == len(readers)
    assert len(states()) == len(readers)
    assert all(len(runs_of(reader)) == 1 for reader in readers)


def test_a_change_of_cadence_on_its_day_brings_no_second_digest(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    passed_on(midshire)
    with clock.at(MONDAY + timedelta(minutes=1)):
        daily, weekly = sorted(schedule.due(clock.now()), key=lambda slot: slot.cadence)
        schedule.start(daily, clock.now())
        subscriptions.choose(reader.id, midshire, Cadence.WEEKLY)
        schedule.start(weekly, clock.now())
        db.session.commit()
    assert len(states()) == 1
    slots = db.session.execute(select(DigestSlot.cadence, DigestSlot.posted)).all()
    assert sorted(map(tuple, slots)) == [(Cadence.DAILY, 1), (Cadence.WEEKLY, 0)]


def test_a_weekly_reader_gets_the_week_on_the_weekly_day(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    subscriptions.choose(reader.id, midshire, Cadence.WEEKLY)
    db.session.commit()
    begin(MONDAY)
    items = [passed_on(midshire, at=MONDAY + A_DAY * day) for day in range(1, 5)]
    for day in range(1, 7):
        assert begin_and_deliver(post_room, MONDAY + A_DAY * day) == []
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY * 7)
    assert all(item.title in letter for item in items)


def test_one_who_may_not_be_written_to_does_not_stop_the_others(midshire: Warp, post_room: PostRoom) -> None:
    stopped, suspended, lapsed, reader = (factories.member(midshire, email=f"{n}@a.example") for n in "abcd")
    subscriptions.choose(stopped.id, midshire, Cadence.NEVER)
    suspended.mail_suspended = "the address was refused 3 times"
    lapsed.state = State.LAPSED
    db.session.add_all([suspended, lapsed])
    db.session.commit()
    passed_on(midshire)
    begin_and_deliver(post_room, MONDAY)
    assert [to for to, _ in post_room.sent] == [f"{reader.name} <d@a.example>"]
    assert [run.skipped for run in runs_of(suspended)] == ["mail suspended: the address was refused 3 times"]


def test_a_warp_whose_settings_are_broken_does_not_stop_the_others(midshire: Warp, post_room: PostRoom) -> None:
    factories.warp("Broken", settings={"digest_at": "half past never"})
    factories.member(midshire)
    passed_on(midshire)
    assert len(begin_and_deliver(post_room, MONDAY)) == 1


def test_what_is_lost_between_queue_and_letter_drops_out(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    kept, withdrawn, raised = (passed_on(midshire) for _ in range(3))
    begin(MONDAY)
    change(withdrawn.id, withdrawn_at=MONDAY)
    change(raised.id, marking=Marking.AMBER, recipients=[uuid4()])
    with clock.at(MONDAY + timedelta(minutes=1)):
        (message,) = post_room.deliver()
    assert kept.title in text_of(message)
    for item in (withdrawn, raised):
        assert item.title not in text_of(message) + html_of(message)


def test_a_letter_to_whose_place_has_lapsed_is_cancelled(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    passed_on(midshire)
    begin(MONDAY)
    membership = db.session.scalars(select(Membership)).one()
    membership.state = State.LAPSED
    db.session.commit()
    with clock.at(MONDAY + timedelta(minutes=1)):
        assert post_room.deliver() == []
    assert states() == [("cancelled", "they receive nothing")]
    assert mark_of(reader) is None


def test_one_who_unsubscribes_before_it_goes_does_not_get_it(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    passed_on(midshire)
    begin(MONDAY)
    subscriptions.choose(reader.id, midshire, Cadence.NEVER)
    db.session.commit()
    with clock.at(MONDAY + timedelta(minutes=1)):
        assert post_room.deliver() == []
    assert states() == [("cancelled", "they unsubscribed")]


def test_what_is_stamped_after_the_digest_was_begun_waits_for_the_next(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    passed_on(midshire)
    begin(MONDAY)
    late = passed_on(midshire, at=MONDAY + timedelta(hours=1, seconds=1))
    with clock.at(MONDAY + timedelta(minutes=1)):
        (message,) = post_room.deliver()
    assert late.title not in text_of(message)
    (letter,) = begin_and_deliver(post_room, MONDAY + A_DAY)
    assert late.title in letter


def change(item_id: UUID, **values: object) -> None:
    """Let somebody change an item's handling."""
    item = db.session.scalars(select(Item).where(Item.id == item_id).execution_options(**MARK)).one()
    for name, value in values.items():
        setattr(item, name, value)
    db.session.commit()


def forms_of(canary: str) -> list[bytes]:
    """Return the forms in which a word may hide in the bytes of a letter."""
    raw = canary.encode()
    encoded = [base64.b64encode(b" " * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    quoted = "".join(f"={byte:02X}" for byte in raw).encode()
    return [raw, raw.upper(), raw[::-1], quoted, raw.hex().encode(), *encoded]


def test_no_byte_of_amber_or_red_is_in_any_letter(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    canaries: list[str] = []

    def secret(marking: Marking, **given: object) -> None:
        words = [f"zq7{uuid4().hex[:16]}" for _ in range(4)]
        canaries.extend(words)
        names = ("title", "summary", "originator_name", "restrictions")
        passed_on(midshire, marking, **dict(zip(names, words, strict=True)), **given)

    secret(Marking.AMBER, to=[midshire])
    secret(Marking.AMBER_STRICT, to=[midshire])
    secret(Marking.RED, to=[reader])
    secret(Marking.GREEN, early=[reader], embargo_until=MONDAY + A_DAY)
    shown = passed_on(midshire, title="zq7shown")
    begin_and_deliver(post_room, MONDAY)
    everything = post_room.everything()
    assert shown.title.encode() in everything
    for canary in canaries:
        assert not any(form in everything for form in forms_of(canary))


def test_the_subject_has_the_highest_label_that_is_printed(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    passed_on(midshire, Marking.CLEAR)
    begin(MONDAY)
    passed_on(midshire, Marking.GREEN, at=MONDAY + A_DAY)
    passed_on(midshire, Marking.AMBER, at=MONDAY + A_DAY, to=[midshire])
    passed_on(midshire, Marking.AMBER, at=MONDAY + A_DAY * 2, to=[midshire])
    subjects = []
    for day in range(3):
        begin(MONDAY + A_DAY * day)
        with clock.at(MONDAY + A_DAY * day + timedelta(minutes=1)):
            subjects += [message["Subject"] for message in post_room.deliver()]
    assert subjects == [
        "TLP:CLEAR Midshire WARP digest, 1 new",
        "TLP:GREEN Midshire WARP digest, 1 new",
        "Midshire WARP digest, 1 in the portal only",
    ]


def test_labels_stay_whole_in_every_part_and_each_block_is_closed(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    for number in range(4):
        passed_on(midshire, summary="word " * (40 + number))
    for _ in range(2):
        passed_on(midshire, Marking.AMBER_STRICT, to=[midshire])
    (letter,) = begin_and_deliver(post_room, MONDAY)
    assert letter.count("End of TLP:GREEN") == 4
    assert "2 new TLP:AMBER+STRICT warnings" in letter
    for _, raw in post_room.sent:
        assert b"TLP:AMBER+STRICT" in raw.replace(b"=\r\n", b"").replace(b"=\n", b"")


def test_the_letter_is_in_the_language_of_its_reader_and_labels_are_not_translated(
    midshire: Warp, post_room: PostRoom
) -> None:
    midshire.name_cy = "WARP Canoldir"
    db.session.add(midshire)
    factories.member(midshire, language="cy")
    passed_on(midshire)
    begin(MONDAY)
    with clock.at(MONDAY + timedelta(minutes=1)):
        (message,) = post_room.deliver()
    assert message["Subject"].startswith("TLP:GREEN WARP Canoldir")
    assert '<html lang="cy">' in html_of(message)
    assert "12 Ionawr 2026" in text_of(message)


def test_a_title_cannot_bring_a_header_or_markup(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    passed_on(midshire, title="<img src=x onerror=alert(1)>\r\nBcc: all@evil.example")
    begin(MONDAY)
    with clock.at(MONDAY + timedelta(minutes=1)):
        (message,) = post_room.deliver()
    assert message["Bcc"] is None
    assert "<img" not in html_of(message)
    assert "&lt;img src=x onerror=alert(1)&gt; Bcc: all@evil.example" in html_of(message)


def test_a_letter_is_one_of_a_list_that_one_press_stops(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    passed_on(midshire)
    begin(MONDAY)
    with clock.at(MONDAY + timedelta(minutes=1)):
        (message,) = post_room.deliver()
    assert message["List-Id"] == f"<digest.{midshire.slug}.localhost>"
    assert message["List-Unsubscribe"].startswith("<http://localhost:8000/digests/unsubscribe?token=")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "http" not in html_of(message).replace("http://localhost:8000", "")


def test_the_digest_time_is_the_warps_own(post_room: PostRoom) -> None:
    warp = factories.warp("Northmere", settings={"digest_at": time(17, 0).isoformat()})
    factories.member(warp)
    begin(MONDAY - A_DAY)
    passed_on(warp)
    assert begin_and_deliver(post_room, MONDAY) == []
    assert len(begin_and_deliver(post_room, MONDAY.replace(hour=17, minute=0))) == 1


def test_what_a_faster_clock_stamped_into_our_future_is_not_lost(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    now, ahead = passed_on(midshire), passed_on(midshire, at=MONDAY + timedelta(hours=1, seconds=3))
    (first,) = begin_and_deliver(post_room, MONDAY)
    (second,) = begin_and_deliver(post_room, MONDAY + A_DAY)
    assert (now.title in first, ahead.title in first) == (True, False)
    assert (now.title in second, ahead.title in second) == (False, True)
