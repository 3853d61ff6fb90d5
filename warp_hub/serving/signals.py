"""Being told to stop: by SIGTERM, by SIGINT, or by the end of whoever started us."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop(wake: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Lend an event that is set by the first signal to stop; `wake` is called then."""
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()
        wake()

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_with_parent() -> None:
    """Stop this process when the pipe on its standard input ends, as it does with the process that holds it."""
    threading.Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    while os.read(0, 1024):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
