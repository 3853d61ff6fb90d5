"""serve, web, work, clock: all parts in one process tree, or each apart on any number of machines."""

import logging
import socket
from collections.abc import Callable
from functools import partial

from warp_hub import config, db, jobs, mail, pages
from warp_hub.background import worker
from warp_hub.config import Settings
from warp_hub.db import roles
from warp_hub.db.embedded import DatabaseUnavailable, EmbeddedPostgres
from warp_hub.factory import create_app
from warp_hub.serving.answering import answer
from warp_hub.serving.listening import listen
from warp_hub.serving.logs import log_to_standard_error
from warp_hub.serving.opening import open_for_work, prepared
from warp_hub.serving.supervising import part, supervise
from warp_hub.serving.ticking import keep_time

_log = logging.getLogger(__name__)
Say = Callable[[str], object]


def _print(line: str) -> None:
    print(line, flush=True)


def serve(settings: Settings | None = None, say: Say = _print) -> None:
    """Run web, worker and timetable under one parent until a signal."""
    ready = _settings(settings)
    mail.check_settings()
    with listen(ready) as listener, prepared(ready):
        socket_number = listener.fileno()
        children = [
            part("web", ready, str(socket_number), keeps=[socket_number]),
            part("work", ready),
            part("clock", ready),
        ]
        say(f"WARP Hub serves {ready.base_url} on {_where(listener)}")
        supervise(children, partial(_revive, ready))


def web(settings: Settings | None = None, say: Say = _print) -> None:
    """Run only the web server until a signal."""
    ready = _settings(settings)
    with listen(ready) as listener, prepared(ready):
        say(f"WARP Hub serves {ready.base_url} on {_where(listener)}")
        run_web(ready, listener)


def work(settings: Settings | None = None) -> None:
    """Run only a worker until a signal."""
    with prepared(_settings(settings)) as ready:
        run_work(ready)


def clock(settings: Settings | None = None) -> None:
    """Run only the timetable until a signal."""
    with prepared(_settings(settings)) as ready:
        run_clock(ready)


def run_web(settings: Settings, listener: socket.socket) -> None:
    """Answer requests, connected as the web role and no other."""
    try:
        app = create_app(settings)
        pages.warm(app)
        answer(app, listener, settings)
    finally:
        db.disconnect()


def run_work(settings: Settings) -> None:
    """Run jobs, connected as the worker and no other."""
    mail.check_settings()
    try:
        app = create_app(settings, "work")
        worker.work(roles.urls(settings).of("work"), jobs.inside(app))
    finally:
        db.disconnect()


def run_clock(settings: Settings) -> None:
    """Read the timetable once a minute, connected as the worker and no other."""
    try:
        open_for_work(settings)
        keep_time()
    finally:
        db.disconnect()


def _settings(given: Settings | None) -> Settings:
    log_to_standard_error()
    for sentence in config.mistyped():
        _log.warning(sentence)
    return config.use(given or config.load_settings())


def _revive(settings: Settings) -> None:
    """Start the embedded database again if it was killed; where that cannot be, say so and try at the next look."""
    if not settings.embedded:
        return
    try:
        if EmbeddedPostgres(settings.data_dir).revive():
            _log.warning("the database was gone and was started again")
    except DatabaseUnavailable as error:
        _log.error("%s", error)


def _where(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"
