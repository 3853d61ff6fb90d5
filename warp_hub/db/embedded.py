"""The database that comes with the hub: several commands share one server and the last one out stops it."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from sqlalchemy import URL

from warp_hub.config import Settings
from warp_hub.db.cluster import OWNER, Cluster
from warp_hub.db.programs import (
    Account,
    DatabaseUnavailable,
    ProgramFailed,
    Programs,
    account_for,
    owner_of,
    programs_for,
)
from warp_hub.db.sockets import recorded_socket, socket_folder

DATABASE = "warp_hub"
MADE_HERE = ("postgres", "postgres.unfinished", "postgres.socket", "postgres.log", "postgres.log.1", "socket")
__all__ = ["DATABASE", "DatabaseUnavailable", "EmbeddedPostgres", "available", "make_folder"]


@contextmanager
def available(settings: Settings) -> Iterator[None]:
    """Have the database there for the length of a `with`: start our own, or trust that the one given runs."""
    if not settings.embedded:
        yield
        return
    with EmbeddedPostgres(settings.data_dir):
        yield


class EmbeddedPostgres:
    """The server of one data folder, running for as long as anybody is inside its `with`."""

    def __init__(
        self, data_dir: Path, *, durable: bool = True, connections: int = 60, programs: Path | None = None
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self._durable = durable
        self._connections = connections
        self._folder = programs
        self._using: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Share the running server, or start it; raise DatabaseUnavailable with one clear sentence."""
        if self._using is not None:
            self.revive()
            return
        make_folder(self.data_dir)
        account = account_for(self.data_dir)
        with self._gate():
            using = self._open("postgres.users")
            fcntl.flock(using, fcntl.LOCK_SH)
            try:
                self._bring_up(account)
            except BaseException:
                os.close(using)
                raise
            self._using = using

    def stop(self) -> bool:
        """Leave; the last one out stops the server and is told so."""
        if self._using is None:
            return False
        account = account_for(self.data_dir)
        with self._gate():
            os.close(self._using)  # not unlocked: a child that was forked with it still uses the server
            self._using = None
            alone = self._open("postgres.users")
            try:
                fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster = self._cluster(account)
                cluster.stop()
                with suppress(OSError):
                    cluster.socket.rmdir()
            except BlockingIOError:
                return False
            finally:
                os.close(alone)
        return True

    def discard(self) -> None:
        """Remove the database, stopping the server that a killed command left; refuse while somebody uses it."""
        account = account_for(self.data_dir)
        with self._gate():
            alone = self._open("postgres.users")
            try:
                fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._cluster(account).stop()
                for name in MADE_HERE:
                    _remove(self.data_dir / name)
            except BlockingIOError:
                raise DatabaseUnavailable(f"The database in {self.data_dir} is in use: stop that first.") from None
            finally:
                os.close(alone)

    def revive(self) -> bool:
        """Start the server again if it was killed under us; return whether that was needed."""
        account = account_for(self.data_dir)
        with self._gate():
            return self._bring_up(account)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of a role: "owner", "web", "work" or "custody"."""
        login = OWNER if role == "owner" else f"{database}_{role}"
        socket = recorded_socket(self.data_dir)
        if socket is None:
            raise DatabaseUnavailable(f"The database in {self.data_dir} has not been started.")
        query = {"host": str(socket)}
        return URL.create("postgresql+psycopg", login, database=database, query=query).render_as_string(False)

    def _bring_up(self, account: Account) -> bool:
        cluster = self._cluster(account)
        cluster.create()
        if started := not cluster.answers():
            cluster.start()
        try:
            with cluster.connect("postgres") as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.Error as error:
            raise DatabaseUnavailable(f"The database in {self.data_dir} is not usable: {_line(error)}") from None
        return started

    def _cluster(self, account: Account) -> Cluster:
        folder = self._folder
        programs = Programs(folder, account) if folder else programs_for(account, self.data_dir)
        _refuse_closed_parents(programs, self.data_dir)
        return Cluster(
            programs,
            data=self.data_dir / "postgres",
            log=self.data_dir / "postgres.log",
            socket=socket_folder(self.data_dir, account),
            durable=self._durable,
            connections=self._connections,
        )

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        gate = self._open("postgres.gate")
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise DatabaseUnavailable(f"The data folder {self.data_dir} cannot be used: {error.strerror}.") from None
        finally:
            os.close(gate)

    def _open(self, name: str) -> int:
        file = self.data_dir / name
        try:
            with suppress(FileExistsError):
                os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o644))
                owner_of(self.data_dir).take(file)
            return os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as error:
            raise DatabaseUnavailable(f"The data folder {self.data_dir} cannot be used: {error.strerror}.") from None


def make_folder(folder: Path) -> None:
    """Make a data folder; what is there already keeps its owner and its mode."""
    account = account_for(folder)
    try:
        missing = [place for place in [folder, *folder.parents] if not place.exists()]
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            place.chmod(0o700 if account.is_ours else 0o711)  # ours from the start, whatever the umask
    except OSError as error:
        raise DatabaseUnavailable(f"The data folder {folder} cannot be made: {error.strerror}.") from None
    if not folder.is_dir():
        raise DatabaseUnavailable(f"The data folder {folder} is not a folder.")
    if os.geteuid() != 0 and not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseUnavailable(f"The data folder {folder} belongs to another user: run this command as that user.")


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _refuse_closed_parents(programs: Programs, folder: Path) -> None:
    """Say which folder on the way is closed to the server's user; never open it ourselves."""
    try:
        programs.command("/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))
    except (ProgramFailed, PermissionError):
        uid = programs.account.uid
        closed = next((place for place in [*reversed(folder.parents), folder] if not _may_enter(place, uid)), folder)
        raise DatabaseUnavailable(
            f"The database runs as user {uid}, who may not enter {closed}: allow it with `chmod o+x {closed}` "
            "or set WARP_HUB_DATA_DIR to another folder, such as /var/lib/warp-hub."
        ) from None


def _may_enter(folder: Path, uid: int) -> bool:
    found = folder.stat()
    return bool(found.st_mode & (stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH))


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
