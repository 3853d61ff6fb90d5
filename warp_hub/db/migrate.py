"""Migrations: bring a database to this program's schema, and refuse to run on any other."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from warp_hub.config import Settings
from warp_hub.db.embedded import DatabaseUnavailable
from warp_hub.db.roles import RoleUrls, ensure_roles, urls

if TYPE_CHECKING:
    from alembic.config import Config

ONE_AT_A_TIME = 0x57415250  # the advisory lock of whoever migrates
OLDEST = 15
WAIT_FOR_ANOTHER = 600
LOCK_TIMEOUT = "10s"  # a migration that waits for a table keeps every reader behind it waiting


class SchemaMismatch(Exception):
    """The database's schema is not this program's; the text is one sentence that says what to do."""


class MigrationFailed(Exception):
    """A migration was refused and undone; those before it stand. The text is one sentence."""


def upgrade(settings: Settings) -> list[str]:
    """Make the roles and run the migrations still missing; return their names."""
    return upgrade_database(urls(settings))


def upgrade_database(of: RoleUrls, to: str = "head") -> list[str]:
    """Do what `upgrade` does for a database whose URLs are known."""
    with _as_owner(of.of("owner")) as connection:
        before = _known(_applied(connection))
        ensure_roles(connection, of)
        if before != newest():  # every command on the embedded database asks: alembic costs half a second
            _run("upgrade", connection, to)
        _let_all_read_the_version(connection)
        after = _known(_applied(connection))
    return [name for name in names() if before < name <= after]


def downgrade_database(of: RoleUrls, to: str = "base") -> None:
    """Undo migrations down to the named one; for tests."""
    with _as_owner(of.of("owner")) as connection:
        _run("downgrade", connection, to)


def check(url: str) -> None:
    """Raise SchemaMismatch unless this database, reached as any role, has exactly this program's schema."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            applied = _known(_applied(connection))
    except DBAPIError as error:
        raise _unavailable(error) from None
    finally:
        engine.dispose()
    if applied != newest():
        state = f"stands at {applied}" if applied else "is empty"
        raise SchemaMismatch(f"The database {state}, this WARP Hub needs {newest()}: run `warp-hub db upgrade`.")


def folder() -> Path:
    """Return the folder of migrations: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parents[1]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def names() -> list[str]:
    """Return the names of all migrations, oldest first."""
    return sorted(path.stem for path in (folder() / "versions").glob("[0-9]*.py"))


def newest() -> str:
    """Return the name of the newest migration, as the HEAD file says it."""
    return (folder() / "HEAD").read_text().strip()


def _known(applied: str) -> str:
    if applied and applied not in names():
        raise SchemaMismatch(
            f"The database was upgraded to {applied} by a newer WARP Hub than this one, which knows "
            f"{newest()}: install that version again."
        )
    return applied


def _applied(connection: Connection) -> str:
    """Return the name of the newest migration the database has, empty for none."""
    try:
        if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    finally:
        connection.rollback()


def _run(direction: str, connection: Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415

    config = _config(connection)
    try:
        getattr(command, direction)(config, to)
    except DBAPIError as error:
        connection.rollback()
        stands = _applied(connection) or "no migration"
        raise MigrationFailed(f"The migration after {stands} was undone: {_why(error)}.") from error


def _why(error: DBAPIError) -> str:
    if isinstance(error.orig, psycopg.errors.LockNotAvailable):
        return f"another transaction kept a table for more than {LOCK_TIMEOUT}; run `warp-hub db upgrade` again"
    return str(error.orig).strip().splitlines()[0]


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    heads = ScriptDirectory.from_config(config).get_heads()
    if heads != [newest()]:
        raise SchemaMismatch(f"migrations/HEAD names {newest()} and the newest migration is {', '.join(heads)}.")
    return config


def _let_all_read_the_version(connection: Connection) -> None:
    if not connection.execute(text("SELECT has_table_privilege('hub_custody', 'alembic_version', 'SELECT')")).scalar():
        connection.execute(text("GRANT SELECT ON alembic_version TO hub_web, hub_work, hub_custody"))
    connection.commit()


@contextmanager
def _as_owner(url: str) -> Iterator[Connection]:
    """Connect as the owner, alone among those who migrate this database."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            _refuse_unsuitable(connection)
            _wait_for_turn(connection)
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
            yield connection
    except DBAPIError as error:
        raise _unavailable(error) from None
    finally:
        engine.dispose()


def _unavailable(error: DBAPIError) -> DatabaseUnavailable:
    what = "does not answer" if isinstance(error, OperationalError) else "refused"
    return DatabaseUnavailable(f"The database {what}: {str(error.orig).strip().splitlines()[0]}.")


def _refuse_unsuitable(connection: Connection) -> None:
    version, encoding = connection.execute(
        text("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')")
    ).one()
    if version < OLDEST:
        raise DatabaseUnavailable(f"WARP Hub needs PostgreSQL {OLDEST} or newer; this server is version {version}.")
    if encoding != "UTF8":
        raise DatabaseUnavailable(f"WARP Hub needs a database in UTF8; this one is in {encoding}.")


def _wait_for_turn(connection: Connection) -> None:
    """Take the lock, which the server gives back when the connection ends."""
    deadline = time.monotonic() + WAIT_FOR_ANOTHER
    while not connection.execute(text(f"SELECT pg_try_advisory_lock({ONE_AT_A_TIME})")).scalar():
        connection.rollback()
        if time.monotonic() > deadline:
            raise MigrationFailed("Another upgrade of this database has not ended: nothing was done.")
        time.sleep(0.2)
    connection.commit()


def _engine(url: str) -> Engine:
    return create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": 10, "application_name": "warp-hub migrate"}
    )
