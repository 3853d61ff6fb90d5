"""Where the embedded server's socket is: a private folder with a path short enough for the kernel."""

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from warp_hub.db.cluster import SOCKET
from warp_hub.db.programs import Account, DatabaseUnavailable, owner_of

LONGEST_SOCKET = 107  # bytes the kernel takes


def socket_folder(data_dir: Path, account: Account) -> Path:
    """Return the private folder of the server's socket, made where its path is short enough and recorded."""
    recorded = recorded_socket(data_dir)
    if recorded and _is_private(recorded, account):
        return recorded
    for folder in _socket_places(data_dir, account):
        if _fits(folder) and _make_private(folder, account):
            owner_of(data_dir).write(data_dir / "postgres.socket", f"{folder}\n", mode=0o644)
            return folder
    raise DatabaseUnavailable(f"No folder for the socket of the database in {data_dir} has a short enough path.")


def recorded_socket(data_dir: Path) -> Path | None:
    """Return the folder that was recorded for this data folder; what came with a copy is the original's."""
    try:
        recorded = Path((data_dir / "postgres.socket").read_text().strip())
    except OSError:
        return None
    is_ours = recorded.resolve() == (data_dir / "socket").resolve() or recorded.name.startswith(_name(data_dir))
    return recorded if is_ours else None


def _socket_places(data_dir: Path, account: Account) -> Iterator[Path]:
    name = _name(data_dir)
    yield data_dir / "socket"
    if os.geteuid() == 0:
        yield Path("/run") / name
    elif runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / name
    for folder in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108
        yield folder / name
        yield folder / f"{name}-{account.uid}"


def _name(data_dir: Path) -> str:
    return f"warp-hub-{hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]}"


def _fits(folder: Path) -> bool:
    """Say whether the kernel and PostgreSQL's own lists of folders take this path as it is."""
    short = len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET
    return short and bool(re.fullmatch(r"[\w/.+~-]+", str(folder)))


def _make_private(folder: Path, account: Account) -> bool:
    try:
        folder.mkdir(mode=0o700)
        if not account.is_ours:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError:
        return False
    return _is_private(folder, account)


def _is_private(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
