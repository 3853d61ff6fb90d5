"""The roles: made by whom may, complete, and no wider than each process needs; on every PostgreSQL at hand."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, make_url

from tests.database import connect
from warp_hub.config import ConfigurationError, Settings, load_settings
from warp_hub.db import migrate
from warp_hub.db.embedded import EmbeddedPostgres
from warp_hub.db.programs import wheel_programs
from warp_hub.db.roles import RolesMissing, RoleUrls, ensure_roles, roles_are_right, roles_sql, urls

SECRET = "the secret key of the role tests 0123456789"
PROGRAMS = {"wheel": wheel_programs(), "15": Path("/usr/lib/postgresql/15/bin")}


@dataclass(frozen=True)
class Hub:
    """One server for the roles of several installations; its administrator needs no password."""

    server: EmbeddedPostgres

    def administer(self, *statements: str, database: str = "postgres") -> None:
        with connect(self.server.url("owner", database=database)) as connection:
            for statement in statements:
                connection.execute(statement)

    def version(self) -> int:
        with connect(self.server.url("owner")) as connection:
            return connection.info.server_version // 10000

    def owned(self, database: str, rights: str, **settings: str) -> Settings:
        """Make a database with its owner and return the settings of an installation on it."""
        owner = f"{database}_owner"
        self.administer(f"CREATE ROLE {owner} LOGIN PASSWORD 'of the owner' {rights}")
        self.administer(f"CREATE DATABASE {database} OWNER {owner}")
        url = make_url(self.server.url("owner", database=database)).set(username=owner, password="of the owner")
        return load_settings(database_url=url.render_as_string(False), secret_key=SECRET, **settings)


@pytest.fixture(scope="module", params=PROGRAMS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    programs = PROGRAMS[request.param]
    if programs is None or not programs.is_dir():
        pytest.skip(f"PostgreSQL of {request.param} is not installed")
    folder = Path(tempfile.mkdtemp(prefix="warp-hub-test-", dir="/tmp"))
    folder.chmod(0o711)
    with EmbeddedPostgres(folder, durable=False, programs=programs) as server:
        hba = folder / "postgres" / "pg_hba.conf"
        hba.write_text("local all warp_hub trust\nlocal all all scram-sha-256\n")
        with connect(server.url("owner")) as connection:
            connection.execute("SELECT pg_reload_conf()")
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def hub(running: EmbeddedPostgres) -> Iterator[Hub]:
    """Lend a server without any role of ours."""
    found = Hub(running)
    yield found
    with connect(running.url("owner", database="postgres")) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'hub%'").fetchall():
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        query = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'hub%' ORDER BY rolname LIKE '%owner'"
        for (name,) in connection.execute(query).fetchall():
            connection.execute(f"DROP ROLE {name}")


def make_roles(of: RoleUrls) -> None:
    with create_engine(of.owner, poolclass=NullPool).connect() as connection:
        ensure_roles(connection, of)


OWNERS = {"a superuser": "SUPERUSER", "one who may create roles": "CREATEROLE"}


@pytest.mark.parametrize("rights", OWNERS.values(), ids=OWNERS)
def test_an_owner_who_may_makes_everything_and_each_login_opens_its_door(hub: Hub, rights: str) -> None:
    settings = hub.owned("hub_one", rights)
    assert migrate.upgrade(settings) == migrate.names()
    found = urls(settings)
    for role in ("web", "work", "custody"):
        with connect(found.of(role)) as connection:
            row = connection.execute(
                "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            assert row.fetchone() == (f"hub_one_{role}", False, False)
        migrate.check(found.of(role))


@pytest.mark.parametrize("rights", OWNERS.values(), ids=OWNERS)
def test_everything_belongs_to_the_owner(hub: Hub, rights: str) -> None:
    settings = hub.owned("hub_one", rights)
    migrate.upgrade(settings)
    query = (
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace IN "
        "(SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"
    )
    with connect(urls(settings).owner) as connection:
        assert connection.execute(query).fetchall() == [("hub_one_owner",)]


def test_making_the_roles_again_changes_nothing(hub: Hub) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    migrate.upgrade(settings)
    assert migrate.upgrade(settings) == []
    make_roles(urls(settings))


def test_an_owner_who_may_not_is_told_what_to_do_and_goes_on_after_the_administrator(hub: Hub) -> None:
    settings = hub.owned("hub_one", "")
    with pytest.raises(RolesMissing, match="run `warp-hub db roles`") as refusal:
        migrate.upgrade(settings)
    assert "\n" not in str(refusal.value)
    hub.administer(roles_sql("hub_one", urls(settings)), database="hub_one")
    assert migrate.upgrade(settings) == migrate.names()
    with connect(urls(settings).web) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("hub_one_web",)


def test_the_printed_sql_holds_no_password(hub: Hub) -> None:
    found = urls(hub.owned("hub_one", ""))
    script = roles_sql("hub_one", found)
    assert not [url for url in (found.web, found.work, found.custody) if make_url(url).password in script]
    assert "SCRAM-SHA-256$" in script


def test_a_user_who_does_not_own_the_database_is_told_so(hub: Hub) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    hub.administer("ALTER DATABASE hub_one OWNER TO warp_hub")
    with pytest.raises(RolesMissing, match="some rights could not be given"):
        migrate.upgrade(settings)


def test_two_installations_share_a_server_and_neither_enters_the_other(hub: Hub) -> None:
    one, two = hub.owned("hub_one", "SUPERUSER"), hub.owned("hub_two", "SUPERUSER")
    migrate.upgrade(one)
    migrate.upgrade(two)
    for role in ("web", "work", "custody"):
        stranger = make_url(urls(two).of(role)).set(database="hub_one").render_as_string(False)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(stranger)


def test_a_second_owner_who_cannot_hand_out_the_first_one_s_groups_is_told_what_to_do(hub: Hub) -> None:
    migrate.upgrade(hub.owned("hub_one", "CREATEROLE"))
    second = hub.owned("hub_two", "CREATEROLE")
    if hub.version() >= 16:  # before, whoever could create roles could hand out any
        with pytest.raises(RolesMissing, match="run `warp-hub db roles`"):
            migrate.upgrade(second)
        hub.administer(roles_sql("hub_two", urls(second)), database="hub_two")
    migrate.upgrade(second)
    with connect(urls(second).work) as connection:
        connection.execute("SET ROLE hub_web")


def test_the_worker_steps_down_to_web_and_back(hub: Hub) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    migrate.upgrade(settings)
    with connect(urls(settings).work) as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE hub_web")
        assert connection.execute("SELECT current_user").fetchone() == ("hub_web",)
    with connect(urls(settings).work) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("hub_one_work",)


def test_the_worker_s_own_reads_follow_its_own_policies_and_rights_alone(hub: Hub) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    make_roles(urls(settings))
    with connect(urls(settings).owner) as connection:
        connection.execute("CREATE TABLE report AS SELECT generate_series(1, 3) AS number")
        connection.execute("CREATE TABLE page AS SELECT 1 AS number")
        connection.execute("ALTER TABLE report ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY web_reads ON report FOR SELECT TO hub_web USING (number = 1)")
        connection.execute("GRANT SELECT ON report TO hub_web, hub_work")
        connection.execute("GRANT SELECT ON page TO hub_web")
    with connect(urls(settings).work) as connection:
        assert connection.execute("SELECT count(*) FROM report").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM page")
        with connection.transaction():
            connection.execute("SET LOCAL ROLE hub_web")
            assert connection.execute("SELECT count(*) FROM report").fetchone() == (1,)
    with connect(urls(settings).web) as connection:
        assert connection.execute("SELECT count(*) FROM report").fetchone() == (1,)


@pytest.mark.parametrize(
    ("role", "closed"), [("web", "hub_work"), ("web", "hub_custody"), ("work", "hub_custody"), ("custody", "hub_web")]
)
def test_nobody_becomes_what_is_not_theirs(hub: Hub, role: str, closed: str) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    make_roles(urls(settings))
    with connect(urls(settings).of(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SET ROLE {closed}")


@pytest.mark.parametrize("role", ["web", "work", "custody"])
def test_no_process_may_make_tables_or_roles(hub: Hub, role: str) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    make_roles(urls(settings))
    with connect(urls(settings).of(role)) as connection:
        for statement in ("CREATE TABLE mine (a int)", "CREATE ROLE hub_mine", "CREATE SCHEMA mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_only_the_worker_has_temporary_tables(hub: Hub) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    make_roles(urls(settings))
    with connect(urls(settings).work) as connection:
        connection.execute("CREATE TEMPORARY TABLE loaded (a int)")
    with connect(urls(settings).web) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TEMPORARY TABLE loaded (a int)")


def test_a_database_from_before_postgresql_15_is_closed_to_everybody_s_tables(hub: Hub) -> None:
    settings = hub.owned("hub_one", "CREATEROLE")
    hub.administer("GRANT CREATE ON SCHEMA public TO PUBLIC", database="hub_one")
    make_roles(urls(settings))
    with connect(urls(settings).web) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (a int)")


def test_rights_that_were_widened_by_hand_are_noticed(hub: Hub) -> None:
    found = urls(hub.owned("hub_one", "SUPERUSER"))
    make_roles(found)
    engine = create_engine(found.owner, poolclass=NullPool)
    for widen in ("GRANT hub_work TO hub_one_web", "ALTER ROLE hub_one_web BYPASSRLS", "GRANT hub_custody TO hub_work"):
        make_roles(found)
        with engine.connect() as connection:
            assert roles_are_right(connection, found)
            hub.administer(widen)
            assert not roles_are_right(connection, found)
        hub.administer(
            "REVOKE hub_work FROM hub_one_web", "ALTER ROLE hub_one_web NOBYPASSRLS", "REVOKE hub_custody FROM hub_work"
        )


@pytest.mark.parametrize("rights", OWNERS.values(), ids=OWNERS)
def test_a_new_secret_key_sets_new_passwords_at_the_next_upgrade(hub: Hub, rights: str) -> None:
    settings = hub.owned("hub_one", rights)
    migrate.upgrade(settings)
    changed = load_settings(database_url=settings.database_url, secret_key="another secret key, made in spring 42")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(urls(changed).web)
    migrate.upgrade(changed)
    connect(urls(changed).web).close()


def test_urls_of_one_s_own_come_first(hub: Hub) -> None:
    hub.administer("CREATE ROLE hub_mine LOGIN PASSWORD 'chosen'")
    settings = hub.owned("hub_one", "SUPERUSER")
    own = make_url(settings.database_url).set(username="hub_mine", password="chosen").render_as_string(False)
    settings = load_settings(database_url=settings.database_url, web_database_url=own, secret_key=SECRET)
    migrate.upgrade(settings)
    assert urls(settings).web == own
    with connect(urls(settings).web) as connection:
        assert connection.execute("SELECT pg_has_role('hub_web', 'USAGE')").fetchone() == (True,)


def test_installations_that_are_made_at_once_do_not_stumble_over_each_other(hub: Hub) -> None:
    many = [hub.owned(f"hub_{number}", "SUPERUSER") for number in range(4)]
    failures: list[Exception] = []

    def make(settings: Settings) -> None:
        try:
            make_roles(urls(settings))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=make, args=[settings]) for settings in many]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_machine_without_the_owner_s_url_knows_its_own_alone() -> None:
    settings = load_settings(web_database_url="postgresql://web@db.example/hub", secret_key=SECRET)
    found = urls(settings)
    assert found.web == "postgresql+psycopg://web@db.example/hub"
    with pytest.raises(ConfigurationError, match="WARP_HUB_DATABASE_URL must be set"):
        found.of("owner")


def test_a_database_whose_logins_would_be_cut_short_is_refused() -> None:
    settings = load_settings(database_url=f"postgresql://owner@db.example/{'h' * 60}", secret_key=SECRET)
    with pytest.raises(ConfigurationError, match="too long"):
        urls(settings)


def test_the_rest_of_an_owner_s_url_is_kept() -> None:
    url = "postgresql://owner:p%40ss@db.example:6432/hub?sslmode=verify-full"
    found = urls(load_settings(database_url=url, secret_key=SECRET))
    derived = make_url(found.work)
    assert (derived.username, derived.host, derived.port) == ("hub_work", "db.example", 6432)
    assert derived.query == {"sslmode": "verify-full"}
    assert derived.password not in (None, "p@ss")
