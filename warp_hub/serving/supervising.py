"""The process tree: a parent that holds the socket and the database, children that are begun again when they die."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, SecretStr

from warp_hub.config import Settings
from warp_hub.serving.failures import Refused
from warp_hub.serving.signals import told_to_stop

STOP_SECONDS = 7.0
CANNOT_START = 78
LONGEST_PAUSE = 30.0
LIVED_LONG = 60.0
LOOK_EVERY = 3.0
_log = logging.getLogger(__name__)


@dataclass
class Child:
    """One process of the tree: how it is begun, and when it may be begun again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    keeps: Sequence[int] = ()
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    begun: float = field(default=0.0, init=False)
    pause: float = field(default=0.0, init=False)

    def begin(self) -> None:
        """Start the process; its standard input is a pipe whose end says that we are gone."""
        self.begun = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self.command, env=dict(self.environment), stdin=subprocess.PIPE, pass_fds=tuple(self.keeps)
        )

    def look_after(self) -> None:
        """Begin again what died, ever later when it keeps dying; raise Refused where it says that it cannot start."""
        if self.process is not None and self.process.poll() is not None:
            self._died(self.process.returncode)
        if self.process is None and time.monotonic() >= self.begun + self.pause:
            self.begin()

    def tell(self, number: int) -> None:
        """Send the process a signal if it lives."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def has_ended(self) -> bool:
        """Say whether there is no process any more."""
        return self.process is None or self.process.poll() is not None

    def close(self) -> None:
        """Let go of the pipe."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def _died(self, code: int) -> None:
        self.close()
        self.process = None
        if code == CANNOT_START:
            raise Refused(f"the {self.name} process cannot start; it says why above")
        lived = time.monotonic() - self.begun
        self.pause = 0.0 if lived > LIVED_LONG else min(max(1.0, self.pause * 2), LONGEST_PAUSE)
        self.begun = time.monotonic()
        _log.warning("the %s process ended (%s) and is begun again in %d s", self.name, code, self.pause)


def part(name: str, settings: Settings, *arguments: str, keeps: Sequence[int] = ()) -> Child:
    """Return the child that runs one part of the hub with these settings."""
    command = (sys.executable, "-m", "warp_hub.serving", name, *arguments)
    return Child(name, command, environment_of(settings), keeps)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which another process reads exactly these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARP_HUB_")}
    given = {name: getattr(settings, name) for name in type(settings).model_fields}
    return kept | {f"WARP_HUB_{name.upper()}": _text(value) for name, value in given.items() if value is not None}


def supervise(children: Sequence[Child], look: Callable[[], object] = lambda: None) -> None:
    """Keep the children alive until a signal, then stop them within STOP_SECONDS; `look` is called now and then."""
    with told_to_stop() as told:
        try:
            _keep_alive(children, told, look)
        finally:
            _stop(children)


def _keep_alive(children: Sequence[Child], told: threading.Event, look: Callable[[], object]) -> None:
    looked = time.monotonic()
    while not told.is_set():
        for child in children:
            child.look_after()
        if time.monotonic() - looked > LOOK_EVERY:
            look()
            looked = time.monotonic()
        told.wait(0.2)


def _stop(children: Sequence[Child]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.tell(signal.SIGTERM)
    while time.monotonic() < deadline and not all(child.has_ended() for child in children):
        time.sleep(0.05)
    for child in children:
        child.tell(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
        child.close()


def _text(value: object) -> str:
    return json.dumps([_plain(one) for one in value]) if isinstance(value, tuple) else str(_plain(value))


def _plain(value: object) -> object:
    """Return a setting as it was given, the secrets in it too."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        return {name: _plain(part) for name, part in value}
    return sorted(value) if isinstance(value, frozenset) else value
