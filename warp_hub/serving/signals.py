"""Being told to stop: by a signal, by a terminal that is closed, or by the end of whoever started us."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def told_to_stop(wake: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Lend an event that is set by the first signal to stop; `wake` is called then."""
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()
        wake()

    with _handled_by(stop, STOPPING):
        yield told


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let a command that is told to stop leave by the way it came, closing what it opened; Ctrl+C does so by itself."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handled_by(end, (signal.SIGTERM, signal.SIGHUP)):
        yield


def stop_with_parent() -> None:
    """Stop this process when the pipe on its standard input ends, as it does with the process that holds it."""
    threading.Thread(target=_watch, name="parent", daemon=True).start()


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None], numbers: Iterable[int]) -> Iterator[None]:
    """Handle these signals but for those that whoever started us ignores, as `nohup` does."""
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)


def _watch() -> None:
    while os.read(0, 1024):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
