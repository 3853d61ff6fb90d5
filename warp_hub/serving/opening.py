"""Opening the database for one process or one command, as the role it needs and no other."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

import warp_hub
from warp_hub import config, db
from warp_hub.config import Settings
from warp_hub.db import embedded, migrate, roles
from warp_hub.sharing import guard


@contextmanager
def prepared(settings: Settings) -> Iterator[Settings]:
    """Have a database with this program's schema for the length of a `with`.

    The embedded one is started and upgraded by itself; one that is given must have been upgraded. Raises
    DatabaseUnavailable, SchemaMismatch or ConfigurationError, each with one clear sentence.
    """
    config.use(settings)
    with embedded.available(settings):
        if settings.embedded:
            migrate.upgrade(settings)
        else:
            urls = roles.urls(settings)
            migrate.check(urls.work or urls.web)
        yield settings


@contextmanager
def as_worker(settings: Settings | None = None) -> Iterator[Settings]:
    """Do one command as the worker: what it wrote is committed at the end, or nothing is."""
    with prepared(settings or config.load_settings()) as ready:
        open_for_work(ready)
        try:
            yield ready
            db.session.commit()
        finally:
            db.leave()
            db.disconnect()


def open_for_work(settings: Settings) -> None:
    """Connect this process as the worker, watched by the guard."""
    load_models()
    guard.connect(roles.urls(settings).of("work"), "work")


def load_models() -> None:
    """Import every mapped class, so that the guard knows all tables."""
    for module in pkgutil.walk_packages(warp_hub.__path__, "warp_hub."):
        name = module.name.rpartition(".")[2]
        if name in ("audit", "background") or name.endswith("models"):
            importlib.import_module(module.name)


def upgrade() -> list[str]:
    """Bring schema and roles up to this version; return the names of the migrations applied."""
    settings = config.use(config.load_settings())
    with embedded.available(settings):
        return migrate.upgrade(settings)


def check() -> None:
    """Raise SchemaMismatch unless the schema is this version's."""
    settings = config.use(config.load_settings())
    with embedded.available(settings):
        urls = roles.urls(settings)
        migrate.check(urls.work or urls.owner)


def roles_sql() -> str:
    """Return the SQL that an administrator runs where the owner may not make roles."""
    settings = config.use(config.load_settings())
    if settings.embedded:
        return "-- The embedded database makes its own roles; nothing needs to be run.\n"
    urls = roles.urls(settings)
    return roles.roles_sql(make_url(urls.owner or urls.work).database or "", urls)
