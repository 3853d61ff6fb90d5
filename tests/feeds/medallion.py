"""OASIS medallion, unmodified, in a virtual environment of its own and as a process of its own."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER, PASSWORD = "feed", "three-random-words"
READABLE = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
CLOSED = "52892447-4d7e-4f70-b94d-d7f22742ff63"

_VERSION = "3.0.0"


class NoMedallion(Exception):
    """It cannot be had here; `str()` says why."""


def interpreter() -> Path:
    """Return a Python that has medallion: the one named by WARP_HUB_MEDALLION_PYTHON, else one made once and kept."""
    named = os.environ.get("WARP_HUB_MEDALLION_PYTHON")
    if named:
        return Path(named)
    home = Path(tempfile.gettempdir()) / f"warp-hub-medallion-{_VERSION}-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise NoMedallion(f"{home} belongs to somebody else")
    python = home / "bin" / "python"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            _run([sys.executable, "-m", "venv", str(home)])
            _run([str(python), "-m", "pip", "install", "-q", f"medallion=={_VERSION}"])
            (home / "ready").touch()
    return python


@contextmanager
def serving(python: Path, folder: Path, objects: list[dict[str, Any]], page: int = 100) -> Iterator[str]:
    """Serve objects for the length of a test, added a second apart; yield the address of the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    settings = {
        "users": {USER: PASSWORD},
        "taxii": {"max_page_size": page},
        "backend": {
            "module": "medallion.backends.memory_backend",
            "module_class": "MemoryBackend",
            "filename": str(folder / "data.json"),
            "session_timeout": 600,
        },
    }
    (folder / "data.json").write_text(json.dumps(_data(home, objects)))
    (folder / "settings.json").write_text(json.dumps(settings))
    order = [str(python), "-m", "medallion.scripts.run", "--port", str(port), str(folder / "settings.json")]
    with (folder / "log").open("w") as log, subprocess.Popen(order, stdout=log, stderr=log) as process:
        try:
            _wait_for(port, process)
            yield home
        finally:
            process.terminate()


def _data(home: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
    manifest = [
        {
            "id": each["id"],
            "date_added": f"2026-01-01T{place // 3600:02}:{place // 60 % 60:02}:{place % 60:02}.000000Z",
            "version": each.get("modified", each.get("created", "2026-01-01T00:00:00.000000Z")),
            "media_type": "application/stix+json;version=2.1",
        }
        for place, each in enumerate(objects)
    ]
    # What has no time of its own carries medallion's own, which it takes off again when it answers.
    held = [each if "created" in each else each | {"_date_added": "2026-01-01T00:00:00.000000Z"} for each in objects]
    common = {"can_write": False, "media_types": ["application/stix+json;version=2.1"]}
    open_one = {"id": READABLE, "title": "Warnings", "can_read": True, "objects": held, "manifest": manifest}
    closed = {"id": CLOSED, "title": "Closed", "can_read": False, "objects": [], "manifest": []}
    root = {
        "information": {
            "title": "Root",
            "versions": ["application/taxii+json;version=2.1"],
            "max_content_length": 9765625,
        },
        "status": [],
        "collections": [open_one | common, closed | common],
    }
    return {
        "/discovery": {"title": "Medallion", "default": f"{home}/root/", "api_roots": [f"{home}/root/"]},
        "root": root,
    }


def _run(order: list[str]) -> None:
    try:
        subprocess.run(order, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as fault:
        raise NoMedallion(f"medallion could not be installed: {type(fault).__name__}") from None


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise NoMedallion("medallion stopped by itself")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NoMedallion("medallion did not start")
