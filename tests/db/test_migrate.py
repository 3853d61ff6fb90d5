"""Migrations: run once, by one at a time, whole or not at all, and never on a stranger's schema."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.database import clone_database, connect, drop_database, empty_database
from tests.db.conftest import start_python
from warp_hub.config import load_settings
from warp_hub.db import migrate
from warp_hub.db.embedded import DatabaseUnavailable, EmbeddedPostgres
from warp_hub.db.migrate import MigrationFailed, SchemaMismatch
from warp_hub.db.roles import RoleUrls

UPGRADE = """
import sys
from warp_hub.db import migrate
from warp_hub.db.roles import RoleUrls
print(migrate.upgrade_database(RoleUrls(*sys.argv[1:])))
"""


@pytest.fixture
def empty() -> Iterator[RoleUrls]:
    """Lend a database without any schema."""
    urls = empty_database()
    yield urls
    drop_database(urls)


@pytest.fixture
def current() -> Iterator[RoleUrls]:
    """Lend a database of this program's schema."""
    urls = clone_database()
    yield urls
    drop_database(urls)


def stand_at(urls: RoleUrls, name: str) -> None:
    with connect(urls.owner) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [name])


def tables(urls: RoleUrls) -> set[str]:
    with connect(urls.owner) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def wait_until_blocked(urls: RoleUrls) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connect(urls.owner) as connection:
        for _ in range(200):
            if connection.execute(query).fetchone() != (0,):
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_an_upgrade_says_what_it_ran_and_a_second_one_runs_nothing(empty: RoleUrls) -> None:
    assert migrate.upgrade_database(empty) == migrate.names()
    assert migrate.upgrade_database(empty) == []
    migrate.check(empty.web)


def test_the_head_file_and_the_folder_agree() -> None:
    assert migrate.newest() == migrate.names()[-1]


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [int(name.split("_")[0]) for name in migrate.names()] == list(range(1, len(migrate.names()) + 1))


def test_up_down_and_up_again_leaves_the_same_tables(current: RoleUrls) -> None:
    before = tables(current)
    migrate.downgrade_database(current)
    assert tables(current) == {"alembic_version"}
    migrate.upgrade_database(current)
    assert tables(current) == before


def test_sources_of_one_name_are_told_apart_again_where_names_are_taken_once(current: RoleUrls) -> None:
    given = "kind, url, marking, trusted, allow_private, interval_minutes, paused, unsettled, health, failures"
    more = "origin, has_password, remark, empty, gone"
    values = "'rss', '', 'TLP:GREEN', false, false, 10, false, false, '', 0, '', false, '', '', 0"
    with connect(current.owner) as connection:
        for slug in ("bulletin", "bulletin-2"):
            insert = (
                f"INSERT INTO source (id, slug, name, {given}, {more}) VALUES (gen_random_uuid(), %s, %s, {values})"
            )
            connection.execute(insert, [slug, "Bulletin"])
    migrate.downgrade_database(current, "0025_answers_walls")
    with connect(current.owner) as connection:
        names = connection.execute("SELECT name FROM source ORDER BY slug").fetchall()
    assert names == [("Bulletin",), ("Bulletin (bulletin-2)",)]
    migrate.upgrade_database(current)


def test_a_recovery_code_that_was_used_stays_used_where_it_is_kept_when_and_where_it_is_not(current: RoleUrls) -> None:
    code = "gen_random_uuid(), (SELECT id FROM person), '', %s::bytea, now()"
    with connect(current.owner) as connection:
        person = "INSERT INTO person (id, email, name, language, state) VALUES (%s, %s, 'Sam', 'en', 'active')"
        connection.execute(person, [uuid4(), "sam@council.example"])
        for hashed, is_used in ((b"1", True), (b"2", False)):
            given = f"INSERT INTO recovery_code (id, person_id, salt, code_hash, made_at, is_used) VALUES ({code}, %s)"
            connection.execute(given, [hashed, is_used])
    migrate.downgrade_database(current, "0032_renewals")
    with connect(current.owner) as connection:
        used = "SELECT used_at IS NOT NULL FROM recovery_code ORDER BY code_hash"
        assert connection.execute(used).fetchall() == [(True,), (False,)]
    migrate.upgrade_database(current)
    with connect(current.owner) as connection:
        used = "SELECT is_used FROM recovery_code ORDER BY code_hash"
        assert connection.execute(used).fetchall() == [(True,), (False,)]


@pytest.mark.parametrize("role", ["web", "work", "custody", "owner"])
def test_every_role_may_check_the_schema(current: RoleUrls, role: str) -> None:
    migrate.check(current.of(role))


def test_an_empty_database_is_refused_with_advice(empty: RoleUrls) -> None:
    with pytest.raises(
        SchemaMismatch, match=rf"is empty, this WARP Hub needs {migrate.newest()}: run `warp-hub db upgr"
    ):
        migrate.check(empty.owner)


def test_new_code_refuses_an_old_schema(current: RoleUrls) -> None:
    stand_at(current, migrate.names()[0])
    with pytest.raises(SchemaMismatch, match=f"stands at {migrate.names()[0]}, this WARP Hub needs"):
        migrate.check(current.web)


def test_old_code_refuses_a_new_schema_to_read_and_to_upgrade(current: RoleUrls) -> None:
    stand_at(current, "9999_of_the_future")
    with pytest.raises(SchemaMismatch, match="upgraded to 9999_of_the_future by a newer WARP Hub"):
        migrate.check(current.web)
    with pytest.raises(SchemaMismatch, match="install that version again"):
        migrate.upgrade_database(current)


def test_a_database_that_does_not_answer_is_one_line() -> None:
    nowhere = "postgresql+psycopg://nobody@/nothing?host=/nowhere"
    for attempt in (lambda: migrate.check(nowhere), lambda: migrate.upgrade_database(RoleUrls(*[nowhere] * 4))):
        with pytest.raises(DatabaseUnavailable, match="The database does not answer") as refusal:
            attempt()
        assert "\n" not in str(refusal.value)


def test_two_who_upgrade_at_once_run_each_migration_once(empty: RoleUrls) -> None:
    results: list[list[str]] = []
    both = [threading.Thread(target=lambda: results.append(migrate.upgrade_database(empty))) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(results) == [[], migrate.names()]


def test_a_migration_that_cannot_have_its_table_is_undone_and_those_before_it_stand(
    empty: RoleUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "200ms")
    with connect(empty.owner, autocommit=False) as another:
        another.execute("CREATE TABLE item (held int)")
        with pytest.raises(
            MigrationFailed, match="after 0001_people was undone: another transaction kept a table"
        ) as refusal:
            migrate.upgrade_database(empty)
        another.rollback()
    assert "\n" not in str(refusal.value)
    assert migrate.upgrade_database(empty) == migrate.names()[1:]


def test_an_upgrade_killed_in_the_middle_is_taken_up_by_the_next(empty: RoleUrls) -> None:
    arguments = (empty.owner, empty.web, empty.work, empty.custody)
    with connect(empty.owner, autocommit=False) as another:
        another.execute("CREATE TABLE item (held int)")
        process = start_python(UPGRADE, *arguments)
        wait_until_blocked(empty)
        process.kill()
        process.communicate()
        another.rollback()
    assert migrate.upgrade_database(empty) == migrate.names()[1:]
    assert process.returncode == -9


def test_settings_without_a_database_url_upgrade_the_embedded_one(place: Path) -> None:
    with EmbeddedPostgres(place / "hub", durable=False) as server:
        settings = load_settings(data_dir=place / "hub")
        assert migrate.upgrade(settings) == migrate.names()
        migrate.check(server.url("web"))


def test_neither_a_check_nor_an_upgrade_with_nothing_to_do_loads_alembic(current: RoleUrls) -> None:
    code = f"{UPGRADE}\nmigrate.check(sys.argv[2])\nprint('alembic' in sys.modules)"
    done, complained = start_python(code, current.owner, current.web, current.work, current.custody).communicate()
    assert (done.split(), complained) == (["[]", "False"], "")


def test_the_migrations_know_nothing_of_the_program() -> None:
    for path in (migrate.folder() / "versions").glob("*.py"):
        assert "warp_hub" not in path.read_text().replace("warp_hub_", "")


def test_two_runs_of_the_tests_at_once_do_not_disturb_each_other() -> None:
    code = (
        "from tests.database import *; u = clone_database(); import psycopg; "
        "print(psycopg.connect(u.owner.replace('+psycopg', '')).execute('SELECT count(*) FROM item').fetchone()[0])"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [run.communicate()[0].strip() for run in runs] == ["0"] * 3
    assert [run.returncode for run in runs] == [0] * 3
