"""A hub to throw away: its own database and app, with the suite's own put back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from tests.database import cloned_database
from warp_hub import config, db
from warp_hub.db import session as database_session
from warp_hub.db.roles import RoleUrls
from warp_hub.factory import create_app
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard, visibility

_connections: Any = __import__("sys").modules["warp_hub.db.session"]


def write_anew() -> None:
    """Let the rule's clauses be written anew: whoever breaks the rule must meet none written before, and leave none."""
    written: Any = (visibility.visible_to, visibility.kept_by, visibility.part_visible)
    for write in written:
        write.cache_clear()


@contextmanager
def own_connections() -> Iterator[None]:
    """Let whatever is connected inside be forgotten afterwards, and what was connected before be there again."""
    engines, default = dict(_connections._engines), list(_connections._default_role)
    before = list(config._current)
    _connections._engines.clear()
    try:
        yield
    finally:
        db.disconnect()
        _connections._engines.update(engines)
        _connections._default_role[:] = default
        config._current[:] = before
        database_session.registry.registry.clear()


def open_hub(urls: RoleUrls, **settings: Any) -> Flask:
    """Open an app on a database, with the engines of the web and the work role."""
    made = config.load_settings(
        database_url=urls.owner,
        web_database_url=urls.web,
        work_database_url=urls.work,
        custody_database_url=urls.custody,
        secret_key="a secret for the tests alone 0123456789",
        base_url="http://localhost:8000",
        **settings,
    )
    load_models()
    app = create_app(made)
    guard.connect(urls.work, "work", pool_size=4, default=False)
    return app


@contextmanager
def hub(**settings: Any) -> Iterator[Flask]:
    """Lend an app on a database of its own."""
    with own_connections(), cloned_database() as urls:
        yield open_hub(urls, **settings)
        db.disconnect()
