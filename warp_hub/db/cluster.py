"""A PostgreSQL data folder: made, started and stopped. Who may do so when is embedded.py's business."""

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from warp_hub.db.programs import DatabaseUnavailable, ProgramFailed, Programs, workers_in, works_in

OWNER = "warp_hub"
SOCKET = ".s.PGSQL.5432"
START_SECONDS = 300  # recovery after a crash may take its time
LONGEST_LOG = 10 * 1024 * 1024

# Values of rows reach a log through details and statements; reports are anonymous, so neither is logged.
SETTINGS = """\
# Written by WARP Hub at each start; changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = {connections}
shared_buffers = 128MB
random_page_cost = 1.1
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
log_error_verbosity = terse
log_min_error_statement = panic
"""
NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(frozen=True)
class Cluster:
    """One data folder, with its log beside it and its socket in a folder of its own."""

    programs: Programs
    data: Path
    log: Path
    socket: Path
    durable: bool = True
    connections: int = 60

    def create(self) -> None:
        """Make the data folder unless it is there; what a killed attempt left behind is cleared first."""
        if (self.data / "PG_VERSION").exists():
            return
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            unfinished.mkdir(mode=0o700)
            maker = self.programs.as_named_user()
            maker.account.take(unfinished)
            maker.run("initdb", *self._how_to_create(), "-D", str(unfinished))
            for place in [unfinished, *unfinished.rglob("*")]:
                self.programs.account.take(place)
            unfinished.rename(self.data)
        except ProgramFailed as failure:
            raise DatabaseUnavailable(_reason(str(failure), self.data, "could not be made")) from None
        except OSError as error:
            raise DatabaseUnavailable(f"The database in {self.data} could not be made: {error.strerror}.") from None

    def start(self) -> None:
        """Start the server and wait until it answers, also after a kill -9 of it."""
        self._refuse_another_version()
        self._clear_marks()
        self._prepare()
        try:
            arguments = ("-l", self.log.name, "-s", "-w", "-t", str(START_SECONDS))
            self.programs.run("pg_ctl", "start", *arguments, data=self.data, timeout=START_SECONDS + 30)
        except ProgramFailed as failure:
            tail = f"{failure}\n{self._log_tail()}"
            raise DatabaseUnavailable(_reason(tail, self.data, "did not start", self.log)) from None

    def stop(self) -> None:
        """Stop the server, closing its connections, and wait until it is down."""
        if self.pid() is None:  # never let pg_ctl signal a stranger that got the number
            return
        try:
            self.programs.run("pg_ctl", "stop", "-m", "fast", "-s", "-w", "-t", "60", data=self.data)
        except ProgramFailed as failure:
            if self.pid() is not None:
                raise DatabaseUnavailable(_reason(str(failure), self.data, "did not stop", self.log)) from None

    def answers(self) -> bool:
        """Say whether the server takes connections; wait while it starts or recovers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with self.connect("postgres"):
                    return True
            except psycopg.OperationalError as error:
                if "connection slots" in str(error) or "too many clients" in str(error):
                    return True
                if "the database system is" not in str(error) and not self._is_alive():
                    return False
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"The database in {self.data} does not answer; see {self.log}.")
            time.sleep(0.1)

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """Connect as the owner, each statement its own transaction."""
        return psycopg.connect(host=str(self.socket), user=OWNER, dbname=database, connect_timeout=10, autocommit=True)

    def pid(self) -> int | None:
        """Return the number of the running server, or None: the file alone proves nothing after a crash."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None
        return pid if works_in(pid, self.data) else None

    def _is_alive(self) -> bool:
        """Say whether waiting for the server makes sense; one that lost its socket is stopped."""
        if self.pid() is not None and self._is_ready() and not (self.socket / SOCKET).exists():
            self.stop()
        return self.pid() is not None

    def _is_ready(self) -> bool:
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _how_to_create(self) -> list[str]:
        modern = self.programs.major() >= 17
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if modern else ["--locale=C.UTF-8"]
        )
        return [
            "-E",
            "UTF8",
            *locale,
            "--data-checksums",
            "-U",
            OWNER,
            "--auth-local=trust",
            "--auth-host=reject",
            "-N",
        ]

    def _settings(self) -> str:
        settings = SETTINGS.format(socket=str(self.socket).replace("'", "''"), connections=self.connections)
        return settings if self.durable else settings + NOT_DURABLE

    def _prepare(self) -> None:
        """Write the server's settings and have a log it may write to."""
        account = self.programs.account
        try:
            account.write(self.data / "postgresql.conf", self._settings())
            account.write(self.data / "pg_hba.conf", "local all all trust\n")
            if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
                self.log.replace(self.log.with_name(f"{self.log.name}.1"))
            if not self.log.exists():
                account.write(self.log, "")
        except OSError as error:
            raise DatabaseUnavailable(_reason(str(error), self.data, f"cannot be set up ({error.strerror})")) from None

    def _log_tail(self) -> str:
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 4096))
            return file.read().decode(errors="replace")

    def _refuse_another_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.programs.major()):
            raise DatabaseUnavailable(
                f"The database in {self.data} was made by PostgreSQL {made_by} and this WARP Hub brings "
                f"{self.programs.major()}: make a backup with the old version and restore it with this one."
            )

    def _clear_marks(self) -> None:
        """Remove the marks of a server that is gone; its number may belong to another process by now."""
        marks = [self.data / "postmaster.pid", self.socket / f"{SOCKET}.lock", self.socket / SOCKET]
        deadline = time.monotonic() + 30
        while workers_in(self.data):  # a killed server's own workers leave by themselves
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"Processes of an earlier server still work in {self.data}: stop them first.")
            time.sleep(0.1)
        for mark in marks:
            mark.unlink(missing_ok=True)


def _reason(output: str, data: Path, what: str, log: Path | None = None) -> str:
    """Make one sentence of what the programs printed."""
    if re.search(r"No space left on device|Disk quota exceeded|wrote only \d+ of|Check free disk space", output):
        return f"The database in {data} {what}: the disk is full."
    if found := re.findall(r"^.*(?:FATAL|PANIC|error): +(.+)$", output, re.MULTILINE):
        return f"The database in {data} {what}: {found[-1].rstrip('.')}."
    if log is not None:
        return f"The database in {data} {what}; see {log}."
    return f"The database in {data} {what}: {output.splitlines()[-1]}." if output else f"The database in {data} {what}."
