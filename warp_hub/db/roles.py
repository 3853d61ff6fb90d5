"""The database's roles: what each process may connect as, and the SQL that makes them.

Group roles hub_web, hub_work and hub_custody hold the grants and belong to the whole server; the logins
`<database>_web`, `_work` and `_custody` belong to one database. hub_work does not inherit (NOINHERIT), so a
worker's own reads are never hub_web's, while SET ROLE hub_web still works: the same on PostgreSQL 15 to 18.
"""

from dataclasses import dataclass

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from warp_hub.config import ConfigurationError, Settings
from warp_hub.db.embedded import EmbeddedPostgres
from warp_hub.db.passwords import password, verifier

GROUPS = ("hub_web", "hub_work", "hub_custody")
LOGINS = ("web", "work", "custody")
LONGEST_NAME = 63


class RolesMissing(Exception):
    """The owner may not make the roles; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class RoleUrls:
    """Where each role connects; empty where this machine was not told."""

    owner: str
    web: str
    work: str
    custody: str

    def of(self, role: str) -> str:
        """Return one role's URL; raise ConfigurationError where there is none."""
        url: str = getattr(self, role)
        if not url:
            name = "WARP_HUB_DATABASE_URL" if role == "owner" else f"WARP_HUB_{role.upper()}_DATABASE_URL"
            raise ConfigurationError(f"{name} must be set")
        return url


def urls(settings: Settings) -> RoleUrls:
    """Return where each role connects: its own setting first, else derived from the owner's URL."""
    if settings.embedded:
        server = EmbeddedPostgres(settings.data_dir)
        return RoleUrls(*(server.url(role) for role in ("owner", *LOGINS)))
    own = (settings.web_database_url, settings.work_database_url, settings.custody_database_url)
    owner = settings.database_url or ""
    derived = [given or _derived(owner, role, settings.secret()) for role, given in zip(LOGINS, own, strict=True)]
    return RoleUrls(owner, *derived)


def ensure_roles(connection: Connection, of: RoleUrls) -> None:
    """Make what is missing of the roles and their rights; raise RolesMissing where the owner may not."""
    database = connection.execute(text("SELECT current_database()")).scalar_one()
    connection.commit()
    if not roles_are_right(connection, of):
        _make_roles(connection, database, of)
    for role in LOGINS:
        _renew_password(connection, getattr(of, role))


def roles_are_right(connection: Connection, of: RoleUrls) -> bool:
    """Say whether the roles exist with exactly the rights they are to have."""
    logins = {role: _login(getattr(of, role)) for role in LOGINS}
    checks = [text(CHECK_GROUPS), text(CHECK_LOGINS), text(CHECK_DATABASE)]
    try:
        return all(bool(connection.execute(check, logins).scalar()) for check in checks)
    finally:
        connection.commit()


def roles_sql(database: str, of: RoleUrls) -> str:
    """Return the script by which an administrator makes the roles where the owner may not."""
    head = f"-- Run as an administrator of the server or as one who may create roles: psql -d {database} -f roles.sql\n"
    return head + "\n".join(f"{statement};" for statement in _statements(database, of)) + "\n"


CHECK_GROUPS = """
SELECT count(*) = 3 AND bool_and(NOT (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb))
  FROM pg_roles WHERE rolname IN ('hub_web', 'hub_work', 'hub_custody')
"""
# USAGE is what a role can do by itself, MEMBER what it can do after SET ROLE.
CHECK_LOGINS = """
SELECT count(*) = 3 AND bool_and(
         rolcanlogin AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)
         AND pg_has_role(oid, 'hub_web', 'USAGE') = (rolname = :web)
         AND pg_has_role(oid, 'hub_web', 'MEMBER') = (rolname IN (:web, :work))
         AND pg_has_role(oid, 'hub_work', 'USAGE') = (rolname = :work)
         AND pg_has_role(oid, 'hub_custody', 'MEMBER') = (rolname = :custody)
         AND has_database_privilege(oid, current_database(), 'CONNECT'))
  FROM pg_roles WHERE rolname IN (:web, :work, :custody)
"""
CHECK_DATABASE = """
SELECT NOT EXISTS (SELECT FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS granted
                    WHERE datname = current_database() AND granted.grantee = 0
                      AND granted.privilege_type IN ('CONNECT', 'TEMPORARY'))
   AND NOT EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl) AS granted
                    WHERE nspname = 'public' AND granted.grantee = 0 AND granted.privilege_type = 'CREATE')
   AND has_database_privilege(:work, current_database(), 'TEMPORARY')
"""


def _statements(database: str, of: RoleUrls) -> list[str]:
    """Return the statements, each of which may be run again."""
    name = _quoted(database)
    found = [_create(group, "NOLOGIN" + (" NOINHERIT" if group == "hub_work" else "")) for group in GROUPS]
    found.append("GRANT hub_web TO hub_work")
    found.append(f"REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC")
    found.append("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # databases that were made before PostgreSQL 15
    for role in LOGINS:
        url = getattr(of, role)
        if login := _login(url):
            secret = make_url(url).password
            found.append(_create(login, "LOGIN" + (f" PASSWORD '{verifier(secret)}'" if secret else "")))
            found.append(f"GRANT hub_{role} TO {_quoted(login)}")
            found.append(f"GRANT CONNECT{', TEMPORARY' * (role == 'work')} ON DATABASE {name} TO {_quoted(login)}")
    return found


def _create(role: str, options: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(role)}) THEN "
        f"CREATE ROLE {_quoted(role)} {options}; END IF; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )


def _make_roles(connection: Connection, database: str, of: RoleUrls) -> None:
    for attempt in range(5):
        try:
            for statement in _statements(database, of):
                connection.exec_driver_sql(statement)
            connection.commit()
            break
        except DBAPIError as error:
            connection.rollback()
            if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
                raise RolesMissing(_advice(database, str(error.orig))) from None
            if attempt == 4 or not _lost_a_race(error.orig):
                raise
    if not roles_are_right(connection, of):  # PostgreSQL only warns when a right could not be given or taken
        raise RolesMissing(_advice(database, "some rights could not be given"))


def _lost_a_race(error: BaseException | None) -> bool:
    return isinstance(error, psycopg.errors.UniqueViolation | psycopg.errors.InternalError_)


def _advice(database: str, reason: str) -> str:
    return (
        f"The owner of database {database} may not set up its roles ({reason.splitlines()[0]}): "
        "run `warp-hub db roles` and give the SQL it prints to the server's administrator."
    )


def _renew_password(connection: Connection, url: str) -> None:
    """Set a login's password anew when it does not open the door, as after a change of the secret key."""
    secret = make_url(url).password if url else None
    if not secret or _opens(url):
        return
    try:
        connection.exec_driver_sql(f"ALTER ROLE {_quoted(_login(url))} PASSWORD '{verifier(secret)}'")
        connection.commit()
    except DBAPIError:
        connection.rollback()  # not ours to change: connecting will say what is wrong


def _opens(url: str) -> bool:
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        engine.connect().close()
    except OperationalError:
        return False
    return True


def _derived(owner: str, role: str, secret: str) -> str:
    if not owner:
        return ""
    url = make_url(owner)
    login = f"{url.database or url.username}_{role}"
    if len(login.encode()) > LONGEST_NAME:
        raise ConfigurationError(f"WARP_HUB_DATABASE_URL names a database whose login {login} would be too long")
    return url.set(username=login, password=password(secret, role)).render_as_string(hide_password=False)


def _login(url: str) -> str:
    return (make_url(url).username or "") if url else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
