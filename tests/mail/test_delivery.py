"""Delivery: who gets a letter, when it is tried again, when it ends, and what the desk sees of it."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.factories import item, member, warp
from tests.mail.letters import KIND, Directory, by_smtp, deliver, in_folder, kept, posted, settings
from tests.mail.servers import free_port, office
from warp_hub import background, clock, db, mail
from warp_hub.db.roles import RoleUrls
from warp_hub.mail import LetterState
from warp_hub.mail.delivery import MOST_ATTEMPTS, MOST_REFUSALS
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_posted_letter_is_sent_once(mail_folder: Path) -> None:
    letter_id = posted()

    assert deliver(letter_id) is LetterState.SENT
    assert deliver(letter_id) is None

    (read,) = in_folder(mail_folder)
    row = kept(letter_id)
    assert read["Message-ID"] == row.message_id == f"<{letter_id}@localhost>"
    assert (row.state, row.attempts, row.claim, row.reason) == (LetterState.SENT, 1, None, None)
    assert row.finished_at is not None


def test_a_rolled_back_cause_leaves_no_letter(mail_folder: Path) -> None:
    mail.post(KIND, uuid4(), expires_at=clock.now() + DAY)
    db.session.rollback()

    assert db.session.scalars(mail.select_troubled()).all() == []
    assert mail.health().waiting == 0


def test_the_web_role_posts_letters_and_sees_how_the_mail_stands(mail_folder: Path) -> None:
    with db.acting("web"):
        letter_id = posted()
    assert deliver(letter_id, letters={}) is LetterState.WAITING

    with db.acting("web"):
        assert mail.health().waiting == 1


def test_what_a_letter_says_is_written_as_its_reader_when_it_goes(mail_folder: Path) -> None:
    midshire, westmarch = warp(), warp("Westmarch")
    robin = member(midshire)
    theirs = item(Marking.AMBER, to=[midshire], title="For Midshire")
    others = item(Marking.AMBER, to=[westmarch], title="For Westmarch")
    ids = [theirs.id, others.id]
    directory = Directory(viewer=viewer_of(robin.id, Proof.FULL))

    def render(letter: mail.Letter, viewer: Viewer) -> mail.Rendered:
        seen = db.session.scalars(select_visible(Item, viewer, Outlet.NOTICE).where(Item.id.in_(letter.item_ids)))
        titles = ", ".join(found.title for found in seen)
        return mail.Rendered("A note", titles, titles)

    letter_id = posted(person_id=robin.id, item_ids=ids)
    deliver(letter_id, directory, letters={KIND: render})

    (read,) = in_folder(mail_folder)
    assert "For Midshire" in read.as_string()
    assert "Westmarch" not in read.as_string()


def test_the_room_writes_as_the_web_role_and_notes_the_delivery_as_the_worker(mail_folder: Path) -> None:
    from sqlalchemy import text

    roles: list[str] = []

    def role() -> str:
        return str(db.session.scalar(text("SELECT current_user")))

    def note() -> None:
        roles.append(role())
        background.beat("noted")

    def render(letter: mail.Letter, viewer: Viewer) -> mail.Rendered:
        roles.append(role())
        return mail.Rendered("A note", "x", "x", on_sent=note)

    deliver(posted(), letters={KIND: render})

    assert roles[0] == "hub_web"
    assert roles[1].endswith("_work")
    assert "noted" in background.heartbeats()


def test_a_room_that_cannot_note_the_delivery_does_not_make_it_unsent(mail_folder: Path) -> None:
    def fail() -> None:
        background.beat("half-noted")
        raise RuntimeError

    def render(letter: mail.Letter, viewer: Viewer) -> mail.Rendered:
        return mail.Rendered("A note", "x", "x", on_sent=fail)

    assert deliver(posted(), letters={KIND: render}) is LetterState.SENT
    assert "half-noted" not in background.heartbeats()


def test_an_empty_letter_is_cancelled_with_its_reason(mail_folder: Path) -> None:
    letter_id = posted()

    state = deliver(letter_id, letters={KIND: lambda *_: mail.Cancelled("nothing is left to say")})

    assert state is LetterState.CANCELLED
    assert kept(letter_id).reason == "nothing is left to say"
    assert not mail_folder.exists()


def test_nobody_is_written_to_who_may_not_be(mail_folder: Path) -> None:
    suspended, gone = posted(), posted()

    assert deliver(suspended, Directory(refusal="the person is suspended")) is LetterState.CANCELLED
    stranger = mail.People(lambda _: None, lambda *_: None)
    assert mail.deliver(gone, {}, stranger) is LetterState.CANCELLED

    assert kept(suspended).reason == "the person is suspended"
    assert kept(gone).reason == "the person is not known"
    assert not mail_folder.exists()


def test_an_expired_letter_is_cancelled_unread(mail_folder: Path) -> None:
    letter_id = posted(expires_at=clock.now() + DAY)

    with clock.at(clock.now() + DAY + MINUTE):
        assert deliver(letter_id) is None

    assert (kept(letter_id).state, kept(letter_id).reason) == (LetterState.CANCELLED, "it came too late")


def test_a_letter_that_cannot_be_written_is_tried_again_and_finally_fails_without_quoting(
    mail_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(letter: mail.Letter, viewer: Viewer) -> mail.Rendered:
        raise ValueError("a secret title")

    letter_id = posted(expires_at=clock.now() + 30 * DAY)
    states = [deliver(letter_id, letters={KIND: broken}) for _ in range(MOST_ATTEMPTS)]

    assert states == [LetterState.WAITING] * (MOST_ATTEMPTS - 1) + [LetterState.FAILED]
    assert "ValueError" in str(kept(letter_id).reason)
    assert "secret title" not in str(kept(letter_id).reason) + caplog.text


def test_a_letter_put_off_waits_five_minutes_then_ever_longer(database: RoleUrls) -> None:
    letter_id = posted()
    waits = []
    with office(answers={"RCPT": "451 greylisted"}) as server, by_smtp(server.port):
        for _ in range(8):
            assert deliver(letter_id) is LetterState.WAITING
            waits.append(round((kept(letter_id).next_try_at - clock.now()) / MINUTE))
        server.answers.clear()
        assert deliver(letter_id) is LetterState.SENT

    assert waits == [5, 10, 20, 40, 80, 160, 240, 240]
    assert len(server.letters) == 1


def test_one_bad_address_of_many_never_stops_the_others(database: RoleUrls) -> None:
    people = [uuid4() for _ in range(10)]
    bad = f"{people[3]}@testham.example"
    letters = [letter.id for letter in mail.post_all(KIND, people, expires_at=clock.now() + DAY)]
    db.session.commit()

    with office(answers={bad: "550 5.1.1 no such user"}) as server, by_smtp(server.port):
        states = [deliver(letter_id) for letter_id in letters]

    assert states.count(LetterState.SENT) == 9
    assert states[3] is LetterState.FAILED
    assert kept(letters[3]).reason == "550 5.1.1 no such user"
    assert all(len(to) == 1 for to in server.recipients)
    assert len(server.letters) == 9


def test_an_address_that_is_refused_for_good_again_and_again_gets_no_more_mail(database: RoleUrls) -> None:
    robin, directory = uuid4(), Directory()
    with office(answers={"RCPT": "550 5.1.1 no such user"}) as server, by_smtp(server.port):
        for number in range(MOST_REFUSALS):
            assert directory.stopped == {}, number
            deliver(posted(person_id=robin), directory)
    assert directory.stopped == {robin: "550 5.1.1 no such user"}


def test_refusals_before_a_letter_that_arrived_are_forgotten_and_policies_do_not_count(database: RoleUrls) -> None:
    robin, directory = uuid4(), Directory()
    with office() as server, by_smtp(server.port):
        for answer in ["550 5.1.1 no"] * 2 + ["250 OK"] + ["550 5.1.1 no"] * 2 + ["554 5.7.1 blocked"] * 3:
            server.answers["RCPT"] = answer
            deliver(posted(person_id=robin), directory)

    assert directory.stopped == {}


def test_while_the_server_is_down_all_wait_none_fails_and_health_says_so(database: RoleUrls) -> None:
    port, letters = free_port(), [posted() for _ in range(3)]

    with by_smtp(port):
        assert deliver(letters[0]) is LetterState.WAITING
        assert [deliver(letter_id) for letter_id in letters[1:]] == [None, None]  # they do not even try

        health = mail.health()
        assert (health.waiting, health.failed_lately) == (3, 0)
        assert health.oldest_waiting is not None
        assert f"cannot be reached on port {port}" in str(health.trouble)

    assert [kept(letter_id).attempts for letter_id in letters] == [0, 0, 0]
    with office() as server, by_smtp(server.port), clock.at(clock.now() + 2 * MINUTE):
        assert mail.start_due() == "3 tried again, 0 cut off"
        db.session.commit()
        assert [deliver(letter_id) for letter_id in letters] == [LetterState.SENT] * 3
        assert mail.health().trouble is None


def test_a_full_disk_keeps_letters_waiting(database: RoleUrls) -> None:
    letter_id = posted()
    with settings(mail_folder=Path("/proc/nowhere")):
        assert deliver(letter_id) is LetterState.WAITING

    assert "mail folder" in str(mail.health().trouble)


def test_a_connection_lost_at_the_end_is_listed_and_tried_once_more_with_the_same_message_id(
    database: RoleUrls,
) -> None:
    midshire = warp()
    letter_id = posted(warp_id=midshire.id)
    with office(answers={"DATA": "drop"}) as server, by_smtp(server.port):
        assert deliver(letter_id) is LetterState.UNKNOWN
        assert [row.id for row in db.session.scalars(mail.select_troubled(midshire.id))] == [letter_id]
        assert mail.start_due() == "0 tried again, 0 cut off"  # not at once
        db.session.commit()
        with clock.at(clock.now() + 6 * MINUTE):
            assert mail.start_due() == "1 tried again, 0 cut off"
            db.session.commit()
            assert deliver(letter_id) is LetterState.FAILED

    assert len(server.letters) == 2
    assert {str(read["Message-ID"]) for read in server.letters} == {kept(letter_id).message_id}
    assert "nobody knows" in str(kept(letter_id).reason)


def test_the_desk_may_try_a_failed_letter_again_and_no_other(database: RoleUrls) -> None:
    midshire = warp()
    letter_id = posted(warp_id=midshire.id)
    with office(answers={"DATA": "554 no"}) as server, by_smtp(server.port):
        deliver(letter_id)
        with db.acting("web"):
            (row,) = db.session.scalars(mail.select_troubled(midshire.id)).all()
            assert db.session.scalars(mail.select_troubled(warp("Westmarch").id)).all() == []
            mail.retry(row)
            with pytest.raises(mail.LetterNotInTrouble):
                mail.retry(row)
            db.session.commit()
        server.answers.clear()
        assert deliver(letter_id) is LetterState.SENT

    expired = posted()
    with office(answers={"DATA": "554 no"}) as server, by_smtp(server.port):
        deliver(expired)
    with clock.at(clock.now() + 2 * DAY), pytest.raises(mail.LetterNotInTrouble):
        mail.retry(kept(expired))


def test_what_was_posted_is_on_the_queue_and_found_again_when_it_was_lost_there(database: RoleUrls) -> None:
    letter_id = posted()
    assert mail.start_due() == "0 tried again, 0 cut off"
    with clock.at(clock.now() + 11 * MINUTE):
        assert mail.start_due() == "1 tried again, 0 cut off"
        assert mail.start_due() == "0 tried again, 0 cut off"
    assert kept(letter_id).state is LetterState.WAITING


def test_letters_long_finished_are_forgotten(mail_folder: Path) -> None:
    done, waiting = posted(), posted(expires_at=clock.now() + 800 * DAY)
    deliver(done)
    assert mail.forget_old() == 0
    with clock.at(clock.now() + 366 * DAY):
        assert mail.forget_old() == 1
    db.session.commit()
    assert kept(waiting).state is LetterState.WAITING
