"""An installation as its operator has it: a data folder, settings, and the command line in processes of their own."""

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.mail.servers import free_port
from warp_hub.db.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from warp_hub.cli import main; main(prog_name='warp-hub')"]


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """Return the one line in which a command says why it failed; fail where there is another or none."""
        assert self.code == 1, self
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.strip()

    @property
    def last(self) -> str:
        """Return the last line of a command that did what it should."""
        assert (self.code, self.err) == (0, ""), self
        return self.out.strip().splitlines()[-1]


@dataclass
class Installation:
    """One data folder with its settings; `settings` are WARP_HUB_ names without the prefix, in small letters."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    command: Sequence[str] = tuple(COMMAND)

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the whole environment of a command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARP_HUB_")}
        ours = {"data_dir": str(self.folder)} | self.settings | settings
        return kept | {f"WARP_HUB_{name.upper()}": value for name, value in ours.items()}

    def run(self, *words: str, timeout: float = 180, **settings: str) -> Said:
        """Run one command to its end."""
        done = subprocess.run(
            [*self.command, *words],
            cwd=ROOT,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str, before: Sequence[str] = (), **settings: str) -> "Running":
        """Start a command in a group of its own, as a terminal would; `before` comes before its name."""
        out, err = (self.folder.with_name(f"said-{secrets.token_hex(4)}.{kind}") for kind in ("out", "err"))
        with out.open("w") as out_file, err.open("w") as err_file:
            process = subprocess.Popen(
                [*before, *self.command, *words],
                cwd=ROOT,
                env=self.environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                start_new_session=True,
            )
        return Running(process, out, err)

    @contextmanager
    def serving(self, verb: str = "serve", *words: str, **settings: str) -> Iterator["Served"]:
        """Serve for the length of a `with`, from when it answers; whatever is left is killed."""
        port = free_port()
        given = {"port": str(port), "base_url": f"http://localhost:{port}"} | settings
        told = ("--port", str(port)) if verb == "demo" else ()  # a demonstration takes its port by word alone
        served = Served(self.start(verb, *told, *words, **given), port)
        try:
            wait_for(lambda: served.status("/healthz") == 200 or served.running.has_ended())
            yield served
        finally:
            for pid in served.tree():
                kill(pid)
            served.running.end()

    @contextmanager
    def database(self, durable: bool = False) -> Iterator[EmbeddedPostgres]:
        """Hold the embedded database, so that commands share it and need not start it."""
        with EmbeddedPostgres(self.folder, durable=durable) as server:
            yield server

    def query(self, statement: str, *given: object) -> list[tuple[object, ...]]:
        """Ask the database as its owner; it must be running."""
        url = make_url(EmbeddedPostgres(self.folder).url("owner")).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            return connection.execute(statement, given).fetchall()  # type: ignore[arg-type]

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        ((number,),) = self.query(f"SELECT count(*) FROM {table}")
        assert isinstance(number, int)
        return number

    def server_pid(self) -> int | None:
        """Return the number of the embedded server's first process if it runs."""
        try:
            pid = int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError):
            return None
        return pid if is_alive(pid) else None


@dataclass
class Running:
    """A command that runs; what it says goes into files, so that it never waits for a reader."""

    process: "subprocess.Popen[bytes]"
    _out: Path
    _err: Path

    def tell(self, number: signal.Signals, group: bool = False) -> None:
        """Send a signal, to its whole group as a terminal does for Ctrl+C."""
        (os.killpg if group else os.kill)(self.process.pid, number)

    def said(self) -> Said:
        """Return what it has said by now; the code is 0 while it runs."""
        return Said(self.process.poll() or 0, self._out.read_text(), self._err.read_text())

    def has_ended(self) -> bool:
        """Say whether it is over."""
        return self.process.poll() is not None

    def ended(self, timeout: float = 20) -> Said:
        """Return what it said in all, waiting for its end."""
        self.process.wait(timeout)
        return self.said()

    def end(self) -> None:
        """Kill it if it still runs."""
        self.process.kill()
        self.process.wait()


@dataclass
class Served:
    """A hub that serves: its first process and its port."""

    running: Running
    port: int

    def status(self, path: str = "/", timeout: float = 15) -> int:
        """Return how a page answers, 0 for not at all."""
        return self.answer(path, timeout)[0]

    def answer(self, path: str = "/", timeout: float = 15) -> tuple[int, str]:
        """Return status and text of a page."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def tree(self) -> list[int]:
        """Return the numbers of the process and of all below it."""
        pid = self.running.process.pid
        return [pid, *children_of(pid)]

    def part(self, name: str) -> int:
        """Return the number of one part's process."""
        (pid,) = (pid for pid in self.tree()[1:] if f"warp_hub.serving {name}" in command_of(pid))
        return pid

    def stop(self, number: signal.Signals = signal.SIGTERM) -> Said:
        """Tell it to stop and return what it said."""
        self.running.tell(number)
        return self.running.ended()


def children_of(pid: int) -> list[int]:
    """Return the numbers of a process's children."""
    try:
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_of(pid: int) -> str:
    """Return how a process was called."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Say whether a process lives; one that ended and was not waited for does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def kill(pid: int) -> None:
    """Kill a process at once."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_for(condition: Callable[[], object], seconds: float = 90) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)
