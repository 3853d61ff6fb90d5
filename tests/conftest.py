"""What the whole suite stands on: one database a worker, emptied after each test that wrote to it."""

from __future__ import annotations

import functools
import importlib
import os
import pkgutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, text

import warp_hub
from tests.database import clone_database, drop_database
from tests.sizes import SIZES
from warp_hub import config, db
from warp_hub.db.roles import RoleUrls
from warp_hub.sharing import guard

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile(
    "tier",
    max_examples=SIZES.hypothesis_examples,
    # CI says the same of the same commit; every other run goes on looking.
    derandomize=os.environ.get("CI") == "true",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("tier")

ROOT = Path(__file__).parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"
KEPT = frozenset({"alembic_version", "publication_clock"})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs the collection of real feeds where it is absent, saying so; begin with what takes longest.

    A worker that came to the longest last would be left with it alone.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.getoption("loadgroup", default=False):
        _name_groups(items)
    if REAL_DATA.is_dir():
        return
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(pytest.mark.skip(reason="the collection of real feeds is not beside the project"))


def _name_groups(items: list[pytest.Item]) -> None:
    """Put a test's group behind its id, which is how pytest-xdist tells it; its own way (3.8) pytest 9.2 ignores."""
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group is not None and not item.nodeid.endswith(named := f"@{group.args[0]}"):
            item._id = NodeId.parse(f"{item.nodeid}{named}")


@pytest.fixture(scope="session", autouse=True)
def _signals_are_heard() -> None:
    """Let what tests start hear Ctrl+C and its terminal closing, also where the tests run in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse any connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise OSError(f"a test tried to reach {address[0]}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1", "::ffff:127.0.0.1") or host.startswith("127.")


@pytest.fixture(scope="session")
def hub_settings(tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    """Return the settings of the suite: loopback, mail into a folder."""
    return config.use(
        config.load_settings(
            data_dir=tmp_path_factory.mktemp("data"),
            secret_key="a secret for the tests alone 0123456789",
            base_url="http://localhost:8000",
        )
    )


@pytest.fixture(scope="session")
def role_urls(hub_settings: config.Settings) -> Iterator[RoleUrls]:
    """Lend this worker's database, with the engines of its roles open."""
    urls = clone_database()
    for module in pkgutil.walk_packages(warp_hub.__path__, "warp_hub."):
        if module.name.endswith("models") or module.name in ("warp_hub.audit", "warp_hub.background"):
            importlib.import_module(module.name)
    guard.connect(urls.web, "web", pool_size=4, default=False)
    guard.connect(urls.work, "work", pool_size=4)
    db.connect(urls.custody, "custody", pool_size=1, default=False)
    yield urls
    db.disconnect()
    drop_database(urls)


@pytest.fixture
def database(role_urls: RoleUrls) -> Iterator[RoleUrls]:
    """Lend a database without rows, acting as the worker; whatever was written is gone afterwards."""
    yield role_urls
    for role in ("web", "work", "custody"):
        with db.acting(role):
            db.leave()
    _empty(role_urls)


TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
 WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
LARGE = 2**20


def _empty(urls: RoleUrls) -> None:
    """Remove every row; to delete a few takes a fiftieth of the time that it takes to truncate them all."""
    with _owner(urls.owner).begin() as connection:
        names = [name for name in connection.execute(text(TABLES)).scalars() if name.split(".")[1] not in KEPT]
        one_row_of_each = " UNION ALL ".join(
            f"(SELECT '{name}', pg_relation_size('{name}') FROM {name} LIMIT 1)" for name in names
        )
        sizes = dict(connection.execute(text(one_row_of_each)).all())
        if any(size > LARGE for size in sizes.values()):
            connection.execute(text(f"TRUNCATE {', '.join(sizes)} CASCADE"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order, past any trigger
            for name in sizes:
                connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text("UPDATE publication_clock SET last = '2000-01-01 00:00:00+00'"))


@functools.cache
def _owner(url: str) -> Engine:
    return create_engine(url, pool_size=1)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """Lend this worker's one browser."""
    from tests.journeys import chromium

    with chromium.running() as browser:
        yield browser
