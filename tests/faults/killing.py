"""Killing a process that pulls at any one of its steps, with SIGKILL and no warning."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from warp_hub import db

_FORK = multiprocessing.get_context("fork")
ENDED = 0


def steps_of(work: Callable[[], None], role: db.Role = "work") -> int:
    """Return how many steps at which it could be killed the work has, doing it to its end."""
    counted = _FORK.Value("i", 0)
    assert _run(work, None, counted, role) == ENDED
    return int(counted.value)


def killed_at(step: int, work: Callable[[], None], role: db.Role = "work") -> bool:
    """Do the work in a process that is killed at one of its steps; say whether it came that far."""
    return _run(work, step, _FORK.Value("i", 0), role) == -signal.SIGKILL


def _run(work: Callable[[], None], step: int | None, counted: Any, role: db.Role) -> int:
    db.leave()
    child = _FORK.Process(target=_child, args=(work, step, counted, role))
    child.start()
    child.join(60)
    assert child.exitcode is not None, "the process hangs"
    return int(child.exitcode)


def _child(work: Callable[[], None], step: int | None, counted: Any, role: db.Role) -> None:
    engine = db.engine(role)
    engine.dispose(close=False)  # the parent's connections are not ours to use
    db.session.registry.registry.clear()
    _die_at(engine, step, counted)
    code = 1
    try:
        work()
        code = ENDED
    finally:
        os._exit(code)


def _die_at(engine: Engine, step: int | None, counted: Any) -> None:
    """Count each statement and each commit twice, before and after it; die at the one that was chosen."""

    def count(*_: object) -> None:
        counted.value += 1
        if counted.value == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "after_cursor_execute", count)
    event.listen(engine, "commit", count)
    event.listen(db.session.session_factory, "after_commit", count)
