"""How long the README's two commands take on a bare clone."""

import os
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.bench.figures import Figure, Row

ROOT = Path(__file__).parents[2]
PORT = 8123


def measure_demo() -> list[Row]:
    """Clone this checkout and run `make demo` until a page is served."""
    with _bare_clone() as (clone, bare):
        demo = _until_served(clone, bare)
    return [Row("`make demo` from a bare clone to the first page", f"{demo:.0f} s", "180 s")]


def measure_test() -> list[Row]:
    """Clone this checkout, install it, and run `make test`."""
    with _bare_clone() as (clone, bare):
        subprocess.run(["make", "test", "ARGS=--collect-only"], cwd=clone, env=bare, capture_output=True, check=True)
        begun = monotonic()
        tested = subprocess.run(["make", "test"], cwd=clone, env=bare, capture_output=True, text=True, check=False)
        taken = monotonic() - begun
    last = tested.stdout.strip().splitlines()[-1].strip("= ")
    assert tested.returncode == 0, tested.stdout[-2000:]
    return [Row(f"`make test` ({last})", f"{taken:.0f} s", "600 s")]


@contextmanager
def _bare_clone() -> Iterator[tuple[Path, dict[str, str]]]:
    """Lend a clone, and an environment in which nothing of this checkout is set."""
    folder = Path(tempfile.mkdtemp(prefix="warp-bare-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TERM")}
        yield clone, {**bare, "WARP_HUB_DATA_DIR": str(folder / "data")}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until_served(clone: Path, environment: dict[str, str]) -> float:
    begun = monotonic()
    running = subprocess.Popen(
        ["make", "demo", f"ARGS=--port {PORT}"], cwd=clone, env=environment, start_new_session=True
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{PORT}/demo", timeout=2).read()
                return monotonic() - begun
            except OSError:
                assert running.poll() is None, "the demonstration stopped"
                assert monotonic() - begun < 900, "no page after fifteen minutes"
                sleep(0.2)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(60)


FIGURE = Figure("setting-up", "Setting up", measure_demo)
TESTS = Figure("testing", "Testing", measure_test)
