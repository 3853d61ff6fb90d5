"""The queue: a job is committed with its cause or not at all, is run once, and is seen when it is given up."""

from datetime import timedelta
from pathlib import Path

import procrastinate
import psycopg
import pytest
from sqlalchemy import make_url, text

from tests.background.board import Board
from warp_hub import background, clock, db
from warp_hub.background import queue
from warp_hub.background.worker import work_until_idle
from warp_hub.db import migrate
from warp_hub.db.roles import RoleUrls


def test_a_rolled_back_session_leaves_no_job(database: RoleUrls) -> None:
    background.defer(db.session, "note", id="never")
    db.session.rollback()
    background.defer(db.session, "note", id="kept")
    db.session.commit()

    board = Board()
    work_until_idle(database.work, {"note": board.note})

    assert board.seen == ["kept"]


def test_the_web_role_may_defer_and_see_failures_but_not_take_or_change_jobs(database: RoleUrls) -> None:
    with db.acting("web"):
        background.defer(db.session, "note", id="from web")
        background.defer(db.session, "note", queueing_lock="one", id="first")
        db.session.commit()
        assert background.failures() == []
        db.session.rollback()

    plain = make_url(database.web).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as web:
        for refused in (
            "UPDATE procrastinate_jobs SET status = 'succeeded'",
            "DELETE FROM procrastinate_jobs",
            "SELECT procrastinate_fetch_job_v2(NULL, 1)",
            "SELECT procrastinate_register_worker_v1()",
            "INSERT INTO job_run VALUES ('a', 'b', now())",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(refused)


def test_a_second_job_with_the_same_queueing_lock_is_not_added_and_spoils_nothing(database: RoleUrls) -> None:
    assert background.defer(db.session, "note", queueing_lock="one", id="first")
    assert not background.defer(db.session, "note", queueing_lock="one", id="second")
    background.defer(db.session, "note", id="third")
    db.session.commit()

    board = Board()
    work_until_idle(database.work, {"note": board.note})

    assert sorted(board.seen) == ["first", "third"]


def test_many_jobs_are_deferred_at_once(database: RoleUrls) -> None:
    background.defer_many(db.session, "note", [{"id": str(number)} for number in range(50)])
    background.defer_many(db.session, "note", [])
    db.session.commit()

    board = Board()
    work_until_idle(database.work, {"note": board.note}, concurrency=4)

    assert sorted(board.seen, key=int) == [str(number) for number in range(50)]


def test_a_failing_job_is_tried_again_later_and_finally_shown_with_its_ids_alone(
    database: RoleUrls, caplog: pytest.LogCaptureFixture
) -> None:
    board = Board(trouble=ValueError("Robin Test of Testham reported this"))
    background.defer(db.session, "note", id="42")
    db.session.commit()

    work_until_idle(database.work, {"note": board.note})
    assert len(board.seen) == 1
    assert background.failures() == []  # it waits for its next try

    for _ in range(queue.MOST_ATTEMPTS):
        db.session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
        db.session.commit()
        work_until_idle(database.work, {"note": board.note})

    assert len(board.seen) == queue.MOST_ATTEMPTS + 1
    (failure,) = background.failures()
    assert (failure.task, failure.ids, failure.attempts) == ("note", {"id": "42"}, queue.MOST_ATTEMPTS + 1)
    assert failure.failed_at is not None
    assert "ValueError" in caplog.text
    assert "Testham" not in caplog.text


def test_a_job_of_a_killed_worker_is_given_to_another_and_given_up_when_it_keeps_killing(database: RoleUrls) -> None:
    background.defer(db.session, "note", id="1")
    db.session.commit()

    for _ in range(queue.MOST_ATTEMPTS + 1):
        _take_as_a_worker_that_dies()
        assert background.rescue() == 1
        db.session.commit()

    board = Board()
    work_until_idle(database.work, {"note": board.note})
    assert board.seen == []
    assert [failure.ids for failure in background.failures()] == [{"id": "1"}]


def test_a_rescued_job_runs(database: RoleUrls) -> None:
    background.defer(db.session, "note", lock="pull", id="1")
    background.defer(db.session, "note", lock="pull", id="2")
    db.session.commit()
    _take_as_a_worker_that_dies()

    assert background.rescue() == 1
    assert background.rescue() == 0
    db.session.commit()
    board = Board()
    work_until_idle(database.work, {"note": board.note})

    assert board.seen == ["1", "2"]


def test_a_job_of_a_living_worker_is_left_alone(database: RoleUrls) -> None:
    background.defer(db.session, "note", id="1")
    db.session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    db.session.execute(
        text("UPDATE procrastinate_jobs SET status='doing', worker_id=(SELECT max(id) FROM procrastinate_workers)")
    )
    db.session.commit()

    assert background.rescue() == 0
    with clock.at(clock.now() + queue.STALLED_AFTER + timedelta(seconds=1)):
        assert background.rescue() == 1


def test_old_jobs_are_removed_and_failed_ones_kept_for_a_month(database: RoleUrls) -> None:
    for status in ("succeeded", "failed", "todo"):
        background.defer(db.session, "note", id=status)
    db.session.execute(text("UPDATE procrastinate_jobs SET status = (args->>'id')::procrastinate_job_status"))
    db.session.commit()

    def left() -> list[str]:
        return list(db.session.execute(text("SELECT status::text FROM procrastinate_jobs ORDER BY 1")).scalars())

    assert background.remove_old() == 0
    with clock.at(clock.now() + timedelta(days=2)):
        assert background.remove_old() == 1
    assert left() == ["failed", "todo"]
    with clock.at(clock.now() + timedelta(days=31)):
        assert background.remove_old() == 1
    assert left() == ["todo"]


def test_the_migration_holds_the_schema_of_the_installed_queue() -> None:
    shipped = (Path(procrastinate.__file__).parent / "sql" / "schema.sql").read_text()
    kept = (migrate.folder() / "versions" / "0003_background.py").read_text()

    assert shipped[shipped.index("-- Enums") :].strip() in kept


def _take_as_a_worker_that_dies() -> None:
    """Do what a worker does up to the moment of its kill -9, then let time pass."""
    db.session.execute(text("DELETE FROM procrastinate_workers"))
    db.session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"))
    taken = db.session.execute(
        text("SELECT id FROM procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))")
    )
    assert taken.scalar_one() is not None
    db.session.commit()
