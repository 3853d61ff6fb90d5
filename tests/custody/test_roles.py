"""Who may reach sealed records: nobody reads them, one role puts in and throws away, one function gives one out."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.custody.conftest import Community, lookup, move
from tests.database import connect

TOUCHES = (
    "SELECT * FROM custody.attribution",
    "SELECT count(*) FROM custody.attribution",
    "INSERT INTO custody.attribution VALUES ('\\x00', '\\x00', '2026-11', '2027-01-04')",
    "UPDATE custody.attribution SET expires_on = '2099-01-01'",
    "DELETE FROM custody.attribution",
    "SELECT custody.settle()",
    "TRUNCATE custody.attribution",
)


@pytest.mark.parametrize("role", ["web", "work"])
@pytest.mark.parametrize("touch", TOUCHES)
def test_the_web_and_the_worker_are_refused_on_the_schema(community: Community, role: str, touch: str) -> None:
    with connect(getattr(community.urls, role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(touch)


def test_the_worker_is_refused_as_the_web_role_too(community: Community) -> None:
    with connect(community.urls.work) as connection:
        connection.execute("SET ROLE hub_web")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM custody.attribution")


@pytest.mark.parametrize(
    "touch",
    [
        "SELECT sealed FROM custody.attribution",
        "SELECT lookup FROM custody.attribution",
        "UPDATE custody.attribution SET expires_on = '2099-01-01'",
        "DELETE FROM custody.attribution RETURNING sealed",
        "SELECT open_sealed_record('\\x00', gen_random_uuid(), gen_random_uuid(), 'because I can')",
        "SELECT title FROM report",
        "SELECT name FROM warp",
        "DELETE FROM report",
        "SELECT * FROM key_holder",
        "SELECT * FROM person",
    ],
)
def test_who_puts_records_away_reads_none(community: Community, touch: str) -> None:
    community.file()
    move()
    with connect(community.urls.custody) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(touch)


def test_the_function_is_the_owner_s_with_a_fixed_path_and_for_the_web_alone(community: Community) -> None:
    query = """
        SELECT pg_get_userbyid(proowner) = pg_get_userbyid((SELECT datdba FROM pg_database
                                                            WHERE datname = current_database())),
               prosecdef, proconfig, proacl::text
          FROM pg_proc WHERE proname = 'open_sealed_record'
    """
    with connect(community.urls.owner) as owner:
        (row,) = owner.execute(query).fetchall()
    is_owner_s, is_definer, config, granted = row
    assert (is_owner_s, is_definer, config) == (True, True, ["search_path=pg_catalog, pg_temp"])
    assert "hub_web=X" in str(granted)
    assert "hub_work" not in str(granted)
    assert "{=X" not in str(granted)
    assert ",=X" not in str(granted)


def test_the_web_reads_no_sealed_record_on_the_desk_either(community: Community) -> None:
    with connect(community.urls.web) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT sealed FROM report")


@pytest.mark.parametrize(
    ("by", "reason", "now"),
    [
        ("first", "", "2026-11-22T12:00Z"),
        ("first", "   ", "2026-11-22T12:00Z"),
        ("first", "a good reason", ""),
        ("robin", "a good reason", "2026-11-22T12:00Z"),
        ("first", "a good reason", "2028-11-22T12:00Z"),
    ],
)
def test_the_database_itself_gives_nothing_out_and_writes_nothing_down(
    community: Community, by: str, reason: str, now: str
) -> None:
    record = community.file()
    move()
    with connect(community.urls.web, autocommit=False) as connection:
        person = getattr(community, by).id
        connection.execute(
            "SELECT set_config('app.now', %s, true), set_config('app.person', %s, true)", [now, str(person)]
        )
        asked = [lookup(record), record, person, reason]
        assert connection.execute("SELECT open_sealed_record(%s, %s, %s, %s)", asked).fetchone() == (None,)
        connection.commit()

    assert community.events() == []


def test_a_transaction_that_is_given_up_leaves_no_event_and_one_that_is_kept_does(community: Community) -> None:
    record = community.file()
    move()
    for end, events in (("ROLLBACK", 0), ("COMMIT", 1)):
        with connect(community.urls.web, autocommit=False) as connection:
            _sign_in(connection, community.first.id)
            asked = [lookup(record), record, community.first.id, "a good reason"]
            (given,) = connection.execute("SELECT open_sealed_record(%s, %s, %s, %s)", asked).fetchone() or (None,)
            assert given is not None
            connection.execute(end)
        assert len(community.events()) == events


@pytest.mark.parametrize("signed_in", ["second", "nobody"])
def test_nobody_opens_a_record_in_somebody_else_s_name(community: Community, signed_in: str) -> None:
    record = community.file()
    move()
    with connect(community.urls.web, autocommit=False) as connection:
        _sign_in(connection, None if signed_in == "nobody" else community.second.id)
        asked = [lookup(record), record, community.first.id, "a good reason"]
        assert connection.execute("SELECT open_sealed_record(%s, %s, %s, %s)", asked).fetchone() == (None,)
        connection.commit()

    assert community.events() == []


def test_whoever_stands_in_for_a_while_reads_nothing(community: Community) -> None:
    record = community.file()
    move()
    with connect(community.urls.owner) as owner:
        until = "UPDATE coordinator SET until = '2027-11-22T12:00Z' WHERE person_id = %s"
        owner.execute(until, [community.first.id])
    with connect(community.urls.web, autocommit=False) as connection:
        _sign_in(connection, community.first.id)
        asked = [lookup(record), record, community.first.id, "a good reason"]
        assert connection.execute("SELECT open_sealed_record(%s, %s, %s, %s)", asked).fetchone() == (None,)
        connection.commit()

    assert community.events() == []


def _sign_in(connection: psycopg.Connection[Any], person: UUID | None) -> None:
    settings = "SELECT set_config('app.now', '2026-11-22T12:00Z', true), set_config('app.person', %s, true)"
    connection.execute(settings, [str(person or "")])


def test_nobody_changes_or_removes_an_event(community: Community) -> None:
    for role in ("web", "work", "custody"):
        for touch in ("UPDATE audit SET detail = '{}'", "DELETE FROM audit", "TRUNCATE audit CASCADE"):
            with (
                connect(getattr(community.urls, role)) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(touch)
