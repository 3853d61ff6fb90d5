"""The doctor says when the hub last did something by itself, what was given up, and why no letter goes."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from warp_hub import background, clock, db, mail
from warp_hub.db.roles import RoleUrls
from warp_hub.operations import doctor

LOOKS = (doctor._signs_of_life, doctor._given_up, doctor._mail)


@pytest.fixture(autouse=True)
def _only_these_looks(database: RoleUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(doctor, "LOOKS", LOOKS)
    yield
    db.session.rollback()


def _bad() -> list[str]:
    return [finding.sentence for finding in doctor.examine() if not finding.ok]


def test_a_hub_that_does_nothing_by_itself_is_found_out() -> None:
    assert _bad() == [
        "the timetable has never run: is `warp-hub serve` or `warp-hub clock` running?",
        "the worker has never run: is `warp-hub serve` or `warp-hub work` running?",
    ]
    background.beat("timetable")
    background.beat("worker")
    assert _bad() == []
    at = clock.now()
    with clock.at(at + timedelta(minutes=6)):
        assert _bad() == [f"the {part} last ran at {at:%Y-%m-%d %H:%M} UTC" for part in ("timetable", "worker")]


def test_what_was_given_up_is_named_by_its_ids_alone() -> None:
    background.beat("timetable")
    background.beat("worker")
    background.defer(db.session, "announce", item_id="42")
    db.session.execute(text("UPDATE procrastinate_jobs SET status = 'failed', attempts = 6"))

    assert _bad() == ["given up after 6 tries: announce (item_id 42)"]


def test_letters_that_cannot_go_are_counted_with_the_reason() -> None:
    background.beat("timetable")
    background.beat("worker")
    background.beat("mail", "mail.example does not answer on port 25")
    letter = mail.post("note", uuid4(), expires_at=clock.now() + timedelta(days=1))
    failed = mail.post("note", uuid4(), expires_at=clock.now() + timedelta(days=1))
    failed.state, failed.finished_at = mail.LetterState.FAILED, clock.now()
    db.session.flush()

    assert _bad() == [
        f"1 letters wait since {letter.created_at:%Y-%m-%d %H:%M} UTC",
        "no letter can go: mail.example does not answer on port 25",
        "1 letters failed in the last 7 days, of 0 nobody knows",
    ]
