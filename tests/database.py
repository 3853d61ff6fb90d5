"""PostgreSQL for the tests: one server a run, one template built by migrating, one cheap clone per asker.

Where it comes from: WARP_HUB_TEST_DATABASE_URL (the URL of somebody who may create databases and roles), else
WARP_HUB_TEST_PROGRAMS (a folder of PostgreSQL programs), else the wheel's, else /usr/lib/postgresql/*/bin.
WARP_HUB_TEST_KEEP=1 leaves the server running for the next run. No run disturbs another.
"""

import atexit
import fcntl
import functools
import hashlib
import itertools
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from warp_hub.db import migrate, roles
from warp_hub.db.embedded import DatabaseUnavailable, EmbeddedPostgres
from warp_hub.db.passwords import password
from warp_hub.db.programs import wheel_programs
from warp_hub.db.roles import LOGINS, RoleUrls

BUILDING, TEMPLATES, RUNS = 0x57415201, 0x57415202, 0x57415203  # classes of advisory locks
TEMPLATE, CLONE = "warp_hub_template_", "warp_hub_test_"


@dataclass(frozen=True)
class Server:
    """A running server and this process's lasting connection to it, whose locks say that we live."""

    url: URL
    connection: psycopg.Connection[tuple[object, ...]]
    run: int
    numbers: Iterator[int]

    def urls(self, database: str) -> RoleUrls:
        """Return where each role of a database connects; over a socket nobody needs a password."""
        owner = self.url.set(database=database)
        given = [
            owner.set(username=f"{database}_{role}", password=owner.password and password("tests", role))
            for role in LOGINS
        ]
        return RoleUrls(*(url.render_as_string(hide_password=False) for url in (owner, *given)))

    def execute(self, statement: str, *names: str) -> None:
        """Run a statement whose {} are names."""
        self.connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@functools.cache
def server() -> Server:
    """Return this process's server, started on the first call and left when Python ends."""
    given = os.environ.get("WARP_HUB_TEST_DATABASE_URL")
    url = make_url(given).set(drivername="postgresql+psycopg") if given else _own_server()
    connection = connect(url)
    found = Server(url, connection, secrets.randbits(31), itertools.count(1))
    connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", [RUNS, found.run])
    _sweep(found)
    _at_exit(functools.partial(_leave, found))
    return found


def clone_database() -> RoleUrls:
    """Return a fresh database with the whole schema and no rows but those of the migrations."""
    return _create(template_database())


def empty_database() -> RoleUrls:
    """Return a fresh database without any schema, for tests of the migrations themselves."""
    return _create("template0")


def drop_database(of: RoleUrls) -> None:
    """Throw a database away, whoever is still connected."""
    _drop(server(), str(make_url(of.owner).database))


@contextmanager
def cloned_database() -> Iterator[RoleUrls]:
    """Lend a clone for the length of a `with`."""
    urls = clone_database()
    try:
        yield urls
    finally:
        drop_database(urls)


def connect(url: URL | str, *, autocommit: bool = True) -> psycopg.Connection[tuple[object, ...]]:
    """Connect by the driver alone, as an SQLAlchemy URL says; such a URL may hold what the driver's may not."""
    address = make_url(url)
    _nothing, named = address.get_dialect()().create_connect_args(address)
    return psycopg.connect(**named, autocommit=autocommit)


@functools.cache
def template_database() -> str:
    """Return the name of the template of these very migrations, built by the first process that asks."""
    at, digest = server(), _schema_digest()
    name = f"{TEMPLATE}{digest}"
    at.connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", [TEMPLATES, _as_key(digest)])
    at.connection.execute("SELECT pg_advisory_lock(%s, 0)", [BUILDING])
    try:
        query = "SELECT datistemplate FROM pg_database WHERE datname = %s"
        if at.connection.execute(query, [name]).fetchone() != (True,):
            _build(at, name)
    finally:
        at.connection.execute("SELECT pg_advisory_unlock(%s, 0)", [BUILDING])
    return name


def _build(at: Server, name: str) -> None:
    _drop(at, name)
    at.execute("CREATE DATABASE {} TEMPLATE template0", name)
    migrate.upgrade_database(at.urls(name))
    if not name.endswith(_schema_digest()):
        raise RuntimeError("a migration was changed while it ran: run the tests again")
    at.execute("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", name)


def _create(template: str) -> RoleUrls:
    at = server()
    name = f"{CLONE}{at.run:08x}_{next(at.numbers)}"
    at.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    urls = at.urls(name)
    if template != "template0":
        _make_roles(urls)
    return urls


def _make_roles(urls: RoleUrls) -> None:
    from sqlalchemy import NullPool, create_engine

    engine = create_engine(urls.owner, poolclass=NullPool)
    with engine.connect() as connection:
        roles.ensure_roles(connection, urls)
    engine.dispose()


def _drop(at: Server, name: str) -> None:
    at.connection.execute("UPDATE pg_database SET datistemplate = false WHERE datname = %s AND datistemplate", [name])
    at.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    for role in LOGINS:
        at.execute("DROP ROLE IF EXISTS {}", f"{name}_{role}")


def _schema_digest() -> str:
    """Return what changes when the schema may have: migrations and roles."""
    files = [*sorted(migrate.folder().rglob("*.py")), migrate.folder() / "HEAD", Path(roles.__file__)]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _as_key(digest: str) -> int:
    return int(digest[:7], 16)


def _sweep(at: Server) -> None:
    """Drop the databases that killed runs left and the templates of migrations nobody uses any more."""
    rows = at.connection.execute("SELECT datname FROM pg_database").fetchall()
    for name in (str(row[0]) for row in rows):
        if name.startswith(CLONE):
            lock = (RUNS, int(name.removeprefix(CLONE).split("_")[0], 16))
        elif name.startswith(TEMPLATE) and not name.endswith(_schema_digest()):
            lock = (TEMPLATES, _as_key(name.removeprefix(TEMPLATE)))
        else:
            continue
        if at.connection.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone() == (True,):
            if lock != (RUNS, at.run):
                _drop(at, name)
            at.connection.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def _leave(at: Server) -> None:
    if _outlives_us():
        for number in range(1, next(at.numbers)):
            _drop(at, f"{CLONE}{at.run:08x}_{number}")
    at.connection.close()


def _outlives_us() -> bool:
    return bool(os.environ.get("WARP_HUB_TEST_DATABASE_URL") or os.environ.get("WARP_HUB_TEST_KEEP"))


def _own_server() -> URL:
    keep, programs, place = os.environ.get("WARP_HUB_TEST_KEEP"), _programs(), _place()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8)
    name = f"kept-{hashlib.sha256(bytes(programs)).hexdigest()[:8]}" if keep else f"run-{run}"
    started = EmbeddedPostgres(place / name, durable=False, connections=300, programs=programs)
    with _alone(place):
        _remove_abandoned(place, programs, but=name)
        started.start()
    if not keep:
        _at_exit(functools.partial(_stop, started))
    return make_url(started.url("owner", database="postgres"))


def _programs() -> Path:
    if named := os.environ.get("WARP_HUB_TEST_PROGRAMS"):
        return Path(named)
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
    found = wheel_programs() or (installed[-1] if installed else None)
    if found is None:
        raise RuntimeError("no PostgreSQL for the tests: set WARP_HUB_TEST_DATABASE_URL")
    return found


def _place() -> Path:
    """Return this user's folder for test servers; as root the server's own user must be able to enter it."""
    temporary = Path(tempfile.gettempdir())
    if os.geteuid() == 0 and not all(place.stat().st_mode & stat.S_IXOTH for place in [temporary, *temporary.parents]):
        temporary = Path("/tmp")
    place = temporary / f"warp-hub-tests-{os.geteuid()}"
    place.mkdir(mode=0o711, exist_ok=True)
    if place.lstat().st_uid != os.geteuid() or place.is_symlink():
        raise RuntimeError(f"{place} belongs to somebody else")
    return place


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Let one process at a time come or go."""
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_abandoned(place: Path, programs: Path, but: str) -> None:
    """Stop and remove the servers of killed runs."""
    for folder in place.glob("run-*"):
        if folder.name == but or _is_used(folder):
            continue
        left = EmbeddedPostgres(folder, durable=False, connections=300, programs=programs)
        with suppress(DatabaseUnavailable):
            left.start()
            left.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _is_used(folder: Path) -> bool:
    try:
        with (folder / "postgres.users").open() as users:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _stop(started: EmbeddedPostgres) -> None:
    with _alone(started.data_dir.parent):
        if started.stop():
            shutil.rmtree(started.data_dir, ignore_errors=True)


def _at_exit(leave: functools.partial[None]) -> None:
    """Leave when Python ends, but not when a child that was forked from us does."""
    ours = os.getpid()
    atexit.register(lambda: leave() if os.getpid() == ours else None)
