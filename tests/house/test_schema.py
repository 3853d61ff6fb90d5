"""The schema: what the migrations make is what the classes map; data outlives going down and up again."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from tests.database import drop_database, empty_database
from warp_hub.db import Model, migrate
from warp_hub.db.roles import RoleUrls
from warp_hub.serving.opening import load_models

# Tables of the queue's own making, and those that no class maps.
NOT_OURS = ("procrastinate_", "alembic_version")
DATA = """
INSERT INTO warp (id, slug, name, kind, settings)
VALUES ('00000000-0000-4000-8000-000000000001', 'midshire', 'Midshire WARP', 'region', '{"k": 6}');
INSERT INTO person (id, email, name, language, state)
VALUES ('00000000-0000-4000-8000-000000000002', 'Sam@Council.Example', 'Sam', 'cy', 'active');
"""


@pytest.fixture
def migrated() -> Iterator[RoleUrls]:
    """Lend a database that is migrated here and now."""
    urls = empty_database()
    migrate.upgrade_database(urls)
    yield urls
    drop_database(urls)


def _owner(urls: RoleUrls) -> Engine:
    return create_engine(urls.owner, poolclass=NullPool)


def test_the_migrations_make_exactly_what_the_classes_map(migrated: RoleUrls) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    load_models()

    def is_ours(thing, name, kind, *_: object) -> bool:
        table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
        return not str(table).startswith(NOT_OURS)

    with _owner(migrated).connect() as connection:
        options = {"compare_type": True, "include_object": is_ours}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)
    assert found == []


def test_no_passing_table_stands_before_what_a_function_of_the_owner_reads(migrated: RoleUrls) -> None:
    asked = """
        SELECT format('%s.%s', pronamespace::regnamespace, proname)
          FROM pg_proc WHERE prosecdef AND pronamespace <> 'pg_catalog'::regnamespace
           AND NOT coalesce(array_to_string(proconfig, ';') ~ 'search_path=[^;]*pg_temp(;|$)', false)
    """
    with _owner(migrated).connect() as connection:
        assert sorted(connection.scalars(text(asked))) == []


def test_data_outlive_each_step_down_and_up_again(migrated: RoleUrls) -> None:
    asked = text("SELECT slug, settings, email, language FROM warp, person")
    with _owner(migrated).begin() as connection:
        for statement in DATA.split(";"):
            if statement.strip():
                connection.execute(text(statement.replace(": ", "\\: ")))
        before = connection.execute(asked).all()

    def still_there() -> bool:
        with _owner(migrated).connect() as connection:
            return bool(connection.execute(asked).all() == before)

    steps = migrate.names()
    for down_to, up_to in reversed([*pairwise(steps)]):
        migrate.downgrade_database(migrated, down_to)
        assert still_there(), f"down to {down_to}"
        migrate.upgrade_database(migrated, up_to)
        assert still_there(), f"up to {up_to}"
        migrate.downgrade_database(migrated, down_to)
    migrate.upgrade_database(migrated)
    assert still_there()
