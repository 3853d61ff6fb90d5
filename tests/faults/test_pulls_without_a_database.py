"""The database goes away, fills up or refuses during a pull: one clear line, nothing half stored, resumable."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text

from tests.advisories.stix_objects import Feed, indicator
from warp_hub import db
from warp_hub.advisories import intake
from warp_hub.advisories.intake import AlreadyPulling, PullFailed
from warp_hub.advisories.models import Provenance, Quarantined
from warp_hub.db.roles import RoleUrls
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read

PAGE = 10
LIMITS = replace(intake.STANDARD_LIMITS, page_size=PAGE)


EVERYBODY_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'warp-hub work'"
)
REMOVE = "DROP FUNCTION trouble() CASCADE"


def _on_insert(action: str) -> tuple[str, str]:
    """Return what makes the database do something when the sixteenth address is stored."""
    body = f"BEGIN IF NEW.value = 'a-15.example' THEN {action}; END IF; RETURN NEW; END"
    return (
        f"CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ {body} $$",
        "CREATE TRIGGER trouble BEFORE INSERT ON indicator FOR EACH ROW EXECUTE FUNCTION trouble()",
    )


def _as_owner(urls: RoleUrls, *statements: str) -> None:
    engine = create_engine(urls.owner)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _held() -> int:
    db.session.rollback()
    return db.session.scalar(house_read(select(func.count()).select_from(Item), "test")) or 0


def test_a_database_that_restarts_between_two_pages_costs_nothing(database: RoleUrls, tmp_path: Path) -> None:
    feed = Feed(tmp_path, trusted=True).offers(*(indicator() for _ in range(35)))
    pages: list[int] = []

    def restart(outcome: intake.Outcome) -> None:
        pages.append(outcome.stored)
        if len(pages) == 2:
            _as_owner(database, EVERYBODY_OUT)

    assert intake.pull_source(feed.source.id, restart, LIMITS).stored == 35
    assert _held() == 35


def test_a_connection_lost_in_the_middle_of_a_page_costs_only_that_page(database: RoleUrls, tmp_path: Path) -> None:
    feed = Feed(tmp_path, trusted=True).offers(*(indicator(f"a-{number}.example") for number in range(35)))
    _as_owner(database, *_on_insert("PERFORM pg_terminate_backend(pg_backend_pid())"))
    try:
        with pytest.raises(PullFailed, match="database went away"):
            intake.pull_source(feed.source.id, limits=LIMITS)
        assert _held() == PAGE
    finally:
        _as_owner(database, REMOVE)
    assert intake.pull_source(feed.source.id, limits=LIMITS).stored == 25
    assert _held() == 35


def test_a_run_that_lost_its_lock_gives_way_to_the_next(database: RoleUrls, tmp_path: Path) -> None:
    feed = Feed(tmp_path, trusted=True).offers(*(indicator() for _ in range(35)))
    pages: list[int] = []

    def overtake(outcome: intake.Outcome) -> None:
        pages.append(outcome.stored)
        if len(pages) == 2:
            _as_owner(database, EVERYBODY_OUT)
            other = threading.Thread(target=lambda: intake.pull_source(feed.source.id, limits=LIMITS))
            other.start()
            other.join()

    with pytest.raises(AlreadyPulling, match="another run has taken over"):
        intake.pull_source(feed.source.id, overtake, LIMITS)
    assert _held() == db.session.scalar(select(func.count()).select_from(Provenance)) == 35


def test_a_full_disk_is_one_clear_line_and_the_pull_goes_on_when_there_is_room(
    database: RoleUrls, tmp_path: Path
) -> None:
    feed = Feed(tmp_path).offers(*(indicator(f"a-{number}.example") for number in range(30)))
    _as_owner(database, *_on_insert("RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'"))
    try:
        with pytest.raises(PullFailed, match="disk of the database is full"):
            intake.pull_source(feed.source.id, limits=LIMITS)
        assert _held() == PAGE
    finally:
        _as_owner(database, REMOVE)
    intake.pull_source(feed.source.id, limits=LIMITS)
    assert _held() == 30


def test_one_object_that_the_database_refuses_is_put_aside_and_all_others_arrive(
    database: RoleUrls, tmp_path: Path
) -> None:
    feed = Feed(tmp_path).offers(*(indicator(f"a-{number}.example") for number in range(30)))
    _as_owner(database, *_on_insert("RAISE EXCEPTION 'no' USING ERRCODE = '22021'"))
    try:
        outcome = intake.pull_source(feed.source.id, limits=LIMITS)
    finally:
        _as_owner(database, REMOVE)
    assert (outcome.fetched, outcome.stored, outcome.quarantined) == (30, 29, 1)
    (aside,) = db.session.scalars(house_read(select(Quarantined), "test"))
    assert "could not be stored" in aside.reason
    assert intake.pull_source(feed.source.id, limits=LIMITS).stored == 1
    assert db.session.scalar(select(func.count()).select_from(Provenance)) == 30
