"""The policies that the migrations made are the ones the rule compiles to now."""

import re

import pytest
from sqlalchemy import create_engine, text

from warp_hub.db.roles import RoleUrls
from warp_hub.sharing import policies

POLICIES = "SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies ORDER BY 1, 2"


def _listed(connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(POLICIES))]


def test_the_database_holds_the_policies_that_the_rule_compiles_to(database: RoleUrls) -> None:
    engine = create_engine(database.owner)
    with engine.connect() as connection:
        migrated = _listed(connection)
        for table, name in {(row[0], row[1]) for row in migrated}:
            connection.execute(text(f"DROP POLICY {name} ON {table}"))
        for mapped in policies.secured():
            for statement in policies.statements(mapped):
                connection.execute(text(re.sub(r":(\w)", r"\:\1", statement)))
        compiled = _listed(connection)
        connection.rollback()
    engine.dispose()
    assert {row[:2] for row in migrated} == {row[:2] for row in compiled}
    assert migrated == compiled


def test_every_secured_table_has_row_level_security_enabled_and_not_forced(database: RoleUrls) -> None:
    engine = create_engine(database.owner)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity")).all()
    engine.dispose()
    assert {name for name, _ in rows} == {mapped.__tablename__ for mapped in policies.secured()}
    assert not any(forced for _, forced in rows)


@pytest.mark.parametrize("role", ["web", "work"])
def test_neither_web_nor_work_is_owner_superuser_or_above_the_policies(database: RoleUrls, role: str) -> None:
    engine = create_engine(getattr(database, role))
    with engine.connect() as connection:
        above, own = connection.execute(
            text(
                "SELECT rolsuper OR rolbypassrls, (SELECT count(*) FROM pg_tables WHERE tableowner = current_user "
                "AND schemaname NOT LIKE 'pg\\_temp\\_%') "  # what a pull lays out goes with its connection
                "FROM pg_roles WHERE rolname = current_user"
            )
        ).one()
    engine.dispose()
    assert not above
    assert own == 0
