"""A worker: takes jobs from the queue and runs them, each in a thread, until it is told to stop."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from sqlalchemy import make_url

from warp_hub.background.errors import place_of
from warp_hub.background.queue import MOST_ATTEMPTS, QUICK, SLOW, STALLED_AFTER

DRAIN_SECONDS = 6
LOOK_SECONDS = 2.0  # a call that comes while the queue is being looked at is not heard
SLOW_ONES = 2
LONGEST_PAUSE = 15.0
LOST = (ConnectorException, OperationalError, PoolTimeout, OSError)
_log = logging.getLogger(__name__)

Tasks = Mapping[str, Callable[..., None]]


class TaskFailed(Exception):
    """A task raised; the text names the kind of error and its place, never its content."""


def work(url: str, tasks: Tasks, *, concurrency: int = 4) -> None:
    """Run jobs until a signal; what runs then has DRAIN_SECONDS to end, then is left to be rescued.

    A database that goes away is waited for.
    """
    pause = 1.0
    while True:
        begun = time.monotonic()
        try:
            if asyncio.run(_until_told(worker_app(url, tasks, concurrency), concurrency)):
                return
            _log.warning("the worker lost its database and begins anew")
        except LOST as error:
            _log.warning("the worker has no database (%s) and tries again", type(error).__name__)
        pause = 1.0 if time.monotonic() - begun > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        time.sleep(pause)


def work_until_idle(url: str, tasks: Tasks, *, concurrency: int = 1) -> None:
    """Run what is on the queue now, and what that puts there, then return."""
    app = worker_app(url, tasks, concurrency)

    async def once() -> None:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency, wait=False, listen_notify=False, install_signal_handlers=False
            )

    asyncio.run(once())


def worker_app(url: str, tasks: Tasks, concurrency: int) -> App:
    """Return the Procrastinate app that knows the tasks; what fails is tried again a few times, ever later."""
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(
        connector=PsycopgConnector(
            conninfo=conninfo,
            min_size=1,
            max_size=concurrency + SLOW_ONES + 2,
            timeout=10,
            kwargs={"application_name": "warp-hub worker", "connect_timeout": 5},
        )
    )
    retry = RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=10, exponential_wait=4)
    for name, task in tasks.items():
        app.task(name=name, retry=retry)(_plain(name, task))
    return app


async def _until_told(app: App, concurrency: int) -> bool:
    """Run jobs; return True when a signal ended it and False when a worker gave up by itself."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.set_default_executor(ThreadPoolExecutor(concurrency + SLOW_ONES))
    async with app.open_async():
        workers = _worker(app, QUICK, concurrency), _worker(app, SLOW, SLOW_ONES)
        running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, _stop, running, told)
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        if not told.is_set():  # who drains already must not be told twice
            for task in running:
                task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception) and not told.is_set():
            raise error
    return told.is_set()


def _worker(app: App, queue: str, concurrency: int) -> Worker:
    worker = Worker(
        app,
        queues=[queue],
        name=queue,
        concurrency=concurrency,
        install_signal_handlers=False,
        shutdown_graceful_timeout=DRAIN_SECONDS - 1,
        stalled_worker_timeout=STALLED_AFTER.total_seconds(),
        fetch_job_polling_interval=LOOK_SECONDS,
    )
    # Procrastinate watches its side tasks until the first of them ends, and without periodic tasks of its own
    # that one ends at once: then nobody would notice that the heartbeat has stopped.
    worker._periodic_deferrer = asyncio.Event().wait  # type: ignore[method-assign]
    return worker


def _stop(running: "Sequence[asyncio.Task[Any]]", told: asyncio.Event) -> None:
    """Let the running jobs end; a thread cannot be ended from outside, so after a while the process is."""
    told.set()
    for task in running:
        task.cancel()
    leaving = threading.Timer(DRAIN_SECONDS, _leave_at_once)
    leaving.daemon = True
    leaving.start()


def _leave_at_once() -> None:
    _log.warning("a job did not end in time: it is left to another worker")
    os._exit(0)


def _plain(name: str, task: Callable[..., None]) -> Callable[..., None]:
    """Keep what an error says out of logs and tables: texts of errors quote the rows they failed on."""

    def run(**ids: str) -> None:
        try:
            task(**ids)
        except Exception as error:
            _log.error("%s failed: %s", name, place_of(error))
            raise TaskFailed(f"{name}: {place_of(error)}") from None

    return run
